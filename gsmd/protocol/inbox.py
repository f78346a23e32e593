"""``inbox.*``: inbound messages, handed over until they are acknowledged."""

import msgspec

from gsmd.protocol.message import Message
from gsmd.protocol.method import ANYBODY, HANDLE, READ, Method
from gsmd.protocol.params import Unfit
from gsmd.protocol.types import InFlight, Name, Params


class SubscribeParams(Params, frozen=True):
    """``handler`` None: every inbound message, to look at. ``from_`` is a message's id, or ``beginning``."""

    handler: Name | None = None
    max_in_flight: InFlight | None = None
    from_: str | None = msgspec.field(name="from", default=None)

    def __post_init__(self) -> None:
        if self.handler is None and (self.from_ is not None or self.max_in_flight is not None):
            given = "from" if self.from_ is not None else "max_in_flight"
            raise Unfit(f"{given} needs a handler", "handler")


class UnsubscribeParams(Params, frozen=True):
    """``handler`` None: the live tail."""

    handler: str | None = None


class Subscribed(msgspec.Struct, frozen=True):
    """``pending``: how many messages wait."""

    handler: str | None
    pending: int = 0


class Unsubscribed(msgspec.Struct, frozen=True):
    """What the connection serves no more."""

    handler: str | None


class Handover(msgspec.Struct, frozen=True):
    """The parameters of the daemon's request ``inbox.deliver``; programs and web hooks get the same."""

    handler: str
    attempt: int
    message: Message


SUBSCRIBE = Method(
    "inbox.subscribe",
    SubscribeParams,
    Subscribed,
    READ | HANDLE,
    "Hand the messages of a handler over to this connection (role handle); without `handler` show it"
    " every inbound message (role read).",
    call="listen",
)
UNSUBSCRIBE = Method(
    "inbox.unsubscribe", UnsubscribeParams, Unsubscribed, ANYBODY, "Hand over no more."
)

METHODS = (SUBSCRIBE, UNSUBSCRIBE)
