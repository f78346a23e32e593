"""``inbox.*``: inbound messages, handed over until they are acknowledged."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.message import Message, Receipt
from gsmd.protocol.method import ANYBODY, HANDLE, READ, Method
from gsmd.protocol.params import Impossible, Unfit
from gsmd.protocol.types import InFlight, Name, Params, Seconds

_OF_A_HANDLER = ("from_", "max_in_flight", "match")


class SubscribeParams(Params, frozen=True):
    """``handler`` None: every inbound message, to look at. ``from_`` is a message's id, or ``beginning``.

    ``match`` is the choice of messages of a handler that is not configured, until another is given; its keys are those
    of a configured handler's. Left out: as it is.
    """

    handler: Name | None = None
    max_in_flight: InFlight | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    match: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        given = next((name for name in _OF_A_HANDLER if getattr(self, name) is not None), None)
        if self.handler is None and given is not None:
            given = given.rstrip("_")
            raise Unfit(f"{given} needs a handler", "handler")


class UnsubscribeParams(Params, frozen=True):
    """``handler`` None: the live tail."""

    handler: str | None = None


class Subscribed(msgspec.Struct, frozen=True):
    """``pending``: how many messages wait."""

    handler: str | None
    pending: int = 0


class Unsubscribed(msgspec.Struct, frozen=True):
    """The handlers that the connection serves no more."""

    handler: str | None


class PullParams(Params, frozen=True):
    """The most messages to pull, and how long to wait for the first; None: not at all.

    ``lease``: how long whoever pulled has time to settle; None: a minute. ``from_`` and ``match`` as with ``inbox.subscribe``.
    """

    handler: Name
    max: InFlight = 1
    wait: Seconds | None = None
    lease: Seconds | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    match: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.wait is not None and self.wait > bounds.PULL_WAIT:
            raise Impossible(f"at most {bounds.PULL_WAIT} s", "wait")
        if self.lease is not None and not 0 < self.lease <= bounds.LEASE:
            raise Impossible("above 0, and at most a day", "lease")


class PulledMessage(msgspec.Struct, frozen=True):
    """A message on lease. ``attempt`` counts hand-overs from 1. ``receipt``: as in ``inbox.deliver``."""

    lease: str
    attempt: int
    message: Message
    receipt: Receipt | msgspec.UnsetType = msgspec.UNSET


class Pulled(msgspec.Struct, frozen=True):
    """``pending``: how many messages wait besides, in nobody's hands."""

    messages: list[PulledMessage]
    pending: int = 0


class Settlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to one lease: done (with a ``reply``, or without), not done (``error``), or ``extend``.

    ``extend``: the lease is to end so long from now. ``retry_after`` and ``permanent`` belong to ``error``: when
    it is to come again, or that it is never to.
    """

    lease: str
    reply: str | None = None
    error: str | None = None
    retry_after: Seconds | None = None
    permanent: bool = False
    extend: Seconds | None = None

    def __post_init__(self) -> None:
        given = [self.reply is not None, self.error is not None, self.extend is not None]
        if sum(given) > 1:
            raise Unfit("one of reply, error and extend", "settle")
        if self.extend is not None and self.extend > bounds.LEASE:
            raise Impossible("at most a day", "settle")
        if self.error is None and (self.permanent or self.retry_after is not None):
            raise Unfit("retry_after and permanent need an error", "settle")


class SettleParams(Params, frozen=True):
    """Answers to any number of leases, whichever connection pulled them."""

    settle: Annotated[list[Settlement], Meta(max_length=bounds.IN_FLIGHT)]


class Settled(msgspec.Struct, frozen=True):
    """``unknown``: leases that are over, or never were."""

    settled: int
    unknown: list[str] = []


class Handover(msgspec.Struct, frozen=True):
    """The parameters of the daemon's request ``inbox.deliver``; programs and web hooks get the same.

    With ``receipt`` it is no message that came in, but what became of one of ours: ``message`` is an
    outbound one, as it was then. It is acknowledged like any; a reply to it is not sent.
    """

    handler: str
    attempt: int
    message: Message
    receipt: Receipt | msgspec.UnsetType = msgspec.UNSET


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

PULL = Method(
    "inbox.pull",
    PullParams,
    Pulled,
    HANDLE,
    "Take messages of a handler without staying connected: as soon as there is one, or when `wait` (at most 60 s)"
    " is over. Each is on lease: what is not settled in that time comes again, whatever becomes of the connection.",
    slow=True,
    call="pull",
)
SETTLE = Method(
    "inbox.settle",
    SettleParams,
    Settled,
    HANDLE,
    "Answer for leases, on any connection: the answers are on disk once this is answered.",
    slow=True,
    call="settle",
)

METHODS = (SUBSCRIBE, UNSUBSCRIBE, PULL, SETTLE)
