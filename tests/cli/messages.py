"""Messages as the daemon would send them."""

from typing import Any


def inbound(**fields: Any) -> dict[str, Any]:
    return {
        "id": "in1",
        "direction": "inbound",
        "state": "received",
        "peer": "+33612345678",
        "modem": "north",
        "kind": "text",
        "text": "Hello",
        "data": None,
        "alphabet": "gsm7",
        "class": None,
        "ports": None,
        "parts": 1,
        "complete": True,
        "tag": None,
        "in_reply_to": None,
        "possible_duplicate": False,
        "created_at": "2026-01-02T03:04:05.678Z",
        "service_centre_timestamp": "2026-01-02T04:04:03+01:00",
        "sent_at": None,
        "delivered_at": None,
        "error": None,
        **fields,
    }


def outbound(**fields: Any) -> dict[str, Any]:
    own = {
        "id": "out1",
        "direction": "outbound",
        "state": "queued",
        "service_centre_timestamp": None,
        **fields,
    }
    return inbound(**own)
