"""Messages for one SIM of this box: replies, a number that people know.

They can go nowhere else, so nobody has to be asked: gsmd takes them, under a key, whose they are is on the agent's disk, and then the engine
forgets them. In order, one after the other; gsmd keeps the order of each recipient. What gsmd refuses is told as an event. Only what is for
people who agreed to get it, or one of many, is asked about (`Welcome`).

The consumer is this box's alone, over the SIMs that it has now. It lives in the engine's memory: if it is lost, it is made again, and what is
still in the stream is what was not taken.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from gsmd.client import Message
from gsmd.fleet import order, subjects
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.fleet.order import BadOrder, FleetOrder
from gsmd.gateways.fleet.capacity import Capacity
from gsmd.gateways.fleet.local import LocalSender
from gsmd.gateways.fleet.pulling import Puller, Queue
from gsmd.gateways.fleet.queue_entry import QueueEntry
from gsmd.gateways.fleet.writing import Disk
from gsmd.protocol.message import iso

log = logging.getLogger(__name__)

_LATER = 2.0
_KEPT = 300.0
"""Seconds that the engine keeps the place of a box that does not ask: then its SIMs may be another's."""

_ROOM = 8
_FOR_EVER = 10.0 * 365 * 86_400

Told = Callable[..., Awaitable[None]]


class Pinned:
    """Takes them. ``told`` is given what becomes of those that gsmd does not take; ``refuses`` says why nobody is to get a message, if it is so."""

    def __init__(
        self,
        link: EngineLink,
        box: str,
        capacity: Capacity,
        local: LocalSender,
        disk: Disk,
        told: Told,
        refuses: Callable[[FleetOrder], Awaitable[str | None]],
    ) -> None:
        self._link = link
        self._name = subjects.sim_consumer(box)
        self._capacity = capacity
        self._local = local
        self._disk = disk
        self._told = told
        self._refuses = refuses
        self._waiting: asyncio.Queue[QueueEntry] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._made = asyncio.Event()
        self._draining = False
        queue = Queue(link, subjects.SIM, self._name)
        self._puller = Puller(link, [queue], self._room, self._waiting.put)

    def look(self) -> None:
        """The SIMs may be others."""
        self._changed.set()

    def reconnected(self) -> None:
        """The engine was away: it may not know our consumer any more."""
        self._changed.set()
        self._puller.reconnected()

    def drain(self) -> None:
        """Take no more."""
        self._draining = True

    async def run(self) -> None:
        """Until cancelled."""
        await self._capacity.looked()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_consumer())
            group.create_task(self._pull())
            group.create_task(self._work())

    async def _pull(self) -> None:
        await self._made.wait()
        await self._puller.run()

    def _room(self) -> int:
        if self._draining or not self._capacity.cards:
            return 0
        return _ROOM - self._waiting.qsize()

    async def _keep_consumer(self) -> None:
        while True:
            await self._link.wait_present()
            self._changed.clear()
            try:
                await self._make()
            except (EngineAway, EngineRefused) as error:
                log.warning("messages for this box's SIMs wait: %s", error)
                await asyncio.sleep(_LATER)
                continue
            self._puller.look()
            await self._changed.wait()

    async def _make(self) -> None:
        cards = sorted({card.sim for card in self._capacity.cards})
        if not cards:
            return
        config: dict[str, Any] = {
            "name": self._name,
            "durable_name": self._name,
            "filter_subjects": [subjects.sim(card, "*") for card in cards],
            "ack_policy": "explicit",
            "deliver_policy": "all",
            "max_deliver": -1,
            "ack_wait": 60 * 10**9,
            "num_replicas": 1,
            "mem_storage": True,
            "inactive_threshold": int(_KEPT * 1e9),
        }
        body = {"stream_name": subjects.SIM, "config": config}
        await self._link.api(f"CONSUMER.CREATE.{subjects.SIM}.{self._name}", body)
        self._made.set()

    async def _work(self) -> None:
        while True:
            entry = await self._waiting.get()
            await self._one(entry)
            self._puller.look()

    async def _one(self, entry: QueueEntry) -> None:
        card, id_ = entry.subject.split(".")[2:4]
        modem = next((each.modem for each in self._capacity.cards if each.sim == card), None)
        if modem is None or self._draining:
            await entry.give_back(_LATER)
            return
        made: Message | str
        try:
            wanted = order.read(id_, entry.body)
            wanted, _ = order.dated(wanted, entry.body, entry.at)
            made = await self._hand_over(wanted, modem)
        except BadOrder as error:
            made = f"invalid: {error}"
        except (EngineAway, EngineRefused) as error:
            log.debug("%s waits: %s", id_, error)
            await entry.give_back(_LATER)
            return
        if isinstance(made, str):
            await self._told("message.failed", id_, state="failed", reason=made, sim=card)
        await self._disk.flush()
        await entry.settle()

    async def _hand_over(self, wanted: FleetOrder, modem: str) -> Message | str:
        """The message at gsmd, or why there is none. Errors: `EngineAway`, `EngineRefused`."""
        limited = wanted.consent or wanted.campaign is not None
        if limited and (why := await self._refuses(wanted)) is not None:
            return why
        params = {**wanted.params, "modem": modem}
        if wanted.not_before is not None:
            params["not_before"] = iso(wanted.not_before)
        made = await self._local.hand(
            f"sim/{wanted.id}", 0, params, lambda: min(_FOR_EVER, wanted.left(time.time()))
        )
        return "expired" if made is None else made
