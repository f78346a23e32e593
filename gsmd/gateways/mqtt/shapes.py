"""The JSON that is published: requests' answers, messages, ends, modems."""

import time
from collections.abc import Mapping
from typing import Any

import msgspec

from gsmd.client.errors import GsmdError
from gsmd.protocol.message import Kind
from gsmd.words import first_word

NO_DAEMON = -32000
"""The code of an error that the daemon could not give, because it is away (JSON-RPC: the server's own)."""

_EVENT_TYPES = {Kind.TEXT: "sms", Kind.DATA: "data", Kind.REPORT: "report", Kind.NOTICE: "notice"}

EVENT_TYPES = (*_EVENT_TYPES.values(), "call")
"""What can come in, as `event_type` says it."""

FAILED = ("failed", "expired", "cancelled", "uncertain")
"""States that an answer calls an error."""


_SAID = ("transaction", "device", "command", "to")
"""What of a context stands in an answer."""


def _of(context: Mapping[str, Any]) -> dict[str, Any]:
    return {name: context[name] for name in _SAID if name in context}


def encode(value: Any) -> bytes:
    """As JSON."""
    return msgspec.json.encode(value)


def now() -> int:
    """The time of day, in ms."""
    return round(time.time() * 1000)


def error_object(error: GsmdError) -> dict[str, Any]:
    """The socket's own error object. A daemon that is away has reason ``daemon_away``, or ``connection_lost``."""
    data = dict(error.data)
    if error.code is None:
        data["reason"] = "daemon_away" if error.reason != "connection_lost" else error.reason
    elif error.reason:
        data.setdefault("reason", error.reason)
    code = NO_DAEMON if error.code is None else error.code
    return {"code": code, "message": error.message, "data": data}


def answered(data: Any, context: Mapping[str, Any]) -> bytes:
    """The answer of a request. ``context``: what was said with it."""
    return encode({"status": "ok", "data": data, **_of(context)})


def refused(error: GsmdError, context: Mapping[str, Any]) -> bytes:
    """The answer of a request, or of a send, that came to nothing."""
    return encode({"status": "error", "error": error_object(error), **_of(context)})


def waiting(why: str, context: Mapping[str, Any]) -> bytes:
    """For a send that is kept until the daemon is there."""
    error = {"code": NO_DAEMON, "message": why, "data": {"reason": "daemon_away"}}
    return encode({"status": "waiting", "error": error, **_of(context)})


def sent(message: Mapping[str, Any], context: Mapping[str, Any]) -> bytes:
    """An outbound message as ``sent`` tells of it, once accepted and at its end."""
    members = ("id", "state", "modem", "parts", "tag", "possible_duplicate", "sent_at")
    told = {name: message[name] for name in (*members, "delivered_at", "error")}
    status = "error" if message["state"] in FAILED else "ok"
    return encode({"status": status, "to": message["peer"], **told, **_of(context)})


def received(message: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """An inbound message: its members, and ``event_type``, ``from``, ``contact`` and ``keyword``."""
    event_type = _EVENT_TYPES[Kind(message["kind"])]
    peer = message["peer"]
    return {
        "event_type": event_type,
        "from": peer,
        "contact": names.get(peer),
        "keyword": keyword(message),
        **message,
    }


def keyword(message: Mapping[str, Any]) -> str | None:
    """The first word of a text, as keywords are written; None if there is none."""
    word = first_word(message["text"]) if message["kind"] == Kind.TEXT and message["text"] else ""
    return word.upper() or None


def called(modem: str, number: str | None, at: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Somebody rings. ``number`` None: withheld."""
    contact = names.get(number) if number else None
    fields = {"from": number, "contact": contact, "keyword": None, "text": None}
    return {"event_type": "call", **fields, "modem": modem, "created_at": at}


def modem_state(status: Mapping[str, Any], queued: int) -> dict[str, Any]:
    """What is retained of a modem."""
    storage, credit = status.get("storage"), status.get("credit")
    counters = status["counters"]
    troubles = status.get("troubles", [])
    return {
        "state": status["state"],
        "reason": status["reason"],
        "signal_dbm": status["signal_dbm"],
        "operator": status["operator"],
        "registration": status["registration"],
        "roaming": status["roaming"],
        "sim_used": storage and storage["used"],
        "sim_slots": storage and storage["total"],
        "sent": counters["sent"],
        "received": counters["read"],
        "refused": counters["refused"],
        "queued": queued,
        "credit": credit and credit["amount"],
        "troubles": troubles,
    }
