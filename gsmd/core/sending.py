"""Who carries messages to the modems: one sender per modem, each taking what is due for it."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from gsmd.clock import Milliseconds
from gsmd.config import Limits
from gsmd.core.failures import Verdict
from gsmd.core.limits import is_limited, until_allowed
from gsmd.core.outbound import Outbound, Withdrawn
from gsmd.modem import Modem
from gsmd.modem.errors import ModemUnavailable, SubmitRefused, SubmitUncertain
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import outbox
from gsmd.store.tables.outbox import Work

log = logging.getLogger(__name__)

T = TypeVar("T")

_BREATH = 1.0
"""Seconds before a store that refused, or a modem that could not send and does not say why, is asked again."""

_TROUBLE_FIRST, _TROUBLE_MAX = 5.0, 300.0
"""Seconds that a modem in trouble is spared, doubling."""


_SOON = 0.02
"""Seconds that an outcome may wait for the next part's commit, to share it."""

Outcome = Callable[[Transaction], Work | None]
"""Puts on disk what came of a part; may take the next message in the same transaction."""


class Sender:
    """Carries messages to one modem, one part at a time, for as long as it can send.

    While a part is in the network, the next one is taken already; that the network has a part is
    put on disk while the modem asks for the next one. So the modem is never idle.
    """

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
        self._troubles = 0
        """Refusals one after another that are the modem's fault rather than a message's."""
        self._next: Work | None = None
        """Taken while another part is under way."""
        self._more = False
        """Whether something waited behind what was taken last."""
        self._late: set[asyncio.Future[None]] = set()
        self._owed: Outcome | None = None
        """What came of the part before: it goes to disk with the next one's mark, in one commit."""
        self._let_go_at: Milliseconds | None = None
        """When (timeline) the last part could go to the modem: a slow disk makes that later than its mark."""
        self._said: str | None = None
        """The pause that the other modems have heard of."""

    def wake(self) -> None:
        """Something to send, or the modem's ability to, may have come."""
        self._wake.set()

    def drain(self) -> None:
        """Finish the part that is under way, take no new one."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Send until `drain`."""
        self._owed = None
        try:
            await self._stored(lambda t: self._outbound.setbacks.recover_from(t, self.modem.name))
            await self._send_until_drained()
            await self._pay()
        finally:
            for task in self._late:
                task.cancel()

    async def _send_until_drained(self) -> None:
        while not self._stopping:
            self._wake.clear()
            if not self.modem.can_send:
                await self._wake.wait()
                continue
            try:
                await self._send_what_is_due()
            except StoreError as error:
                log.warning("modem %s: sending waits for the store: %s", self.modem.name, error)
                await self._breathe(f"the store refuses: {error}")

    async def _send_what_is_due(self) -> None:
        """Messages, as long as there are any and the limits allow it; else wait."""
        pause, why = await self._limit()
        if pause > 0:
            await self._pause(pause, why, until_woken=True)
            return
        free = frozenset(self._free())
        self._said = None
        work = await self._ledger.write(lambda t: self._take(free, t))
        if work is None:
            await self._wake.wait()
            return
        self.idle = False
        self._occupied()
        try:
            await self._burst(work)
        finally:
            self.idle = True

    async def _burst(self, first: Work) -> None:
        """One part after the other, as long as they go out."""
        work: Work | None = first
        ahead = False
        while work is not None:
            if self._stopping or (await self._limit())[0] > 0:
                await self._pay()
                await self._put_back(work, "it goes on when the modem may")
                return
            work = await self._submit(work, ahead=ahead)
            ahead = True
            if work is not None and not self.modem.can_send:
                await self._pay()
                await self._put_back(work, self.modem.reason)
                return

    async def _submit(self, work: Work, *, ahead: bool) -> Work | None:
        """One part: marked on disk before Ctrl-Z, its outcome on disk after; returns the next."""
        sim, free = self._sim, frozenset(self._free())
        self._next = None

        def mark(transaction: Transaction) -> Work | None:
            self._outbound.submitting(transaction, work, self.modem.name, sim, ahead=ahead)
            following = self._outbound.following(transaction, work)
            if following is None and self._looks_ahead:
                return self._take(free, transaction, ahead=True)
            return following

        owed: Outcome | None = None

        def both(transaction: Transaction) -> Work | Withdrawn | None:
            if owed is not None:
                owed(transaction)
            try:
                with transaction.attempt():
                    return mark(transaction)
            except Withdrawn as withdrawn:
                return withdrawn

        async def commit() -> None:
            nonlocal owed
            owed, self._owed = self._owed, None
            try:
                marked = await self._ledger.write(both)
            except StoreError:
                self._owed = owed
                raise
            if isinstance(marked, Withdrawn):
                raise marked
            self._next = marked
            self._let_go_at = self._ledger.timeline.now()

        try:
            reference = await self.modem.submit(
                self._outbound.frame(work), commit=commit, more=self._more or not work.last
            )
        except Exception as error:  # noqa: BLE001 -- what follows is decided there, whatever it is
            return await self._failed(work, error)
        self._troubles = 0
        return await self._succeeded(work, sim, reference)

    async def _succeeded(self, work: Work, sim: str, reference: int) -> Work | None:
        """That the network has it goes on disk, at best while the next one is under way already."""
        free = frozenset(self._free())
        go_on = self._next is None and self._looks_ahead

        def settle(transaction: Transaction) -> Work | None:
            self._outbound.sent(transaction, work, self.modem.name, sim, reference)
            return self._take(free, transaction) if go_on else None

        if self._next is None:
            return await self._stored(settle)
        self._owed = settle
        self._late.add(task := asyncio.ensure_future(self._pay_late()))
        task.add_done_callback(self._late.discard)
        return self._next

    async def _pay(self) -> None:
        """Put on disk what is known and not there yet."""
        owed, self._owed = self._owed, None
        if owed is not None:
            await self._stored(owed)

    async def _pay_late(self) -> None:
        """The modem may be busy otherwise and let the next part wait: what is known must not."""
        await asyncio.sleep(_SOON)
        await self._pay()

    async def _failed(self, work: Work, error: Exception) -> Work | None:
        """Put on disk what came of a try; returns what is taken already, if the modem can go on."""
        await self._pay()
        pause, why, breath = 0.0, str(error), False
        match error:
            case SubmitRefused():
                pause = await self._refused(work, error)
            case SubmitUncertain():
                await self._stored(
                    lambda t: self._outbound.setbacks.uncertain(t, work, error.reason)
                )
            case Withdrawn():
                await self._put_back(work, str(error))
            case ModemUnavailable():
                why, breath = error.reason, True
                await self._put_back(work, error.reason)
            case StoreError():
                why, breath = f"the store refuses: {error}", True
                await self._put_back(work, why)
            case _:
                log.error(
                    "modem %s: submitting failed in an unexpected way",
                    self.modem.name,
                    exc_info=error,
                )
                reason = f"a defect of gsmd: {type(error).__name__}: {error}"
                await self._stored(lambda t: self._outbound.setbacks.uncertain(t, work, reason))
        following = self._next if self._next is not None and self._next.seq != work.seq else None
        if (breath or pause > 0) and following is not None:
            await self._put_back(following, why)
            following = None
        if breath:
            await self._breathe(why)
        elif pause > 0:
            await self._pause(pause, why)
        return following

    async def _refused(self, work: Work, error: SubmitRefused) -> float:
        """Seconds that the modem is to be spared."""
        worked = self._troubles == 0
        verdict = await self._stored(
            lambda t: self._outbound.setbacks.refused(t, work, error, worked=worked)
        )
        if verdict is not Verdict.NOT_ITS_FAULT:
            return 0.0
        self._troubles += 1
        if self._troubles == 1:
            return 0.0  # another message may tell whether it is the modem
        return min(_TROUBLE_FIRST * 2.0 ** min(self._troubles - 2, 16), _TROUBLE_MAX)

    async def _stored(self, job: Callable[[Transaction], T]) -> T:
        """What has happened must reach the disk: while the store refuses it is tried again."""
        why: str | None = None

        def refused(error: StoreError) -> None:
            nonlocal why
            log.warning("modem %s: an outcome is not on disk yet: %s", self.modem.name, error)
            self.pausing = why = f"the store refuses: {error}"

        try:
            return await self._ledger.insist(job, refused)
        finally:
            if self.pausing == why:  # not what else it may be pausing for
                self.pausing = None

    async def _put_back(self, work: Work, reason: str) -> None:
        """It was not sent, and waits again, unless it was cancelled."""

        def job(transaction: Transaction) -> None:
            if outbox.is_leased(transaction.connection, work.seq, self.modem.name):
                self._outbound.setbacks.withheld(transaction, work, reason)

        await self._stored(job)

    def _take(
        self, free: frozenset[str], transaction: Transaction, *, ahead: bool = False
    ) -> Work | None:
        """On the writer thread: the next message for this modem, and whether more wait behind it."""
        work = self._outbound.take(transaction, self.modem.name, self._sim, free, ahead=ahead)
        self._more = self._outbound.more_waits(transaction, self.modem.name)
        return work

    @property
    def _sim(self) -> str:
        return self.modem.sim or self.modem.name

    @property
    def _looks_ahead(self) -> bool:
        """Whether the next message may be taken while one is under way."""
        return not is_limited(self._limits) and not self._stopping

    async def _limit(self) -> tuple[float, str]:
        """Seconds until the limits allow the next part, and which limit it is."""
        if not is_limited(self._limits):
            return 0.0, ""
        now = self._ledger.timeline.now()
        return await self._ledger.read(
            lambda c: until_allowed(c, self.modem.name, self._limits, now, self._let_go_at)
        )

    async def _breathe(self, why: str) -> None:
        """Wait a moment, whatever comes."""
        self._say_pausing(why)
        try:
            await self._ledger.clock.sleep(_BREATH)
        finally:
            self.pausing = None

    async def _pause(self, seconds: float, why: str, *, until_woken: bool = False) -> None:
        """Wait that long, or until the modem cannot send; with ``until_woken`` until anything happens."""
        self._say_pausing(why)
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                while not self._stopping and self.modem.can_send:
                    await self._wake.wait()
                    if until_woken:
                        break
                    self._wake.clear()
        except TimeoutError:
            pass
        finally:
            self.pausing = None

    def _say_pausing(self, why: str) -> None:
        self.pausing = why
        if self._said != why:
            self._said = why
            self._occupied()  # others may take what this one leaves
