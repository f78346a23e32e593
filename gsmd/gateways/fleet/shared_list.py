"""A list that all boxes share: who wants no messages, senders that nobody wants to hear, who agreed to get what.

Theory of operation. The engine has one record for each number (or pattern), with the wish and when it was wished; the later wish wins,
and of two at the same moment the one that forbids. A box follows the records in the order in which the engine has them, and writes what is new into
its gsmd's own list, which is what gsmd goes by. What is changed at the box itself stands in gsmd's own log of the list, and goes
up from there: nothing is kept twice, and a box that was cut off tells later what it had not told.

    here:   STOP → gsmd's list and log → compare-and-set of the record → every box hears which record is new
    there:  hears → reads that record → gsmd's list; and reads all that it has not seen, in their order, every `EVERY` seconds

*Current* is a box whose last reading is not older than `STALE` and that knows of nothing newer. Who is not current takes no messages
of pools. What is heard is a hint only (the engine may have refused it, or we may not have heard it); what counts is what the leader of
the stream has, and how far the reading in order came is all that is kept of it.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from gsmd.client import Conflict, GsmdError, Invalid
from gsmd.fleet import subjects
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused, Stored
from gsmd.fleet.record import Holder
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import identity, tables
from gsmd.gateways.fleet.books import Book
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.trouble import Trouble, apart
from gsmd.gateways.fleet.wish import LocalChange, WishRecord, record_of
from gsmd.protocol.message import iso

log = logging.getLogger(__name__)

EVERY = 20.0
STALE = 60.0


class SharedList:
    """One of the lists: ``book``. ``read`` is called whenever it has been read."""

    def __init__(
        self,
        book: Book,
        watch: DaemonWatch,
        link: EngineLink,
        database: Database,
        who: Identity,
        read: Callable[[], None],
    ) -> None:
        self.book = book
        self._read_it = read
        self._watch = watch
        self._link = link
        self._database = database
        self._who = who
        self._read_at: float | None = None
        self._hint = asyncio.Event()
        self._heard: set[str] = set()
        self._adopted: dict[str, int] = {}
        """By subject, the numbers of records that were carried out before it was their turn."""
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
            self._heard.add(message.subject)
            self._hint.set()

        await self._link.subscribe(self.book.filter, hear)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._tell())

    async def wish(self, about: str, list_: str | None = None) -> str | None:
        """What the engine has of one, now. Errors: `EngineAway`, `EngineRefused`."""
        found = await self._link.last(subjects.REGISTER, self.book.place(about, list_))
        record = record_of(found)
        return None if record is None else record.wish

    # -- from the engine --------------------------------------------------------------------------------

    async def _follow(self) -> None:
        trouble, every = Trouble(f"{self.book.name} of the fleet"), apart(EVERY)
        while True:
            await self._link.wait_present()
            await self._watch.wait_present()
            self._hint.clear()
            heard, self._heard = self._heard, set()
            began = identity.now()
            try:
                if self._read_at is None or began - self._read_at >= every:
                    await self._read()
                    self._read_at = began
                else:
                    for subject in heard:
                        await self._read_one(subject)
                self._read_it()
            except (EngineAway, EngineRefused, GsmdError) as error:
                self._hint.set()
                self._heard |= heard
                await trouble.wait(error)
                continue
            trouble.over()
            try:
                async with asyncio.timeout(max(0.0, self._read_at + every - identity.now())):
                    await self._hint.wait()
            except TimeoutError:
                pass

    async def _read(self) -> None:
        """All that is new, in the order in which the engine has it."""
        seq = await self._position()
        while (
            found := await self._link.next(subjects.REGISTER, self.book.filter, seq + 1)
        ) is not None:
            seq = found.seq
            if self._adopted.get(found.subject) != seq:
                await self._adopt(found)
            await self._database.write(partial(tables.say, name=self._read_to(), value=str(seq)))
        self._adopted.clear()

    async def _read_one(self, subject: str) -> None:
        """What is the last of a subject, before it is its turn."""
        found = await self._link.last(subjects.REGISTER, subject)
        if found is not None and self._adopted.get(subject) != found.seq:
            await self._adopt(found)
            self._adopted[subject] = found.seq

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
        return f"read {self.book.name} {self._who.holder.inc}"

    async def _adopt(self, found: Stored) -> None:
        """Carry it out. What gsmd will never carry out here holds nothing up: a number that it does not know, what its configuration blocks."""
        record = record_of(found)
        if record is None or Holder(record.box, record.inc) == self._who.holder:
            return
        try:
            await self.book.change(record)
        except (Conflict, Invalid, ValueError) as error:
            log.warning("%s of %s: %s", record.wish, record.box, error)

    # -- to the engine ----------------------------------------------------------------------------------

    async def _tell(self) -> None:
        trouble = Trouble(f"{self.book.name} of this box")
        while True:
            await self._watch.wait_present()
            await self._link.wait_present()
            self._changed.clear()
            try:
                await self._tell_what_is_new()
            except (EngineAway, EngineRefused, GsmdError) as error:
                await trouble.wait(error)
                continue
            trouble.over()
            try:
                async with asyncio.timeout(apart(EVERY)):  # not every change is an event
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _tell_what_is_new(self) -> None:
        name = f"told {self.book.name}"
        told = await self._database.read(partial(tables.said, name=name))
        new: list[LocalChange] = []
        after: str | None = None
        while True:
            page, after = await self.book.log(after)
            for change in page:
                if _mark(change) == told:
                    after = None
                    break
                new.append(change)
            if after is None:
                break
        for change in reversed(new):
            await self._up(change)
            await self._database.write(partial(tables.say, name=name, value=_mark(change)))

    async def _up(self, change: LocalChange) -> None:
        """Tell it, unless the fleet told us, or has a later wish. Errors: `EngineAway`, `EngineRefused`."""
        if change.fleet:
            return
        who, forbids = self._who.holder, self.book.forbids
        record = WishRecord(
            about=change.about,
            wish=change.wish,
            at=iso(change.at),
            box=who.box,
            inc=who.inc,
            list=change.list,
            shown=change.shown,
        )
        place = self.book.place(change.about, change.list)
        while True:
            present = await self._link.last(subjects.REGISTER, place)
            there = record_of(present)
            if there is not None and _rank(there, forbids) >= _rank(record, forbids):
                return
            after = 0 if present is None else present.seq
            if await self._link.put(place, msgspec.json.encode(record), after) is not None:
                return


def _rank(record: WishRecord, forbids: str) -> tuple[str, bool]:
    """The later one wins; of two at the same moment the one that forbids."""
    return record.at, record.wish == forbids


def _mark(change: LocalChange) -> str:
    return f"{change.about} {change.wish} {iso(change.at)}"
