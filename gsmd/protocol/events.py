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
    On the wire they stand beside ``type`` and ``at``. To a client ``lost`` says how many events it was
    too slow for, and ``reconnected`` that the daemon was away.
    """

    type: str
    at: datetime
    fields: dict[str, Any]


def read_event(params: dict[str, Any]) -> Event:
    """The event of a notification's parameters."""
    fields = dict(params)
    return Event(str(fields.pop("type", "")), msgspec.convert(fields.pop("at"), datetime), fields)


class EventsParams(Params, frozen=True):
    """Which events: those whose type begins with one of ``types``; all, if there are none."""

    types: Annotated[tuple[str, ...], Meta(max_length=bounds.EVENT_TYPES)] = ()


class EventTypes(msgspec.Struct, frozen=True):
    """What the connection is told of."""

    types: tuple[str, ...]


class Done(msgspec.Struct, frozen=True):
    """An empty object: it is done."""


SUBSCRIBE = Method(
    "events.subscribe",
    EventsParams,
    EventTypes,
    READ,
    "Tell this connection of events from now on; a second call changes which.",
    call="events",
)
UNSUBSCRIBE = Method("events.unsubscribe", Nothing, Done, ANYBODY, "Tell it of no more.")

METHODS = (SUBSCRIBE, UNSUBSCRIBE)
