"""Carrying messages to the modems: one sender per modem, each taking what is due for it.

Theory of operation
===================

**States.** A sender *waits* (for something to send, for the modem, for a limit, for the store: `pausing`
says why), or it is in a *burst*: one part after the other, as long as they go out. `drain` ends it after
the part that is under way.

**A part's way** and the commits on it:

    taken      leased to this modem (`Taking`)         with the mark of the part before, with the commit
                                                       that accepts it (`shared_take`), or alone
    marked     'submitting', while the prompt is       `_mark`: before Ctrl-Z
               on its way: from here on it may be out
    answered   +CMGS, a refusal, or nothing            no commit: in memory only
    settled    'sent', 'queued', 'failed',             with the mark of the next part, or alone
               'uncertain'

So in a burst there is one commit a part: it settles the part before, marks this one and takes the next,
all in one transaction; where the mark is withdrawn, the part before is settled all the same.

**Who owes what.** An outcome that is known and not on disk is in `PendingOutcome`, and nowhere else. The
next mark takes it; a timer writes it if no mark comes; and `_failed`, `_burst` and `run` write it before
they write anything else of a message. If gsmd dies before, the part is still 'submitting' on disk, and
`recover_from` makes it 'uncertain': what may be out is never sent again in silence.

**What cancels what.** `Withdrawn` from a mark: the message was cancelled, its validity ended, a more
urgent one goes first, or it turned out to be out; nothing is sent. A modem that cannot send any more, a
limit, `drain`: what was taken ahead is put back. A store that refuses: before the mark, nothing is sent;
after the answer, it is written again and again.

**A late answer** has a theory of its own (`LateAnswer`): here is only said which part owes one.

**Whose fault is it?** `Experience` tells from what others through this modem experience.
"""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from gsmd.at import Severity
from gsmd.config import Limits
from gsmd.core.experience import Experience
from gsmd.core.failures import Verdict, refusal_of
from gsmd.core.late_answer import LateAnswer
from gsmd.core.outbound import Outbound, Withdrawn
from gsmd.core.pausing import Pauses
from gsmd.core.pending_outcome import PendingOutcome
from gsmd.core.shared_take import SharedTake
from gsmd.core.taking import Taking
from gsmd.modem import Modem
from gsmd.modem.errors import ModemUnavailable, SubmitRefused, SubmitUncertain
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import outbox
from gsmd.store.tables.outbox import Work
from gsmd.store.tables.submissions import PartKey

log = logging.getLogger(__name__)

T = TypeVar("T")


