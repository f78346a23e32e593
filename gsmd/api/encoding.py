"""Results and notifications as JSON: every struct as its fields, every time as ISO 8601 with milliseconds."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from gsmd.protocol.events import Event
from gsmd.protocol.message import Message
from gsmd.protocol.wire import plain


def raw(value: Any) -> msgspec.Raw:
    """The value as encoded JSON."""
    return msgspec.Raw(msgspec.json.encode(plain(value)))


YIELD_EVERY = 50
"""Values encoded without letting others have their turn."""


async def in_pieces(value: msgspec.Struct) -> dict[str, Any]:
    """JSON values of a result that may be big: each element of its lists is encoded by itself.

    Others have their turn in between.
    """
    members: dict[str, Any] = {}
    for name, encoded in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
        member = getattr(value, name)
        if isinstance(member, list):
            members[encoded] = await _each(member)
        elif member is not UNSET:
            members[encoded] = plain(member)
    return members


async def _each(values: Sequence[Any]) -> list[msgspec.Raw]:
    encoded = []
    for count, value in enumerate(values, 1):
        encoded.append(raw(value))
        if count % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return encoded


def _wire(event: Event) -> dict[str, Any]:
    fields = {"type": event.type, "at": event.at, **event.fields}
    return fields if event.seq is None else {**fields, "seq": event.seq}


class Encoder:
    """Encodes what goes to several clients once: they are told one after the other."""

    def __init__(self) -> None:
        self._last: Message | Event | None = None
        self._raw = msgspec.Raw()

    def message(self, message: Message) -> msgspec.Raw:
        """A message's JSON object."""
        if message is not self._last:
            self._raw = raw(message)
            self._last = message
        return self._raw

    def event(self, event: Event) -> msgspec.Raw:
        """The parameters of an ``event`` notification."""
        if event is not self._last:
            self._raw = raw(_wire(event))
            self._last = event
        return self._raw
