"""Events of messages, told to the log as they happen."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from gsmd.patterns import pattern
from gsmd.protocol.errors import Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import Message
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import EventBus

log = logging.getLogger("gsmd.messages")

_LEVELS = {
    "message.received": logging.INFO,
    "message.queued": logging.INFO,
    "message.sent": logging.INFO,
    "message.delivered": logging.INFO,
    "message.cancelled": logging.INFO,
    "message.handled": logging.INFO,
    "message.undecodable": logging.WARNING,
    "message.uncertain": logging.WARNING,
    "message.expired": logging.WARNING,
    "message.failed": logging.WARNING,
    "message.dead": logging.ERROR,
    "delivery.dead": logging.WARNING,
    "delivery.failed": logging.INFO,
    "reply.refused": logging.WARNING,
}
"""The events that are worth a line; every other step is told at the level debug. `gsmd show` has them all."""

_INTRODUCED = frozenset({"message.received", "message.queued"})
"""Events whose line says who the message is from or to."""

_NUMBER = pattern(r"(?<![\w+])\+?\d{7,15}(?!\w)")

_BEHIND = 1000
"""Lines that may wait for their message to be looked up; beyond, they come without the peer."""

Look = Callable[[str], Awaitable[Message]]


@asynccontextmanager
async def log_messages(
    events: EventBus, look: Look, *, show_text: bool
) -> AsyncIterator["MessageLog"]:
    """While inside, every event of a message is a log line."""
    message_log = MessageLog(look, show_text=show_text)
    unsubscribe = events.subscribe(message_log.hear)
    task = asyncio.create_task(message_log.run(), name="log")
    try:
        yield message_log
    finally:
        unsubscribe()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        message_log.finish()


class MessageLog:
    """Writes the lines in the order of the events. ``show_text`` may be changed at any time."""

    def __init__(self, look: Look, *, show_text: bool) -> None:
        self.show_text = show_text
        self._look = look
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(_BEHIND)

    def hear(self, event: Event) -> None:
        """One event of the bus."""
        if "id" not in event.fields or not log.isEnabledFor(_level(event)):
            return
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self._write(event, {})

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            event = await self._waiting.get()
            more = await self._peer(event) if event.type in _INTRODUCED else {}
            self._write(event, more)

    def finish(self) -> None:
        """Log the rest that has not been told yet, without looking anything up."""
        while not self._waiting.empty():
            self._write(self._waiting.get_nowait(), {})

    def _write(self, event: Event, more: dict[str, str]) -> None:
        fields = {**event.fields, **more}
        _tell(event, fields if self.show_text else discreet(fields))

    async def _peer(self, event: Event) -> dict[str, str]:
        try:
            message = await self._look(event.fields["id"])
        except (Refused, StoreError):
            return {}
        if not self.show_text:
            return {"peer": masked(message.peer)}
        return {"peer": message.peer, "text": message.text or ""}


def masked(peer: str) -> str:
    """Enough of a number to recognise it by, not enough to write to it: ``+336…678``."""
    if not peer.lstrip("+").isdigit() or len(peer) < 7:
        return peer  # a short code or a name belongs to nobody in particular
    return f"{peer[:4]}…{peer[-3:]}" if len(peer) > 9 else f"…{peer[-3:]}"


def discreet(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of an event with every number in them masked, wherever it stands."""
    return {
        name: _NUMBER.sub(lambda found: masked(found[0]), value)
        if isinstance(value, str)
        else value
        for name, value in fields.items()
    }


def _tell(event: Event, fields: dict[str, Any]) -> None:
    id_ = fields.pop("id")
    kind, _, step = event.type.partition(".")
    words = step.replace("_", " ") if kind == "message" else f"{kind} {step}"
    details = ", ".join(
        f"{name} {value}"
        for name, value in fields.items()
        if name not in {"state", "direction", "text"}
    )
    text = f": {fields['text']!r}" if "text" in fields else ""
    tail = f"{' (' + details + ')' if details else ''}{text}"
    log.log(_level(event), "message %s %s%s", id_, words, tail, extra={"journal": fields})


def _level(event: Event) -> int:
    return _LEVELS.get(event.type, logging.DEBUG)
