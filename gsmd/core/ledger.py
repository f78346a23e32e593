"""Transactions of the core: on disk first, told afterwards; and the time that waiting goes by."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from gsmd.clock import EARLIEST_PLAUSIBLE, Clock, Milliseconds
from gsmd.core.events import Event, EventBus
from gsmd.store import events, meta
from gsmd.store.database import Database
from gsmd.store.errors import StoreError
from gsmd.store.messages import moment

log = logging.getLogger(__name__)

T = TypeVar("T")

_SAVE_EVERY = 60_000
"""How far, in milliseconds, the saved time may lag behind: it rides on other commits."""


class Timeline:
    """Milliseconds that only ever go forward, across restarts and jumps of the wall clock.

    What waits (back-off, validity, limits) is stored on the timeline. While gsmd runs it follows
    the monotonic clock. So does the time that it was off, if the machine was not; else that is added
    by the wall clock, if it can be believed both times, or as soon as it can be (`clock_was_set`).
    """

    def __init__(self, clock: Clock, saved: str | None) -> None:
        self._clock = clock
        self._base = 1
        self._started = clock.monotonic()
        self._saved_at = -_SAVE_EVERY
        self._off_since: int | None = None
        self.missed_jump = 0
        """Milliseconds by which the wall clock was set while gsmd was off, if the machine ran on."""
        if saved is not None:
            self._take_up(*saved.split())
        self.clock_was_set()

    def _take_up(self, timeline: str, wall: str, boot: str = "", monotonic: str = "0") -> None:
        self._base = int(timeline)
        if boot and boot == self._clock.boot():
            off = max(0, self._started - int(monotonic))
            self._base += off
            self.missed_jump = self._clock.wall() - int(wall) - off
        elif int(wall) >= EARLIEST_PLAUSIBLE:
            self._off_since = int(wall)

    def clock_was_set(self) -> None:
        """If the wall clock can be believed now, add the time that gsmd was off, once."""
        self._saved_at = -_SAVE_EVERY  # what was kept tells of the clock as it was
        wall = self._clock.wall()
        if self._off_since is None or wall < EARLIEST_PLAUSIBLE:
            return
        started = wall - (self._clock.monotonic() - self._started)
        self._base += max(0, started - self._off_since)
        self._off_since = None

    def now(self) -> Milliseconds:
        return Milliseconds(self._base + self._clock.monotonic() - self._started)

    def saved(self, *, force: bool = False) -> str | None:
        """What to keep for the next start, or None while what was kept last is fresh enough."""
        now = self.now()
        if not force and now - self._saved_at < _SAVE_EVERY:
            return None
        self._saved_at = now
        kept = f"{now} {self._clock.wall()}"
        boot = self._clock.boot()
        return f"{kept} {boot} {self._clock.monotonic()}" if boot else kept


class Transaction:
    """What one job of the core writes: statements at once, events to tell after the commit."""

    def __init__(
        self, connection: sqlite3.Connection, wall: Milliseconds, now: Milliseconds
    ) -> None:
        self.connection = connection
        self.wall = wall
        """UTC, for stamps."""
        self.now = now
        """The timeline, for waiting."""
        self.told: list[Event] = []

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what was done inside, and nothing else, if it raises; the error goes on."""
        told = len(self.told)
        self.connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            del self.told[told:]
            if self.connection.in_transaction:  # a full disk may have ended it all
                self.connection.execute("ROLLBACK TO attempt")
                self.connection.execute("RELEASE attempt")
            raise
        self.connection.execute("RELEASE attempt")

    def note(
        self, type_: str, message: int | None = None, id_: str | None = None, **detail: Any
    ) -> None:
        """Record an event, for the message's story and for whoever listens."""
        detail = {name: value for name, value in detail.items() if value is not None}
        events.record(self.connection, self.wall, message, type_, detail)
        at = moment(self.wall)
        self.told.append(Event(type_, at, detail if id_ is None else {"id": id_, **detail}))


class Ledger:
    """The store as the core uses it."""

    def __init__(self, database: Database, clock: Clock, bus: EventBus, timeline: Timeline) -> None:
        self.database = database
        self.clock = clock
        self.bus = bus
        self.timeline = timeline

    @classmethod
    async def open(cls, database: Database, clock: Clock, bus: EventBus) -> "Ledger":
        """Go on with the timeline where the last run left it."""
        saved = await database.read(lambda connection: meta.get(connection, "timeline"))
        return cls(database, clock, bus, Timeline(clock, saved))

    async def write(
        self, job: Callable[[Transaction], T], then: Callable[[T], None] | None = None
    ) -> T:
        """Run ``job`` in a transaction; returns, and tells its events, once it is on disk.

        ``then`` gets the result as soon as it is on disk. Both happen even if the caller is
        cancelled meanwhile: what is on disk has consequences.
        Errors: whatever ``job`` raises (nothing of it is kept), or the database's `StoreError`.
        """
        writing = asyncio.ensure_future(self._write(job, then))
        # without the caller nobody asks for its error, which is no defect
        writing.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(writing)

    async def _write(self, job: Callable[[Transaction], T], then: Callable[[T], None] | None) -> T:
        told: list[Event] = []

        def run(connection: sqlite3.Connection) -> T:
            transaction = Transaction(connection, self.clock.wall(), self.timeline.now())
            result = job(transaction)
            if saved := self.timeline.saved():
                meta.put(connection, "timeline", saved)
            told.extend(transaction.told)
            return result

        result = await self.database.write(run)
        if then is not None:
            then(result)
        for event in told:
            self.bus.emit(event)
        return result

    def tell(self, type_: str, **fields: Any) -> None:
        """Tell listeners of something that is no part of any message's story."""
        self.bus.emit(Event(type_, moment(self.clock.wall()), fields))

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query; it sees everything committed so far."""
        return await self.database.read(query)

    async def trouble(self) -> StoreError | None:
        """Why nothing can be written now; None if all is well. What had trouble is tried once more."""
        if self.database.trouble is not None:
            with suppress(StoreError):
                await self._keep_time()
        return self.database.trouble

    async def _keep_time(self) -> None:
        saved = self.timeline.saved(force=True)
        assert saved is not None
        await self.database.write(lambda connection: meta.put(connection, "timeline", saved))

    async def close(self) -> None:
        """Keep the time for the next start, and close the database."""
        try:
            await self._keep_time()
        except StoreError as error:
            log.warning("the time is not kept for the next start: %s", error)
        finally:
            await self.database.close()
