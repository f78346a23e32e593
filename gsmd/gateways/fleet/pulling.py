"""Asking the engine's queues for messages, never for more than there is room for.

Theory of operation. A *pull* asks one consumer for some messages. As long as nothing is known to wait, one pull for one message
stands at each queue, so that whatever comes is here at once; it holds one of the free places. A message tells how many wait behind it: then a
pull asks for as many as there is room for, the queues in their order. What arrives although there is no room any more (a
modem went away meanwhile) is given back at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from nats.aio.msg import Msg

from gsmd.fleet.link import EngineAway, EngineLink
from gsmd.gateways.fleet.queue_entry import QueueEntry

log = logging.getLogger(__name__)

_STANDS = 30.0
"""Seconds that a pull waits for the first message."""

_LATE = 5.0
_TROUBLE = 5.0


class Queue:
    """One consumer of a stream, with at most one pull at a time. ``waits``: something is known to be there."""

    def __init__(self, link: EngineLink, stream: str, consumer: str) -> None:
        self.waits = False
        self.name = f"{stream}.{consumer}"
        self.blocked_until = 0.0
        self._link = link
        self._left = 0
        self._until = 0.0
        self._inbox = ""
        self._number = 0
        self._subscription: Any = None

    @property
    def asked(self) -> int:
        """How many messages may come without being asked for again."""
        return self._left if asyncio.get_running_loop().time() < self._until else 0

    async def open(self, hear: Callable[["Queue", Msg], Awaitable[None]]) -> None:
        """Get ready to hear answers. Errors: `EngineAway`."""
        self._inbox = self._link.new_inbox()

        async def pass_on(message: Msg) -> None:
            await hear(self, message)

        self._subscription = await self._link.subscribe(f"{self._inbox}.*", pass_on)

    async def pull(self, count: int) -> None:
        """Ask for so many. Errors: `EngineAway`."""
        self._number += 1
        self._left = count
        self._until = asyncio.get_running_loop().time() + _STANDS + _LATE
        body = {"batch": count, "expires": int(_STANDS * 1e9)}
        await self._link.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{self.name}",
            msgspec.json.encode(body),
            reply=f"{self._inbox}.{self._number}",
        )

    def arrived(self, pending: int) -> None:
        """A message, as the answer to a pull, and how many wait behind it."""
        self._left = max(0, self._left - 1)
        self.waits = pending > self._left

    def ended(self, subject: str, status: str, words: str) -> None:
        """A pull is over: its time, or something is wrong."""
        if subject.rpartition(".")[2] != str(self._number):
            return
        self._left = 0
        self.waits = False
        if status not in {"404", "408"}:
            self.blocked_until = asyncio.get_running_loop().time() + _TROUBLE
            # nats-py takes a header behind a status without words for its words
            why = words.partition("\n")[0]
            log.warning("queue %s: %s %s", self.name, status, why or "(gsmd fleet setup)")

    def forget(self) -> None:
        """The engine was away: nothing stands any more."""
        self._left = 0


class Puller:
    """Keeps `queues` asked. ``room`` is how many messages more may be in our hands; each goes to ``take``."""

    def __init__(
        self,
        link: EngineLink,
        queues: Sequence[Queue],
        room: Callable[[], int],
        take: Callable[[QueueEntry], Awaitable[None]],
    ) -> None:
        self._link = link
        self._queues = queues
        self._room = room
        self._take = take
        self._news = asyncio.Event()

    def look(self) -> None:
        """There may be room, or a reason not to take anything."""
        self._news.set()

    async def run(self) -> None:
        """Until cancelled."""
        for queue in self._queues:
            await queue.open(self._hear)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_now_and_then())
            await self._pull()

    async def _look_now_and_then(self) -> None:
        """A pull may be over that was never answered."""
        while True:
            await asyncio.sleep(_LATE)
            self._news.set()

    async def _pull(self) -> None:
        while True:
            self._news.clear()
            await self._link.wait_present()
            try:
                await self._ask()
            except EngineAway as error:
                log.debug("no pull: %s", error)
            await self._news.wait()

    def reconnected(self) -> None:
        """What was asked for is forgotten there."""
        for queue in self._queues:
            queue.forget()
        self._news.set()

    async def _ask(self) -> None:
        now = asyncio.get_running_loop().time()
        queues = [each for each in self._queues if each.blocked_until <= now]
        free = self._room() - sum(each.asked for each in self._queues)
        for queue in queues:
            if queue.waits and not queue.asked and free > 0:
                await queue.pull(free)
                free = 0  # what comes tells more
        for queue in queues:
            if free > 0 and not queue.asked:
                await queue.pull(1)
                free -= 1

    async def _hear(self, queue: Queue, message: Msg) -> None:
        headers = message.headers or {}
        if not message.reply and "Status" in headers:
            queue.ended(message.subject, headers["Status"], headers.get("Description", ""))
            self._news.set()
            return
        entry = QueueEntry(self._link, message.subject, message.data, message.reply)
        queue.arrived(entry.pending)
        if self._room() <= 0:
            await entry.give_back(0)
        else:
            await self._take(entry)
        self._news.set()
