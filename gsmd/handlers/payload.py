"""A message for a handler outside the daemon: one JSON object, and the essentials as environment variables."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gsmd.handlers.base import Delivery
from gsmd.protocol.message import receipt_to_wire, to_wire


def to_json(delivery: Delivery) -> bytes:
    """``{"handler": …, "attempt": …, "message": {…}}``, the ``params`` of ``inbox.deliver``."""
    wire: dict[str, Any] = {
        "handler": delivery.handler,
        "attempt": delivery.attempt,
        "message": to_wire(delivery.message),
    }
    if delivery.receipt is not None:
        wire["receipt"] = receipt_to_wire(delivery.receipt)
    return msgspec.json.encode(wire)


def to_environment(
    handler: str, attempt: int, message: Mapping[str, Any], receipt: str | None = None
) -> dict[str, str]:
    """``GSMD_TEXT`` and the like from a message in the protocol's shape; what is null is left out.

    ``receipt``: the state that it came to, if it is one of ours and that is what is told.

    An environment cannot hold a zero octet: it comes as U+FFFD there.
    """
    values = {
        "HANDLER": handler,
        "ATTEMPT": attempt,
        "ID": message["id"],
        "PEER": message["peer"],
        "MODEM": message["modem"],
        "KIND": message["kind"],
        "TEXT": message["text"],
        "DATA": message["data"],
        "IN_REPLY_TO": message["in_reply_to"],
        "CREATED_AT": message["created_at"],
        "RECEIPT": receipt,
    }
    return {
        f"GSMD_{name}": str(v).replace("\0", "\ufffd")
        for name, v in values.items()
        if v is not None
    }
