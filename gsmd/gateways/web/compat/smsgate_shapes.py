"""Messages as SMSGate shows them."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gsmd.gateways.web.compat.ledger import Sent

STATES = {
    "queued": "Pending",
    "submitting": "Processed",
    "uncertain": "Processed",
    "sent": "Sent",
    "delivered": "Delivered",
    "failed": "Failed",
    "expired": "Failed",
    "cancelled": "Cancelled",
}
"""Our states in its words."""

_ORDER = ("Pending", "Processed", "Sent", "Delivered", "Cancelled", "Failed")
_PREVIEW = 160


def state_of(message: Mapping[str, Any] | None) -> str:
    """The state of one message; of one that is gone it is what it was at the least."""
    return "Sent" if message is None else STATES.get(message["state"], "Sent")


def shown(
    id_: str,
    rows: Sequence[Sent],
    found: Mapping[str, Mapping[str, Any]],
    device: str = "",
) -> dict[str, Any]:
    """Everything that goes by one id: as a whole it is as far as the one that is least far."""
    recipients: list[dict[str, Any]] = []
    moments: dict[str, str] = {}
    for row in rows:
        message = found.get(row.message)
        state = "Failed" if row.error else state_of(message)
        recipient: dict[str, Any] = {"phoneNumber": row.peer, "state": state}
        if row.error:
            recipient["error"] = row.error
        elif message is not None:
            if message["error"] is not None:
                recipient["error"] = message["error"].get("message") or message["error"]["reason"]
            device = device or message["modem"] or ""
            moments |= _moments(message, moments)
        recipients.append(recipient)
    state = min((each["state"] for each in recipients), key=_ORDER.index)
    at = rows[0].created_at or time.time()
    created = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return {
        "id": id_,
        "deviceId": device,
        "state": state,
        "isHashed": False,
        "isEncrypted": False,
        "recipients": recipients,
        "states": moments or {"Pending": created.replace("+00:00", "Z")},
        "createdAt": created.replace("+00:00", "Z"),
    }


def _moments(message: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """When each state was come to, the latest of all recipients."""
    members = {"Pending": "created_at", "Sent": "sent_at", "Delivered": "delivered_at"}
    return {
        state: max(known.get(state, ""), message[member])
        for state, member in members.items()
        if message[member] is not None
    }


def incoming(message: Mapping[str, Any], modems: Sequence[str]) -> dict[str, Any]:
    """A message that came in, as in the inbox."""
    return {
        "id": message["id"],
        "type": "SMS" if message["kind"] == "text" else "DATA_SMS",
        "sender": message["peer"],
        "recipient": None,
        "simNumber": sim_number(message["modem"], modems),
        "contentPreview": (message["text"] or message["data"] or "")[:_PREVIEW],
        "createdAt": message["created_at"],
    }


def sim_number(modem: str | None, modems: Sequence[str]) -> int | None:
    """The number of a modem, from 1 on."""
    return modems.index(modem) + 1 if modem in modems else None
