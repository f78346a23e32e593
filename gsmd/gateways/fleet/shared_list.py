"""A list that all boxes share: who wants no messages, and senders that nobody wants to hear.

Theory of operation. The engine has one record for each number (or pattern), with the wish and when it was wished; the later wish wins,
and of two at the same moment the one that forbids. A box follows the records in the order in which the engine has them, and writes what is new into
its gsmd's own list, which is what gsmd goes by. What is changed at the box itself stands in gsmd's own log of the list, and goes
up from there: nothing is kept twice, and a box that was cut off tells later what it had not told.

    here:   STOP → gsmd's list and log → compare-and-set of the record → every box hears that there is something new
    there:  hears, or asks every `EVERY` seconds → reads the records it has not seen → gsmd's list

*Current* is a box whose last reading is not older than `STALE` and that knows of nothing newer. Who is not current takes no messages
of pools. What is heard is a hint only; what counts is what the leader of the stream has.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec

from gsmd.client import AsyncClient, GsmdError
from gsmd.fleet import subjects
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused, Stored
from gsmd.fleet.record import Holder
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import identity, tables
from gsmd.gateways.fleet.identity import Identity
from gsmd.protocol.message import iso

log = logging.getLogger(__name__)

EVERY = 10.0
STALE = 60.0

SOURCE = "fleet"
"""What gsmd's log says of changes that came from another box."""

_LATER = 1.0


class WishRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the register has: ``about`` is a number, a name or a pattern; ``wish`` is ``stop``, ``start``, ``block`` or ``unblock``."""

    about: str
    wish: str
    at: str
    box: str
    inc: str = ""


class LocalChange(NamedTuple):
    """A line of gsmd's log. ``fleet``: it came from the fleet."""

    about: str
    wish: str
    at: datetime
    fleet: bool


class SharedList(ABC):
    """One of the lists. ``filter_`` are the places of its records, ``event`` begins the events of its changes.

    ``read`` is called whenever it has been read.
    """

    filter_: str
    event: str
    forbids: str
    name: str

    def __init__(
        self,
        client: AsyncClient,
        watch: DaemonWatch,
        link: EngineLink,
        database: Database,
        who: Identity,
        read: Callable[[], None],
    ) -> None:
        self._read_it = read
        self._client = client
        self._watch = watch
        self._link = link
        self._database = database
        self._who = who
        self._read_at: float | None = None
        self._hint = asyncio.Event()
        self._changed = asyncio.Event()

    @property
    def current(self) -> bool:
        """What the box knows is what the engine has, as far as anybody can know."""
        fresh = self._read_at is not None and identity.now() - self._read_at < STALE
        return fresh and self._link.present and not self._hint.is_set()

    def look(self) -> None:
        """Gsmd's own list may have changed."""
        self._changed.set()

    def doubt(self) -> None:
        """The engine was away."""
        self._read_at = None
        self._hint.set()

    async def run(self) -> None:
        """Follow and tell until cancelled."""
        await self._link.wait_present()

        async def hear(message: Any) -> None:
            del message
            self._hint.set()

        await self._link.subscribe(self.filter_, hear)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._tell())

    async def wish(self, about: str) -> str | None:
        """What the engine has of one, now. Errors: `EngineAway`, `EngineRefused`."""
        found = await self._link.last(subjects.REGISTER, self.place(about))
        return None if found is None or not found.data else _record(found).wish

    # -- for each list ----------------------------------------------------------------------------------

    @abstractmethod
    def place(self, about: str) -> str:
        """The subject of a record."""

    @abstractmethod
    async def carry_out(self, record: WishRecord) -> None:
        """Bring gsmd's list into line. Errors: `GsmdError`."""

    @abstractmethod
    async def log(self, after: str | None) -> tuple[list[LocalChange], str | None]:
        """A page of gsmd's log, newest first, and the cursor of the next. Errors: `GsmdError`."""

    # -- from the engine --------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while True:
            await self._link.wait_present()
            await self._watch.wait_present()
            self._hint.clear()
            began = identity.now()
            try:
                await self._read()
                self._read_at = began
                self._read_it()
            except (EngineAway, EngineRefused, GsmdError) as error:
                log.warning("%s of the fleet: %s", self.name, error)
                self._hint.set()
                await asyncio.sleep(_LATER)
                continue
            try:
                async with asyncio.timeout(EVERY):
                    await self._hint.wait()
            except TimeoutError:
                pass

    async def _read(self) -> None:
        seq = await self._position()
        while (
            found := await self._link.next(subjects.REGISTER, self.filter_, seq + 1)
        ) is not None:
            seq = found.seq
            if found.data:
                await self._adopt(found)

    async def _position(self) -> int:
        """Where we have read to; from the beginning where the engine is another, or an older one."""
        seq = int(await self._database.read(partial(tables.said, name=self._read_to())) or 0)
        if seq:
            last = (await self._link.api(f"STREAM.INFO.{subjects.REGISTER}"))["state"]["last_seq"]
            if last < seq:
                return 0
        return seq

    def _read_to(self) -> str:
        """The name of how far this disk has read: on another one the list is empty, and is read from the beginning."""
        return f"read {self.name} {self._who.holder.inc}"

    async def _adopt(self, found: Stored) -> None:
        record = _record(found)
        if Holder(record.box, record.inc) != self._who.holder:
            await self.carry_out(record)
        await self._database.write(partial(tables.say, name=self._read_to(), value=str(found.seq)))

    # -- to the engine ----------------------------------------------------------------------------------

    async def _tell(self) -> None:
        while True:
            await self._watch.wait_present()
            await self._link.wait_present()
            self._changed.clear()
            try:
                await self._tell_what_is_new()
            except (EngineAway, EngineRefused, GsmdError) as error:
                log.warning("%s of this box: %s", self.name, error)
                await asyncio.sleep(_LATER)
                continue
            try:
                async with asyncio.timeout(EVERY):  # not every change is an event
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _tell_what_is_new(self) -> None:
        name = f"told {self.name}"
        told = await self._database.read(partial(tables.said, name=name))
        new: list[LocalChange] = []
        after: str | None = None
        while True:
            page, after = await self.log(after)
            for change in page:
                if _mark(change) == told:
                    after = None
                    break
                new.append(change)
            if after is None:
                break
        for change in reversed(new):
            if not change.fleet:
                await self._up(change)
            await self._database.write(partial(tables.say, name=name, value=_mark(change)))

    async def _up(self, change: LocalChange) -> None:
        place, at = self.place(change.about), iso(change.at)
        who = self._who.holder
        record = WishRecord(about=change.about, wish=change.wish, at=at, box=who.box, inc=who.inc)
        while True:
            present = await self._link.last(subjects.REGISTER, place)
            if present is not None and present.data:
                there = _record(present)
                if (there.at, there.wish == self.forbids) >= (at, change.wish == self.forbids):
                    return
            after = 0 if present is None else present.seq
            if await self._link.put(place, msgspec.json.encode(record), after) is not None:
                return


