"""Messages to hand over."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from gsmd.handlers.base import Delivery
from gsmd.protocol.message import Direction, Kind, Message, State

INBOUND = Message(
    id="in-1",
    direction=Direction.INBOUND,
    state=State.RECEIVED,
    peer="+33612345678",
    modem="north",
    kind=Kind.TEXT,
    text="BALANCE please",
    data=None,
    alphabet="gsm7",
    class_=None,
    ports=None,
    parts=1,
    complete=True,
    tag=None,
    in_reply_to=None,
    possible_duplicate=False,
    created_at=datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC),
    service_centre_timestamp=None,
    sent_at=None,
    delivered_at=None,
    error=None,
)


def inbound(**changes: Any) -> Message:
    return msgspec.structs.replace(INBOUND, **changes)


def delivery(handler: str = "balance", attempt: int = 1, **changes: Any) -> Delivery:
    return Delivery(handler=handler, attempt=attempt, message=inbound(**changes))
