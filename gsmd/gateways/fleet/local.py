"""The box's own gsmd, as lives of messages see it: give it a message, take it back, hear what became of it.

Theory of operation. Every question names the key of an attempt, so that it can be asked again: the first time makes the message, every
other time finds it. What became of it is read from gsmd's state of the message (`messages.get`, `messages.show`); receipts are only the
reason to look. So a receipt that was acknowledged too early, or that came before anybody knew the message, costs nothing.

*Never begun* is what gsmd's history of the message has no ``message.submitting`` of. What ended so may go to another box.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from gsmd.client import (
    AsyncClient,
    Conflict,
    GsmdError,
    Invalid,
    Message,
    NoDaemon,
    NotFound,
    RefusedError,
    State,
    TimedOut,
)
from gsmd.fleet.effects import Fate
from gsmd.fleet.record import Phase
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.fleet.identity import HANDLER
from gsmd.protocol.message import iso

log = logging.getLogger(__name__)

T = TypeVar("T")

_AGAIN = 1.0

_TOMBSTONE = timedelta(hours=1)
"""What is only made to be cancelled is not sent before that."""

_REMEMBERED = 1000
"""Receipts that are kept for whoever has not asked yet."""

_NOT_BEGUN = frozenset({State.EXPIRED, State.CANCELLED})


class LocalSender:
    """gsmd at the socket. ``known`` is told which of its messages is which of the fleet's; ``sims`` knows the SIM of a modem."""

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        known: Callable[[str, str], None],
        sims: Callable[[str | None], str | None],
    ) -> None:
        self._client = client
        self._watch = watch
        self._known = known
        self._sims = sims
        self._made: dict[tuple[str, int], Message] = {}
        self._heard: OrderedDict[str, Message] = OrderedDict()
        self._news: dict[str, asyncio.Event] = {}

    def told(self, message: Message) -> None:
        """There is a receipt of that message."""
        self._heard[message.id] = message
        while len(self._heard) > _REMEMBERED:
            self._heard.popitem(last=False)
        if (waiting := self._news.get(message.id)) is not None:
            waiting.set()

    def look_again(self) -> None:
        """Receipts may have been missed: whatever waits looks by itself."""
        self._heard.clear()
        for waiting in self._news.values():
            waiting.set()

    async def hand(
        self, id_: str, attempt: int, params: Mapping[str, Any], within: Callable[[], float]
    ) -> Message | str | None:
        """The message, accepted or known from before; a text says why gsmd will not have it.

        ``within``: the seconds that are left to begin it; None if there are none before gsmd could be asked.
        """
        while (left := within()) > 0:
            await self._watch.wait_present()
            try:
                message = await self._send(id_, attempt, params, left)
            except (RefusedError, Invalid, NotFound, Conflict) as error:
                if error.reason.startswith("store"):
                    await asyncio.sleep(_AGAIN)
                    continue
                return error.reason or str(error)
            except GsmdError as error:
                log.debug("%s is not handed over yet: %s", id_, error)
                await asyncio.sleep(_AGAIN)
            else:
                self._made[id_, attempt] = message
                self._known(message.id, id_)
                return message
        return None

    async def withdraw(self, id_: str, attempt: int, params: Mapping[str, Any]) -> bool:
        """True if it was never begun, and never will be, whatever request of it is still on the way."""
        later = {**params, "not_before": iso(datetime.now(UTC) + _TOMBSTONE)}
        made = await self.hand(id_, attempt, later, lambda: 1.0)
        if not isinstance(made, Message):
            return True
        if made.state is State.QUEUED:
            made = await self._cancelled(made)
        return made.state in _NOT_BEGUN and not await self._begun(made.id)

    async def fate(
        self, id_: str, attempt: int, known: Phase | None, leaving: Callable[[], bool]
    ) -> Fate | None:
        """What became of what was handed over, once that is another than ``known``; None if that is not known and we are ``leaving``."""
        made = self._made[id_, attempt]
        news = self._news[made.id] = asyncio.Event()
        message = made
        try:
            while True:
                message = self._heard.pop(made.id, message)
                fate = await self._fate_of(message)
                if fate is not None and fate.state is not known:
                    return fate
                if leaving():
                    return None
                if made.id not in self._heard:
                    await news.wait()
                news.clear()
                if made.id not in self._heard:  # receipts may have been missed
                    message = await self._insist(lambda: self._client.get(made.id))
        except NotFound:
            return Fate(Phase.UNCERTAIN, reason="gsmd does not know it any more")
        finally:
            self._news.pop(made.id, None)

    def forget(self, id_: str, attempt: int) -> None:
        """Nobody waits for it any more."""
        if (made := self._made.pop((id_, attempt), None)) is not None:
            self._heard.pop(made.id, None)

    async def _send(
        self, id_: str, attempt: int, params: Mapping[str, Any], within: float
    ) -> Message:
        own = {
            "key": key(id_, attempt),
            "handler": HANDLER,
            "receipt": "sent",
            "when_uncertain": "hold",
            "send_within": round(within, 3),
        }
        told = await self._client.call("messages.send", **{**params, **own})
        return msgspec.convert(told, Message)

    async def _cancelled(self, message: Message) -> Message:
        try:
            return await self._insist(lambda: self._client.cancel(message.id))
        except Conflict:  # it began meanwhile
            return await self._insist(lambda: self._client.get(message.id))

    async def _fate_of(self, message: Message) -> Fate | None:
        reason = None if message.error is None else message.error.reason
        sim = self._sims(message.modem)
        match message.state:
            case State.SENT | State.DELIVERED:
                return Fate(Phase.SENT, sim=sim)
            case State.UNCERTAIN:
                return Fate(Phase.UNCERTAIN, sim=sim)
            case State.FAILED:
                return Fate(Phase.FAILED, reason=reason or "failed")
            case State.EXPIRED | State.CANCELLED:
                return await self._fate_of_ended(message, sim)
        return None

    async def _fate_of_ended(self, message: Message, sim: str | None) -> Fate:
        """It expired or was cancelled: before it was begun, or in the middle."""
        if await self._begun(message.id):
            out = message.sent_at is not None
            return Fate(Phase.SENT if out else Phase.UNCERTAIN, str(message.state), sim)
        if message.state is State.CANCELLED:
            return Fate(Phase.FAILED, reason="cancelled")
        return Fate(Phase.RELEASED)

    async def _begun(self, message: str) -> bool:
        history = await self._insist(lambda: self._client.show(message))
        return any(event.type == "message.submitting" for event in history.events)

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            await self._watch.wait_present()
            try:
                return await ask()
            except (NoDaemon, TimedOut):
                await asyncio.sleep(_AGAIN)


def key(id_: str, attempt: int) -> str:
    """The key of an attempt at gsmd: nobody else's, and each attempt has its own."""
    return f"fleet/{id_}/{attempt}"
