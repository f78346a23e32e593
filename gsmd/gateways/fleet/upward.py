"""What happens at this box, told to all: events of messages and modems, in their order, each once.

gsmd numbers its events and keeps them for a while: how far they are told is on the agent's disk, and the engine knows an event that
is told twice by its number. Where more is missing than gsmd keeps, a gap is said to be one.
"""

import asyncio
import logging
from functools import partial
from typing import Any

import msgspec

from gsmd.client import AsyncClient, Event, GsmdError, NotFound
from gsmd.fleet import subjects
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import tables
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.names import Names
from gsmd.protocol.message import iso

log = logging.getLogger(__name__)

TYPES = ("message.", "modem.")

_UNTOLD = frozenset({"message.submitting", "message.part_sent", "message.part_delivered"})
_AT_ONCE = 32
_LATER = 1.0
_SAVED = 1.0


class Upward:
    """Events of gsmd, to the engine."""

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        link: EngineLink,
        database: Database,
        who: Identity,
        names: Names,
    ) -> None:
        self._client = client
        self._watch = watch
        self._link = link
        self._database = database
        self._who = who
        self._names = names
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._under_way: list[tuple[int, asyncio.Task[None]]] = []

    async def run(self) -> None:
        """Tell until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._save())
            while True:
                await self._watch.wait_present()
                try:
                    await self._tell(group)
                except GsmdError as error:
                    log.debug("events: %s", error)
                    await asyncio.sleep(_LATER)

    async def tell(self, type_: str, id_: str, **fields: Any) -> None:
        """Something of our own."""
        await self._publish(type_, id_, fields, None)

    async def _tell(self, group: asyncio.TaskGroup) -> None:
        name = f"events {self._who.holder.inc}"
        after = await self._database.read(partial(tables.said, name=name))
        try:
            stream = self._client.events(*TYPES, after="now" if after is None else int(after))
            async with stream as events:
                async for event in events:
                    await self._pass_on(event, group)
        except NotFound:  # further back than gsmd keeps
            log.warning("some events are told to nobody: gsmd does not keep them any more")
            await self._database.write(partial(tables.unsay, name=name))

    async def _pass_on(self, event: Event, group: asyncio.TaskGroup) -> None:
        if event.type in _UNTOLD or event.seq is None:
            return
        await self._free.acquire()
        task = group.create_task(self._up(event))
        self._under_way.append((event.seq, task))

    async def _up(self, event: Event) -> None:
        try:
            about = event.fields.get("id") or event.fields.get("modem") or "none"
            id_ = await self._names.of(str(about))
            fields = {**event.fields, "at": iso(event.at), "seq": event.seq}
            if id_ is not None:
                fields["fleet_id"] = id_
            number = f"{self._who.holder.inc}.{event.seq}"
            await self._publish(event.type, id_ or str(about), fields, number)
        finally:
            self._free.release()

    async def _publish(
        self, type_: str, id_: str, fields: dict[str, Any], number: str | None
    ) -> None:
        box = self._who.holder.box
        body = msgspec.json.encode({"type": type_, "box": box, **fields})
        while True:
            await self._link.wait_present()
            try:
                await self._link.store(subjects.event(box, type_, id_), body, id_=number)
            except EngineAway:
                await asyncio.sleep(_LATER)
            except EngineRefused as error:
                log.warning("an event is not told: %s", error)
                return
            else:
                return

    async def _save(self) -> None:
        """Keep how far they are told: up to the first that is not."""
        name = f"events {self._who.holder.inc}"
        while True:
            await asyncio.sleep(_SAVED)
            told = None
            while self._under_way and self._under_way[0][1].done():
                told = self._under_way.pop(0)[0]
            if told is not None:
                await self._database.write(partial(tables.say, name=name, value=str(told)))