class OptOuts(SharedList):
    """Who wants no messages from us."""

    filter_ = "sms.reg.optout.*"
    event = "optout."
    forbids = "stop"
    name = "opt-outs"

    def place(self, about: str) -> str:
        """As `SharedList`."""
        return subjects.opt_out(about)

    async def carry_out(self, record: WishRecord) -> None:
        """As `SharedList`."""
        calls = self._client.optout
        change = calls.add if record.wish == self.forbids else calls.remove
        await change(record.about, source=SOURCE, note=f"at {record.box}")

    async def log(self, after: str | None) -> tuple[list[LocalChange], str | None]:
        """As `SharedList`."""
        page = await self._client.optout.log(after=after)
        found = [LocalChange(e.peer, e.wish, e.at, e.source == SOURCE) for e in page.changes]
        return found, page.next


class Blocks(SharedList):
    """Senders that nobody wants to hear."""

    filter_ = "sms.reg.block.*"
    event = "block"
    forbids = "block"
    name = "blocks"

    def place(self, about: str) -> str:
        """As `SharedList`."""
        return subjects.block(about)

    async def carry_out(self, record: WishRecord) -> None:
        """As `SharedList`."""
        note = f"{SOURCE}: at {record.box}"
        if record.wish == self.forbids:
            await self._client.blocks.add(record.about, note=note)
        else:
            await self._client.blocks.remove(record.about, note=note)

    async def log(self, after: str | None) -> tuple[list[LocalChange], str | None]:
        """As `SharedList`."""
        page = await self._client.blocks.log(after=after)
        found = [
            LocalChange(e.pattern, e.wish, e.at, (e.note or "").startswith(f"{SOURCE}:"))
            for e in page.changes
        ]
        return found, page.next


def _record(found: Stored) -> WishRecord:
    return msgspec.json.decode(found.data, type=WishRecord)


def _mark(change: LocalChange) -> str:
    return f"{change.about} {change.wish} {iso(change.at)}"
