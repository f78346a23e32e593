"""Work that is due at a time of its own: retries, expiry, incomplete messages, retention."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from functools import partial

from gsmd.clock import EARLIEST_PLAUSIBLE, Milliseconds
from gsmd.config import Config
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.inbound import Inbound
from gsmd.core.outbound import Outbound
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import (
    carried,
    clock_history,
    deliveries,
    events,
    inbox,
    messages,
    runs,
    schedule,
)
from gsmd.store.tables.clock_history import Span
from gsmd.store.tables.messages import Purged

log = logging.getLogger(__name__)

_AT_LEAST_EVERY = 60_000
"""Milliseconds: a jump of the wall clock is noticed within this time."""

_JUMP = 5_000
"""Milliseconds by which the wall clock may drift from the monotonic one without a word."""

_GREAT_JUMP = 3_600_000
"""Milliseconds from which on a jump matters to how old messages are."""

_PURGE_EVERY = 6 * 3600
"""Seconds."""
_PURGE_BATCH = 200
"""Messages deleted per transaction, so that nothing else waits long."""


class Housekeeping:
    """Sleeps until the next thing is due, and does it."""

    def __init__(
        self,
        ledger: Ledger,
        inbound: Inbound,
        outbound: Outbound,
        handlers: HandlerRegistry,
        config: Config,
        wake_senders: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._inbound = inbound
        self._outbound = outbound
        self._handlers = handlers
        self.change(config)
        self._wake_senders = wake_senders
        self._poked = asyncio.Event()
        self._noticing = asyncio.Lock()
        self._skew = self._wall_minus_monotonic() - ledger.timeline.missed_jump

    def change(self, config: Config) -> None:
        """Keep messages and events for another while."""
        self._messages_kept, self._events_kept = config.inbound.retention, config.events.retention

    def poke(self) -> None:
        """Something new may be due sooner than what is slept for."""
        self._poked.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._do_rounds(), name="rounds")
            group.create_task(
                self._do_purges(), name="purges"
            )  # they take long: retries must not wait

    async def _do_purges(self) -> None:
        def refused(error: StoreError) -> None:
            log.warning("old messages cannot be deleted: %s", error)

        while True:
            await self._ledger.insist_on(self._purge, refused)  # on a full disk it makes room
            await asyncio.sleep(_PURGE_EVERY)

    async def _purge(self) -> None:
        if self._messages_kept is not None:
            await self.purge(self._messages_kept)
        if self._events_kept is not None:
            before = Milliseconds(self._ledger.clock.wall() - round(self._events_kept * 1000))
            while await self._ledger.write(
                lambda t: events.forget(t.connection, before, _PURGE_BATCH)
            ):
                pass

    async def _do_rounds(self) -> None:
        def refused(error: StoreError) -> None:
            log.warning("housekeeping waits for the store: %s", error)

        while True:
            self._poked.clear()
            try:
                wait = await self._ledger.insist_on(self.round, refused)
            except Exception:
                log.exception("housekeeping failed in an unexpected way, and goes on")
                wait = _JUMP
            try:
                async with asyncio.timeout(wait / 1000):
                    await self._poked.wait()
            except TimeoutError:
                pass

    async def round(self) -> int:
        """Do what is due; returns milliseconds until the next round is."""
        await self._notice_jump()
        now = self._ledger.timeline.now()
        next_due = await self._ledger.read(_next_due)
        if next_due <= now:
            await self._do_what_is_due()
            next_due = await self._ledger.read(_next_due)
        return max(0, min(next_due - self._ledger.timeline.now(), _AT_LEAST_EVERY))

    async def purge(self, older_than: float) -> int:
        """Delete finished messages older than ``older_than`` seconds, a few at a time; returns how many."""
        await self._notice_jump()  # or what came before it would seem old
        before = Milliseconds(self._ledger.clock.wall() - round(older_than * 1000))
        # what seems older than this was taken before the clock was set
        total = 0
        for span in await self._ledger.read(
            lambda connection: clock_history.spans(connection, before)
        ):
            step = Purged(0, EARLIEST_PLAUSIBLE - 1)
            while step.after is not None:
                step = await self._ledger.write(partial(_purge, span, step.after))
                total += step.gone
        while await self._ledger.write(lambda t: events.purge(t.connection, before, _PURGE_BATCH)):
            pass
        return total

    async def _do_what_is_due(self) -> None:
        def job(transaction: Transaction) -> set[str]:
            schedule.wake_due(transaction.connection, transaction.now)
            self._outbound.expire(transaction)
            self._outbound.carried_reports.overdue(transaction)
            return deliveries.wake_due(transaction.connection, transaction.now)

        self._handlers.wake(await self._ledger.write(job))
        self._wake_senders()
        await self._inbound.publish_overdue()

    async def _notice_jump(self) -> None:
        async with self._noticing:
            await self._look_at_clock()

    async def _look_at_clock(self) -> None:
        skew = self._wall_minus_monotonic()
        jump = skew - self._skew
        if abs(jump) < _JUMP:
            self._skew = skew
            return
        log.warning("the wall clock jumped by %.1f s", jump / 1000)
        self._ledger.timeline.clock_was_set()
        now_set = self._ledger.clock.wall() >= EARLIEST_PLAUSIBLE
        was_set = self._ledger.clock.wall() - jump >= EARLIEST_PLAUSIBLE

        def job(transaction: Transaction) -> None:
            if now_set and not was_set:
                messages.date_anew(transaction.connection, EARLIEST_PLAUSIBLE, jump)
                runs.date_anew(transaction.connection, EARLIEST_PLAUSIBLE, jump)
            elif abs(jump) >= _GREAT_JUMP:
                clock_history.record_jump(
                    transaction.connection, messages.next_seq(transaction.connection), jump
                )
            schedule.reschedule(transaction.connection, transaction.wall, transaction.now)
            transaction.record_event("clock.jumped", seconds=round(jump / 1000, 1))

        await self._ledger.write(job)
        self._skew = skew

    def _wall_minus_monotonic(self) -> int:
        return self._ledger.clock.wall() - self._ledger.clock.monotonic()


def _purge(span: Span, after: int, transaction: Transaction) -> Purged:
    return messages.purge(transaction.connection, span, after, _PURGE_BATCH)


def _next_due(connection: sqlite3.Connection) -> int:
    due = (
        inbox.next_due(connection),
        schedule.next_due(connection),
        deliveries.next_due(connection),
        carried.next_due(connection),
    )
    return min((at for at in due if at is not None), default=2**62)
