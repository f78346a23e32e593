"""Who carries messages to the modems: one sender per modem, each taking what is due for it."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial

from gsmd import pdu
from gsmd.clock import Milliseconds
from gsmd.config import Limits
from gsmd.core.failures import Verdict
from gsmd.core.ledger import Ledger, Transaction
from gsmd.core.outbound import Outbound, Withdrawn
from gsmd.modem import Modem
from gsmd.modem.errors import ModemUnavailable, SubmitRefused, SubmitUncertain
from gsmd.store import outbox
from gsmd.store.errors import StoreError
from gsmd.store.outbox import Work

log = logging.getLogger(__name__)

_HOUR = 3600 * 1000
_DAY = 24 * _HOUR

_STORE_PAUSE = 2.0
"""Seconds before the queue is asked again after the store refused."""

_BREATH = 1.0
"""Seconds before a modem that could not send, and does not say why, is asked again."""

_TROUBLE_FIRST, _TROUBLE_MAX = 5.0, 300.0
"""Seconds that a modem in trouble is spared, doubling."""


class Sender:
    """Carries messages to one modem, one part at a time, for as long as it can send."""

    def __init__(
        self,
        modem: Modem,
        limits: Limits,
        outbound: Outbound,
        ledger: Ledger,
        free: Callable[[], Iterable[str]],
        occupied: Callable[[], None],
    ) -> None:
        self.modem = modem
        self.idle = True
        self.pausing: str | None = None
        """Why nothing is sent although the modem could."""
        self._limits = limits
        self._outbound = outbound
        self._ledger = ledger
        self._free = free
        self._occupied = occupied
        self._wake = asyncio.Event()
        self._stopping = False
        self._trouble = _TROUBLE_FIRST

    def wake(self) -> None:
        """Something to send, or the modem's ability to, may have come."""
        self._wake.set()

    def drain(self) -> None:
        """Finish the part that is under way, take no new one."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Send until `drain`."""
        while not self._stopping:
            self._wake.clear()
            if not self.modem.can_send:
                await self._wake.wait()
                continue
            try:
                await self._send_what_is_due()
            except StoreError as error:
                log.warning("modem %s: sending waits for the store: %s", self.modem.name, error)
                await self._pause(_STORE_PAUSE, f"the store refuses: {error}")

    async def _send_what_is_due(self) -> None:
        """One message, if there is one and the limits allow it; else wait."""
        pause, why = await self._limit()
        if pause:
            await self._pause(pause, why)
            return
        name, free = self.modem.name, set(self._free())
        work = await self._ledger.write(lambda t: self._outbound.take(t, name, free))
        if work is None:
            await self._wake.wait()
            return
        self.idle = False
        self._occupied()
        try:
            await self._send(work)
        finally:
            self.idle = True

    async def _send(self, first: Work) -> None:
        """All parts of a message, as far as they go out."""
        work: Work | None = first
        while work is not None:
            if self._stopping or (work.sequence > 1 and (await self._limit())[0]):
                await self._ledger.write(
                    partial(self._put_back, work, "it goes on when the modem may")
                )
                return
            work = await self._submit(work)

    async def _submit(self, work: Work) -> Work | None:
        """One part: marked on disk before Ctrl-Z, its outcome on disk after; returns the next part."""
        name, sim = self.modem.name, self.modem.sim or self.modem.name

        async def commit() -> None:
            await self._ledger.write(lambda t: self._outbound.submitting(t, work, name, sim))

        try:
            reference = await self.modem.submit(
                pdu.Frame(None, work.tpdu), commit=commit, more=not work.last
            )
        except SubmitRefused as error:
            await self._refused(work, error)
        except SubmitUncertain as error:
            reason = error.reason
            await self._ledger.write(lambda t: self._outbound.uncertain(t, work, reason))
        except Withdrawn as error:
            await self._ledger.write(partial(self._put_back, work, str(error)))
        except ModemUnavailable as error:
            await self._ledger.write(partial(self._put_back, work, error.reason))
            await self._pause(_BREATH, error.reason)
        else:
            self._trouble = _TROUBLE_FIRST
            return await self._settled(lambda t: self._outbound.sent(t, work, name, sim, reference))
        return None

    async def _settled(self, job: Callable[[Transaction], Work | None]) -> Work | None:
        """What the network said must reach the disk: while the store refuses it is tried again."""
        while True:
            try:
                return await self._ledger.write(job)
            except StoreError as error:
                log.warning("modem %s: an answer is not on disk yet: %s", self.modem.name, error)
                await asyncio.sleep(_STORE_PAUSE)

    async def _refused(self, work: Work, error: SubmitRefused) -> None:
        verdict = await self._ledger.write(lambda t: self._outbound.refused(t, work, error))
        if verdict is Verdict.NOT_ITS_FAULT:
            await self._pause(self._trouble, str(error))
            self._trouble = min(self._trouble * 2, _TROUBLE_MAX)

    def _put_back(self, work: Work, reason: str, transaction: Transaction) -> None:
        if outbox.is_leased(transaction.connection, work.seq, self.modem.name):
            self._outbound.withheld(transaction, work, reason)

    async def _limit(self) -> tuple[float, str]:
        """Seconds until the limits allow the next part, and which limit it is."""
        limits = self._limits
        if not (limits.interval or limits.per_hour or limits.per_day):
            return 0.0, ""
        now = self._ledger.timeline.now()
        return await self._ledger.read(lambda c: _limit(c, self.modem.name, limits, now))

    async def _pause(self, seconds: float, why: str) -> None:
        """Wait that long, or until somebody says that things have changed."""
        self.pausing = why
        try:
            async with asyncio.timeout(seconds):
                while not self._stopping and self.modem.can_send:
                    self._wake.clear()
                    await self._wake.wait()
        except TimeoutError:
            pass
        finally:
            self.pausing = None


def _limit(
    connection: sqlite3.Connection, modem: str, limits: Limits, now: Milliseconds
) -> tuple[float, str]:
    waits = [(0.0, "")]
    if limits.interval and (last := outbox.last_submitted(connection, modem)) is not None:
        waits.append(
            ((last + limits.interval * 1000 - now) / 1000, f"one part every {limits.interval:g} s")
        )
    for window, count, name in (
        (_HOUR, limits.per_hour, "an hour"),
        (_DAY, limits.per_day, "a day"),
    ):
        if count is None:
            continue
        sent, first = outbox.submitted_since(connection, modem, now - window)
        if sent >= count and first is not None:
            waits.append(
                ((first + window - now) / 1000, f"the limit of {count} parts {name} is reached")
            )
    return max(waits)
