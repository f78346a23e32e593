"""Transactions: on disk first, told afterwards."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from typing import Any, TypeVar

from gsmd.clock import Clock
from gsmd.protocol.events import Event
from gsmd.store.engine.database import Database
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger.actor import acting_now
from gsmd.store.ledger.bus import EventBus
from gsmd.store.ledger.timeline import Timeline
from gsmd.store.ledger.transaction import Transaction
from gsmd.store.tables import meta
from gsmd.store.tables.messages import moment

log = logging.getLogger(__name__)

T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 4.0
"""Seconds between two tries while the store refuses, doubling. What a modem handed over unstored waits too,
and the modem for our +CNMA: so the longest stays short."""

Refusal = Callable[[StoreError], None]
"""Called with every refusal before the pause that follows it: the place to log it."""


class Ledger:
    """The store as everything above it uses it: transactions with a clock, and their events."""

    def __init__(self, database: Database, clock: Clock, bus: EventBus, timeline: Timeline) -> None:
        self.database = database
        self.clock = clock
        self.bus = bus
        self.timeline = timeline
        self._telling: set[asyncio.Future[None]] = set()

    @classmethod
    async def open(cls, database: Database, clock: Clock, bus: EventBus) -> "Ledger":
        """Go on with the timeline where the last run left it."""
        saved = await database.read(lambda connection: meta.get(connection, "timeline"))
        return cls(database, clock, bus, Timeline(clock, saved))

    async def write(
        self,
        job: Callable[[Transaction], T],
        then: Callable[[T], None] | None = None,
        failed: Callable[[], None] | None = None,
    ) -> T:
        """Run ``job`` in a transaction; returns, and tells its events, once it is on disk.

        ``then`` gets the result as soon as it is on disk; ``failed`` is called if nothing of it is. All of it happens
        even if the caller is cancelled meanwhile: what is on disk has consequences.
        Errors: whatever ``job`` raises (nothing of it is kept), or the database's `StoreError`.
        """
        # in a context of its own: what follows from the commit is not done for the actor
        writing = asyncio.get_running_loop().create_task(
            self._write(job, then, failed, acting_now()), context=Context()
        )
        # without the caller nobody asks for its error, which is no defect
        writing.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(writing)

    async def _write(
        self,
        job: Callable[[Transaction], T],
        then: Callable[[T], None] | None,
        failed: Callable[[], None] | None,
        actor: str | None,
    ) -> T:
        told: list[Event] = []

        def run(connection: sqlite3.Connection) -> T:
            transaction = Transaction(connection, self.clock.wall(), self.timeline.now(), actor)
            result = job(transaction)
            if saved := self.timeline.saved():
                meta.put(connection, "timeline", saved)
            told.extend(transaction.numbered())
            return result

        try:
            result = await self.database.write(run)
        except BaseException:
            if failed is not None:
                failed()
            raise
        if then is not None:
            then(result)
        for event in told:
            self.bus.emit(event)
        return result

    async def insist(self, job: Callable[[Transaction], T], refused: Refusal) -> T:
        """`write` what has happened and must be on disk: while the store refuses, again after a pause.

        ``job`` runs once for every try, and sees the state of the database at that try. Cancelling ends it.
        Errors: whatever ``job`` raises, but no `StoreError`.
        """
        return await self.insist_on(lambda: self.write(job), refused)

    async def insist_on(self, work: Callable[[], Awaitable[T]], refused: Refusal) -> T:
        """The same for work of several steps: it begins anew at each try, so it must bear being repeated."""
        pause = _FIRST_PAUSE
        while True:
            try:
                return await work()
            except StoreError as error:
                refused(error)
            await self.clock.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def emit(self, type_: str, **fields: Any) -> None:
        """Tell listeners of something that is no part of any message's history, once it is on disk.

        Where the store refuses it is told at once, without a number.
        """
        if (actor := acting_now()) is not None:
            fields["actor"] = actor
        telling = asyncio.get_running_loop().create_task(
            self._tell(type_, fields), context=Context()
        )
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _tell(self, type_: str, fields: dict[str, Any]) -> None:
        try:
            await self.write(lambda transaction: transaction.tell(type_, fields))
        except StoreError:
            self.bus.emit(Event(type_, moment(self.clock.wall()), fields))

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a query; it sees everything committed so far."""
        return await self.database.read(query)

    async def trouble(self) -> StoreError | None:
        """The reason why nothing can be written now; None if all is well. What had trouble is tried once more."""
        if self.database.trouble is not None:
            with suppress(StoreError):
                await self._keep_time()
        return self.database.trouble

    async def _keep_time(self) -> None:
        saved = self.timeline.saved(force=True)
        assert saved is not None
        await self.database.write(lambda connection: meta.put(connection, "timeline", saved))

    async def close(self) -> None:
        """Tell what is being told, keep the time for the next start, and close the database."""
        await asyncio.gather(*self._telling, return_exceptions=True)
        try:
            await self._keep_time()
        except StoreError as error:
            log.warning("the time is not kept for the next start: %s", error)
        finally:
            await self.database.close()
