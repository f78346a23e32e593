"""Everything that is due at a time of its own: retries, expiry, incomplete messages, retention."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable

from gsmd.clock import Milliseconds
from gsmd.config import InboundConfig
from gsmd.core.delivery import Couriers
from gsmd.core.inbound import Inbound
from gsmd.core.ledger import Ledger, Transaction
from gsmd.core.outbound import Outbound
from gsmd.store import deliveries, events, inbox, messages, outbox
from gsmd.store.errors import StoreError

log = logging.getLogger(__name__)

_AT_LEAST_EVERY = 60_000
"""Milliseconds: a jump of the wall clock is noticed within this time."""

_JUMP = 5_000
"""Milliseconds by which the wall clock may drift from the monotonic one without a word."""

_PURGE_EVERY = 6 * 3600 * 1000
_PURGE_BATCH = 200
"""Messages deleted per transaction, so that nothing else waits long."""


class Housekeeping:
    """Sleeps until the next thing is due, and does it."""

    def __init__(
        self,
        ledger: Ledger,
        inbound: Inbound,
        outbound: Outbound,
        couriers: Couriers,
        config: InboundConfig,
        wake_senders: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._inbound = inbound
        self._outbound = outbound
        self._couriers = couriers
        self.config = config
        self._wake_senders = wake_senders
        self._poked = asyncio.Event()
        self._skew = self._wall_minus_monotonic()
        self._purge_at = 0

    def poke(self) -> None:
        """Something new may be due sooner than what is slept for."""
        self._poked.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._poked.clear()
            try:
                wait = await self.round()
            except StoreError as error:
                log.warning("housekeeping waits for the store: %s", error)
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
        if await self._ledger.read(_next_due) <= now:
            await self._do_what_is_due()
        if now >= self._purge_at and self.config.retention is not None:
            self._purge_at = now + _PURGE_EVERY
            await self.purge(self.config.retention)
        next_due = await self._ledger.read(_next_due)
        return max(0, min(next_due - self._ledger.timeline.now(), _AT_LEAST_EVERY))

    async def purge(self, older_than: float) -> int:
        """Delete finished messages older than ``older_than`` seconds, a few at a time; returns how many."""
        before = Milliseconds(self._ledger.clock.wall() - round(older_than * 1000))
        total = 0
        while True:
            gone = await self._ledger.write(
                lambda t: messages.purge(t.connection, before, _PURGE_BATCH)
            )
            total += gone
            if gone < _PURGE_BATCH:
                break
        await self._ledger.write(lambda t: events.purge(t.connection, before, _PURGE_BATCH))
        return total

    async def _do_what_is_due(self) -> None:
        def job(transaction: Transaction) -> set[str]:
            outbox.wake_due(transaction.connection, transaction.now)
            self._outbound.expire(transaction)
            return deliveries.wake_due(transaction.connection, transaction.now)

        self._couriers.wake(await self._ledger.write(job))
        self._wake_senders()
        await self._inbound.publish_overdue()

    async def _notice_jump(self) -> None:
        skew = self._wall_minus_monotonic()
        jump, self._skew = skew - self._skew, skew
        if abs(jump) < _JUMP:
            return
        log.warning("the wall clock jumped by %.1f s", jump / 1000)

        def job(transaction: Transaction) -> None:
            outbox.reschedule(transaction.connection, transaction.wall, transaction.now)
            transaction.note("clock.jumped", seconds=round(jump / 1000, 1))

        await self._ledger.write(job)

    def _wall_minus_monotonic(self) -> int:
        return self._ledger.clock.wall() - self._ledger.clock.monotonic()


def _next_due(connection: sqlite3.Connection) -> int:
    due = (inbox.next_due(connection), outbox.next_due(connection), deliveries.next_due(connection))
    return min((at for at in due if at is not None), default=2**62)
