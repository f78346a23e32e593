"""``events.*``: what happened, told while it happens."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gsmd.protocol import bounds
from gsmd.protocol.method import ANYBODY, READ, Method
from gsmd.protocol.types import Nothing, Params


class Event(msgspec.Struct, frozen=True):
    """One thing that happened: ``type`` is ``message.sent``, ``modem.ready`` and so on.

    ``fields`` are JSON values: ``id`` of the message, ``modem``, ``state``, ``reason`` as they apply.
    On the wire they stand beside ``type``, ``at`` and ``seq``. To a client ``lost`` says how many events it was
    too slow for, and ``reconnected`` that the daemon was away.

    ``seq`` numbers events in the order in which they are told: one more for each, over restarts of the
    daemon too. None for what could not be put on disk, and for what a client tells itself.
    """

    type: str
    at: datetime
    fields: dict[str, Any]
    seq: int | None = None


def read_event(params: dict[str, Any]) -> Event:
    """The event of a notification's parameters."""
    fields = dict(params)
    type_, at = str(fields.pop("type", "")), msgspec.convert(fields.pop("at"), datetime)
    return Event(type_, at, fields, fields.pop("seq", None))


class EventsParams(Params, frozen=True):
    """A choice of events: those whose type begins with one of ``types``; all, if there are none.

    ``after``: go on behind the event of that ``seq``, without a gap.
    """

    types: Annotated[tuple[str, ...], Meta(max_length=bounds.EVENT_TYPES)] = ()
    after: Annotated[int, Meta(ge=0, le=2**62)] | None = None


class EventTypes(msgspec.Struct, frozen=True):
    """The event types that the connection is told of. ``seq`` is the number of the newest event there was."""

    types: tuple[str, ...]
    seq: int | msgspec.UnsetType = msgspec.UNSET


class Done(msgspec.Struct, frozen=True):
    """An empty object: it is done."""


SUBSCRIBE = Method(
    "events.subscribe",
    EventsParams,
    EventTypes,
    READ,
    "Tell this connection of events from now on, or behind the one numbered `after`, without a gap; a second call"
    " changes which. Error 2 with `oldest` where that is further back than is kept.",
    call="events",
)
UNSUBSCRIBE = Method("events.unsubscribe", Nothing, Done, ANYBODY, "Tell it of no more.")

METHODS = (SUBSCRIBE, UNSUBSCRIBE)
