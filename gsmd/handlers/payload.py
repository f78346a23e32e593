"""A message for a handler outside the daemon: one JSON object, and the essentials as environment variables."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gsmd.handlers.base import Delivery
from gsmd.protocol.message import to_wire


def to_json(delivery: Delivery) -> bytes:
    """``{"handler": …, "attempt": …, "message": {…}}``, the ``params`` of ``inbox.deliver``."""
    return msgspec.json.encode(
        {
            "handler": delivery.handler,
            "attempt": delivery.attempt,
            "message": to_wire(delivery.message),
        }
    )


def to_environment(handler: str, attempt: int, message: Mapping[str, Any]) -> dict[str, str]:
    """``GSMD_TEXT`` and the like from a message in the protocol's shape; what is null is left out.

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
    }
    return {
        f"GSMD_{name}": str(v).replace("\0", "\ufffd")
        for name, v in values.items()
        if v is not None
    }
