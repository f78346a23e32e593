"""Failures of an outbound message: refused, unanswered, answered late, put back, interrupted.

Each of these is one transaction, and one line in the message's history.
"""

from typing import Literal

from gsmd.config import OutboundConfig
from gsmd.core import failures, receipts
from gsmd.core.carried_reports import CarriedReports
from gsmd.core.failures import Refusal, Verdict
from gsmd.core.reports import Reports
from gsmd.protocol.message import Failure, State
from gsmd.store.ledger import Transaction
from gsmd.store.tables import messages, orders, outbox, schedule, submissions
from gsmd.store.tables.outbox import Work
from gsmd.store.tables.submissions import PartKey


class SubmitFailures:
    """Puts on disk what went wrong with a part, and what follows from it."""

    def __init__(self, reports: Reports, carried: CarriedReports, config: OutboundConfig) -> None:
        self._reports = reports
        self._carried = carried
        self.config = config

    def refused(
        self, transaction: Transaction, work: Work, error: Refusal, *, worked: bool
    ) -> Verdict:
        """The carrier or the network said no; returns what followed from it.

        ``worked``: the carrier sent others just before. Then what looks like its trouble may be
        the message's, so the try counts; and whatever it is, the next message is tried first.
        """
        connection = transaction.connection
        verdict = failures.judge(error, work.attempts + 1, self.config.attempts, worked=worked)
        match verdict:
            case Verdict.UNCERTAIN:
                self.uncertain(transaction, work, error.text)
            case Verdict.GIVE_UP:
                self.fail(transaction, work, error.failure)
            case Verdict.NOT_ITS_FAULT | Verdict.AGAIN_LATER:
                its_own = verdict is Verdict.AGAIN_LATER
                submissions.mark_part(
                    connection,
                    work.seq,
                    work.sequence,
                    State.QUEUED,
                    error.text,
                    counted=its_own or error.may_be_out,
                )
                if error.may_be_out:
                    messages.update(connection, work.seq, possible_duplicate=1)
                    outbox.begun(connection, work.seq)
                    self._mark_unanswered(transaction, work)
                tries = submissions.tries(connection, work.seq, work.sequence)
                pause = failures.delay(self.config.retry, tries, error.severity, error.retry_after)
                self._defer(transaction, work, error.text, pause, counted=its_own)
        self._look_again(transaction, work)
        return verdict

    def uncertain(self, transaction: Transaction, work: Work, reason: str) -> None:
        """Ctrl-Z was written and no clear answer came: never sent again in silence."""
        connection = transaction.connection
        wish = orders.when_uncertain(connection, work.seq) or self.config.when_uncertain
        resend = wish == "resend" and work.attempts + 1 < self.config.attempts
        part_state = State.QUEUED if resend else State.UNCERTAIN
        submissions.mark_part(connection, work.seq, work.sequence, part_state, reason)
        if work.hurry:
            outbox.begun(connection, work.seq)  # it may be out
        self._mark_unanswered(transaction, work)
        failure = Failure("no_answer", reason)
        duplicate = resend or messages.get(connection, work.seq).possible_duplicate
        messages.set_state(
            connection, work.seq, State.UNCERTAIN, error=failure, possible_duplicate=duplicate
        )
        transaction.record_event(
            "message.uncertain",
            work.seq,
            work.id,
            state="uncertain",
            part=work.sequence,
            reason=reason,
            receipt_for=receipts.tell(transaction, work.seq),
        )
        if resend:
            pause = failures.delay(self.config.retry, work.attempts + 1)
            self._defer(transaction, work, reason, pause)
        else:
            outbox.hold(connection, work.seq, f"uncertain: {reason}")
        self._look_again(transaction, work)
        self._carried.catch_up_on(transaction, work.seq, work.id)

    def answered_late(
        self,
        part: PartKey | Literal["last"],
        modem: str,
        reference: int,
        transaction: Transaction,
    ) -> None:
        """The answer to what a modem submitted last has come after all: it is out, with that reference.

        ``part`` "last": the one that the store knows to be the last. Nothing happens if it is being sent
        again, or its answer is known.
        """
        connection = transaction.connection
        if part == "last":
            found = submissions.last_unclear(connection, modem)
        else:
            found = part if submissions.is_unclear(connection, part) else None
        if found is None:
            return
        part = found
        seq = part.message
        submissions.mark_found_out(connection, seq, part.sequence, reference, transaction.wall)
        transaction.record_event(
            "message.part_sent",
            seq,
            messages.get(connection, seq).id,
            part=part.sequence,
            message_reference=reference,
            modem=modem,
            reason="the answer came late",
        )
        if part.sequence == 1:
            outbox.reroute(connection, seq, modem)
        self._reports.found_out(transaction, seq, "the answer came late: it went out")
        sim = submissions.sim_of(connection, seq, part.sequence)
        self._reports.look_again(transaction, sim, messages.get(connection, seq).peer)
        self._reports.conclude(transaction, seq)

    def withheld(self, transaction: Transaction, work: Work, reason: str) -> None:
        """Nothing was sent, through no fault of the message: it waits, and no try is counted."""
        connection = transaction.connection
        if messages.get(connection, work.seq).state not in {State.QUEUED, State.SUBMITTING}:
            return
        if submissions.state_of(connection, work.seq, work.sequence) in submissions.UNSENT:
            submissions.mark_part(
                connection, work.seq, work.sequence, State.QUEUED, reason, counted=False
            )
        outbox.requeue(connection, work.seq, reason)
        if messages.set_state(connection, work.seq, State.QUEUED):
            transaction.record_event(
                "message.queued", work.seq, work.id, state="queued", reason=reason
            )
        self._look_again(transaction, work)

    def recover(self, transaction: Transaction) -> None:
        """Sort out what the last run had in its hands when it ended."""
        self.recover_from(transaction, None)
        schedule.release_deferred(transaction.connection)

    def recover_from(self, transaction: Transaction, modem: str | None) -> None:
        """Sort out what one modem (None: any) had in its hands when its sender ended."""
        connection = transaction.connection
        for seq, sequence, taken_by in outbox.interrupted(connection, modem):
            work = outbox.work(connection, seq)
            if work is None or sequence is None:
                outbox.requeue(connection, seq, None)
                if messages.get(connection, seq).state is State.SUBMITTING:
                    messages.set_state(connection, seq, State.QUEUED)
            else:
                reason = f"gsmd ended while {taken_by} was sending it"
                self.uncertain(transaction, work, reason)

    def _mark_unanswered(self, transaction: Transaction, work: Work) -> None:
        """The part may be out, and its reference is not known: only a report can tell."""
        connection = transaction.connection
        submitted_at = submissions.submitted_at(connection, work.seq, work.sequence)
        if submitted_at is not None:
            at = transaction.wall - (transaction.now - submitted_at)
            submissions.mark_unanswered(connection, work.seq, work.sequence, at)

    def _look_again(self, transaction: Transaction, work: Work) -> None:
        """The part is not under way any more: a report that came meanwhile may be about it, or about another one."""
        sim = submissions.sim_of(transaction.connection, work.seq, work.sequence)
        self._reports.look_again(transaction, sim, work.peer)

    def _defer(
        self,
        transaction: Transaction,
        work: Work,
        reason: str,
        pause: int,
        *,
        counted: bool = True,
    ) -> None:
        """Send it again after ``pause`` (milliseconds)."""
        due_at = transaction.now + pause
        outbox.defer(transaction.connection, work.seq, due_at, reason, counted=counted)
        messages.set_state(transaction.connection, work.seq, State.QUEUED)
        transaction.record_event(
            "message.queued",
            work.seq,
            work.id,
            state="queued",
            reason=reason,
            again_in=round(pause / 1000, 1),
            attempt=work.attempts + 1,
        )

    def fail(self, transaction: Transaction, work: Work, failure: Failure) -> None:
        connection = transaction.connection
        submissions.mark_part(connection, work.seq, work.sequence, State.FAILED, failure.message)
        messages.set_state(connection, work.seq, State.FAILED, error=failure)
        outbox.finish(connection, work.seq)
        transaction.record_event(
            "message.failed",
            work.seq,
            work.id,
            state="failed",
            part=work.sequence,
            reason=failure.message,
            cms=failure.cms,
            cme=failure.cme,
            receipt_for=receipts.tell(transaction, work.seq),
        )
