"""Messages as Twilio shows them: sids, states and members."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from gsmd.gateways.web.problems import Problem

API = "2010-04-01"

_SID = re.compile(r"(?:SM|MM)([0-9a-f]{32})\Z")
_STATES = {
    "queued": "queued",
    "submitting": "sending",
    "uncertain": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "cancelled": "canceled",
}


def sid_of(id_: str) -> str:
    """The sid of a message."""
    return "SM" + id_.encode().hex()


def number_sid(name: str) -> str:
    """The sid of a modem's number."""
    return "PN" + sha256(name.encode()).hexdigest()[:32]


def id_of(sid: str) -> str:
    """The id of a message by its sid. Errors: `Problem`."""
    found = _SID.match(sid.removesuffix(".json"))
    id_ = bytes.fromhex(found[1]).decode("ascii", "replace") if found else ""
    if not id_.isalnum():
        raise Problem(404, "not_found", "The requested resource was not found")
    return id_


def status_of(state: str, message: Mapping[str, Any]) -> str:
    """A state of ours in Twilio's words."""
    if state in {"failed", "expired"}:
        return "undelivered" if message["sent_at"] else "failed"
    return _STATES.get(state, "received")


def error_code(status: str) -> int:
    """Twilio's code for a message that did not arrive."""
    return 30003 if status == "undelivered" else 30008


def resource(message: Mapping[str, Any], account: str, sender: str = "") -> dict[str, Any]:
    """A message as Twilio shows one."""
    status = status_of(message["state"], message)
    ours, theirs = sender or message["modem"] or "", message["peer"]
    inbound = message["direction"] == "inbound"
    failed = status in {"failed", "undelivered"}
    sid = sid_of(message["id"])
    uri = f"/{API}/Accounts/{account}/Messages/{sid}.json"
    changed = message["delivered_at"] or message["sent_at"] or message["created_at"]
    return {
        "sid": sid,
        "account_sid": account,
        "api_version": API,
        "body": message["text"] or "",
        "direction": "inbound" if inbound else "outbound-api",
        "from": theirs if inbound else ours,
        "to": ours if inbound else theirs,
        "status": status,
        "error_code": error_code(status) if failed else None,
        "error_message": (message["error"] or {}).get("message") if failed else None,
        "num_segments": str(message["parts"]),
        "num_media": "0",
        "price": None,
        "price_unit": "USD",
        "messaging_service_sid": None,
        "date_created": _rfc2822(message["created_at"]),
        "date_sent": _rfc2822(message["sent_at"]),
        "date_updated": _rfc2822(changed),
        "uri": uri,
        "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
    }


def _rfc2822(at: str | None) -> str | None:
    return None if at is None else format_datetime(datetime.fromisoformat(at).astimezone(UTC))