class Sender:
    """Carries messages to one modem, one part at a time, for as long as it can send.

    ``free``: the modems that could take a message right now; ``occupied`` is called when this one no
    longer could. ``idle``: it has nothing in hand.
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
        self._outbound = outbound
        self._ledger = ledger
        self._taking = Taking(modem, limits, outbound, ledger, free, lambda: self._stopping)
        self._occupied = occupied
        self._stopping = False
        self._pauses = Pauses(modem, ledger.clock, occupied, lambda: self._stopping)
        self._experience = Experience()
        self._pending = PendingOutcome(self._stored)
        self._late_answer = LateAnswer(modem.name, outbound.failures, self._stored)
        self._next: Work | None = None
        """Taken while another part is under way."""
        self._resting = False
        """True while it waits for something to send, having found nothing."""
        self._exhausted = False
        """True if the commit that ended the burst found nothing more."""

    @property
    def pausing(self) -> str | None:
        """The reason why nothing is sent although the modem could; None if that is not so."""
        return self._pauses.reason

    def wake(self) -> None:
        """Something to send, or the modem's ability to, may have come."""
        self._pauses.woken.set()

    def drain(self) -> None:
        """Finish the part that is under way, take no new one."""
        self._stopping = True
        self.wake()

    def share(self) -> SharedTake | None:
        """The take that may share the commit of a message to come; None if there is something to do, or in the way."""
        if not self._resting or self._stopping or not self.modem.can_send:
            return None
        shared = self._taking.share()
        if shared is not None:
            self.wake()
        return shared

    def answered_late(self, reference: int) -> None:
        """The modem tells a reference that nobody waits for any more."""
        self._late_answer.came(reference)

    async def run(self) -> None:
        """Send until `drain`."""
        try:
            await self._stored(lambda t: self._outbound.failures.recover_from(t, self.modem.name))
            await self._send_until_drained()
            await self._pending.write()
            await self._late_answer.written()
        finally:
            self._pending.forget()
            self._late_answer.forget()

    async def _send_until_drained(self) -> None:
        while not self._stopping:
            self._pauses.woken.clear()
            if not self.modem.can_send:
                await self._decline(self.modem.reason)
                await self._pauses.woken.wait()
                continue
            try:
                await self._send_what_is_due()
            except StoreError as error:
                log.warning("modem %s: sending waits for the store: %s", self.modem.name, error)
                await self._pauses.breathe(f"the store refuses: {error}")
        await self._decline("its modem takes nothing new")

    async def _decline(self, reason: str) -> None:
        """Leave to others what a shared commit has taken for this modem, which has come not to send."""
        if (work := await self._taking.shared()) is not None:
            await self._put_back(work, reason)

    async def _send_what_is_due(self) -> None:
        """Messages, as long as there are any and the limits allow it; else wait."""
        pause, why = await self._taking.limit()
        if pause > 0:
            await self._pauses.spare(pause, why, until_woken=True)
            return
        self._pauses.over()
        work = await self._taking.first()
        if work is None:
            await self._rest()
            return
        self._exhausted = False
        self.idle = False
        self._occupied()
        # whatever woke it by now, it looks again before it rests
        self._pauses.woken.clear()
        try:
            await self._burst(work)
        finally:
            self.idle = True
        if self._exhausted:
            await self._rest()

    async def _rest(self) -> None:
        """Wait until something happens."""
        self._resting = True
        try:
            await self._pauses.woken.wait()
        finally:
            self._resting = False

    async def _burst(self, first: Work) -> None:
        """One part after the other, as long as they go out."""
        work: Work | None = first
        ahead = False
        while work is not None:
            if self._stopping or (await self._taking.limit())[0] > 0:
                await self._pending.write()
                await self._put_back(work, "it goes on when the modem may")
                return
            work = await self._submit(work, ahead=ahead)
            ahead = True
            if work is not None and not self.modem.can_send:
                await self._pending.write()
                await self._put_back(work, self.modem.reason)
                return

    # -- one part --------------------------------------------------------------------------

    async def _submit(self, work: Work, *, ahead: bool) -> Work | None:
        """Carry one part; returns the next one, if one is taken already."""
        sim = self._taking.sim
        self._next = None
        try:
            reference = await self.modem.submit(
                self._outbound.frame(work),
                commit=partial(self._mark, work, sim, ahead=ahead),
                more=self._taking.more or not work.last,
            )
        except Exception as error:  # noqa: BLE001 -- what follows is decided there, whatever it is
            return await self._failed(work, error)
        self._experience.sent()
        self._late_answer.none_owed()
        return await self._succeeded(work, sim, reference)

    async def _mark(self, work: Work, sim: str, *, ahead: bool) -> None:
        """Before Ctrl-Z: settle the part before, mark this one, take the next, in one commit.

        Errors: `Withdrawn`, `StoreError`; nothing may be sent then.
        """
        following = self._taking.behind(work)
        outcome = self._pending.take()

        def commit(transaction: Transaction) -> Work | Withdrawn | None:
            if outcome is not None:
                outcome(transaction)
            try:
                with transaction.attempt():
                    routes = self._taking.routes(transaction)
                    urgent = routes if ahead else ()
                    self._outbound.submitting(transaction, work, self.modem.name, sim, urgent)
                    return following(transaction, routes)
            except Withdrawn as withdrawn:
                return withdrawn

        try:
            marked = await self._ledger.write(commit)
        except StoreError:
            if outcome is not None:
                self._pending.owe(outcome)
            raise
        if isinstance(marked, Withdrawn):
            raise marked
        self._next = marked
        self._taking.let_go()

    async def _succeeded(self, work: Work, sim: str, reference: int) -> Work | None:
        """Put on disk that the network has it, at best while the next one is under way already."""
        take = self._taking.now()
        go_on = self._next is None and self._taking.looks_ahead

        def settle(transaction: Transaction) -> Work | None:
            self._outbound.sent(transaction, work, self.modem.name, sim, reference)
            return take(transaction) if go_on else None

        if self._next is None:
            taken = await self._stored(settle)
            self._exhausted = go_on and taken is None
            return taken
        self._pending.owe(settle)
        return self._next

    # -- what goes wrong -------------------------------------------------------------------

    async def _failed(self, work: Work, error: Exception) -> Work | None:
        """Put on disk what came of a try; returns what is taken already, if the modem can go on."""
        await self._pending.write()
        pause, why, breath = 0.0, str(error), False
        match error:
            case SubmitRefused():
                pause = await self._refused(work, error)
            case SubmitUncertain():
                self._late_answer.owed(PartKey(work.seq, work.sequence))
                await self._stored(
                    lambda t: self._outbound.failures.uncertain(t, work, error.reason)
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
                self._late_answer.owed(PartKey(work.seq, work.sequence))
                reason = f"a defect of gsmd: {type(error).__name__}: {error}"
                await self._stored(lambda t: self._outbound.failures.uncertain(t, work, reason))
        following = self._next if self._next is not None and self._next.seq != work.seq else None
        if (breath or pause > 0) and following is not None:
            await self._put_back(following, why)
            following = None
        if breath:
            await self._pauses.breathe(why)
        elif pause > 0:
            # where nobody knows what is wrong, what is more urgent is worth a try
            await self._pauses.spare(pause, why, until_woken=_is_unknown(error))
        return following

    async def _refused(self, work: Work, error: SubmitRefused) -> float:
        """Seconds that the modem is to be spared."""
        worked = self._experience.works
        refusal = refusal_of(error)
        if error.text_given and refusal.may_be_out:
            self._late_answer.owed(PartKey(work.seq, work.sequence))
        elif error.text_given:
            self._late_answer.none_owed()
        verdict = await self._stored(
            lambda t: self._outbound.failures.refused(t, work, refusal, worked=worked)
        )
        if verdict is Verdict.UNCERTAIN:
            return 0.0
        return self._experience.refused(work.seq, error.severity)

    async def _stored(self, job: Callable[[Transaction], T]) -> T:
        """Do ``job``, again and again while the store refuses: what has happened must reach the disk."""
        return await self._pauses.insist(self._ledger, job)

    async def _put_back(self, work: Work, reason: str) -> None:
        """It was not sent, and waits again, unless it was cancelled; others may send it."""

        def job(transaction: Transaction) -> None:
            if outbox.is_leased(transaction.connection, work.seq, self.modem.name):
                self._outbound.failures.withheld(transaction, work, reason)

        await self._stored(job)
        self._occupied()  # no event tells of what was queued all along


def _is_unknown(error: Exception) -> bool:
    return isinstance(error, SubmitRefused) and error.severity is Severity.UNKNOWN
