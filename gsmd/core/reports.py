"""Status reports: which part of which message they are about, and what follows from them.

Theory of operation. A report names its part by SIM, recipient and TP-MR, a number of eight bits that the modem counts up
(3GPP TS 23.040 §9.2.3.6): after 256 parts the same number means another one, and we learn a part's number only with the
answer to its submission, which may come behind its report. So whatever has the report's number by now need not be it:

1. The part with that number, if the service centre took it when it went out, and there is no final word on it yet.
2. Else, while a part to the same recipient is under way through the same SIM, the report may be about that one: it waits
   (``stray_report``) until there is an answer, or certainly none (`Reports.look_again`).
3. Else the part with that number: what it says is new or it is said again, or the clocks differ.
4. Else, or where (3) had its final word at another time: the part that got no answer, if there is but one that it can be.

What nothing matches in `_PATIENCE` is listed as a message of its own.
"""

import logging
from datetime import datetime

from gsmd import pdu
from gsmd.clock import EARLIEST_PLAUSIBLE
from gsmd.core import receipts
from gsmd.numbers import same_subscriber
from gsmd.protocol.message import Failure, State
from gsmd.store.ledger import Transaction
from gsmd.store.tables import inbox, messages, outbox, submissions, unmatched_reports
from gsmd.store.tables.inbox import RawPart
from gsmd.store.tables.messages import milliseconds
from gsmd.store.tables.submissions import SentPart

log = logging.getLogger(__name__)

_GRACE = 8 * 24 * 3600 * 1000
"""Milliseconds after a message's validity in which its report may still come: after that, the
reference means something else."""

_PATIENCE = 300 * 1000
"""Milliseconds that a report may be ahead of the +CMGS answer that tells its reference."""

_AT_ONCE = 60 * 1000
"""Milliseconds between our clock and the service centre's within which no modem sends 256 parts."""

_SAME_TIME = 15 * 60 * 1000
"""Milliseconds that our clock and the service centre's may differ about one submission."""

_OUT = frozenset({State.SENT, State.DELIVERED, State.FAILED, State.EXPIRED})
"""Parts that the network has, or had."""

_STATES = {
    pdu.StatusKind.DELIVERED: State.DELIVERED,
    pdu.StatusKind.FAILED: State.FAILED,
    pdu.StatusKind.EXPIRED: State.EXPIRED,
}
"""The final states of a part, by the state in its report; after any other it stays sent."""


class Reports:
    """Finds the part that a report is about, and puts on disk what follows."""

    def take(self, transaction: Transaction, raw: RawPart, report: pdu.StatusReport) -> None:
        """A report came in: apply it, or keep it until the part it is about is known."""
        part = self._about(transaction, raw.sim, report)
        if part is not None:
            self._apply(transaction, raw.id, part, report)
            return
        unmatched_reports.add(
            transaction.connection,
            raw.id,
            raw.sim,
            str(report.recipient),
            report.message_reference,
            transaction.now + _PATIENCE,
        )

    def look_again(self, transaction: Transaction, sim: str | None, peer: str) -> bool:
        """What came of a part has become known: reports may have waited for that. True if any had."""
        if sim is None:
            return False
        connection = transaction.connection
        found = False
        for raw, recipient, frame in unmatched_reports.of_sim(connection, sim):
            if not same_subscriber(peer, recipient):
                continue
            report = _decoded(frame)
            if part := self._about(transaction, sim, report):
                self._apply(transaction, raw, part, report)
                unmatched_reports.drop(connection, raw)
                found = True
        return found

    def conclude(self, transaction: Transaction, seq: int, why: str | None = None) -> None:
        """Bring a message whose parts are all out to where they are.

        ``why`` it failed, for people, where no TP-ST says it.
        """
        connection = transaction.connection
        message = messages.get(connection, seq)
        if message.state not in {State.SENT, State.UNCERTAIN, State.FAILED, State.EXPIRED}:
            return
        states = submissions.part_states(connection, seq)
        if all(state == State.DELIVERED for state in states):
            messages.set_state(connection, seq, State.DELIVERED, delivered_at=transaction.wall)
            outbox.finish(connection, seq)
            transaction.record_event(
                "message.delivered",
                seq,
                message.id,
                state="delivered",
                modem=message.modem,
                seconds=_since(message.sent_at, transaction.wall),
                receipt_for=receipts.tell(transaction, seq),
            )
        elif message.state == State.SENT and (bad := _worst(states)):
            self._fail(transaction, seq, bad, why)

    def _about(
        self, transaction: Transaction, sim: str, report: pdu.StatusReport
    ) -> SentPart | None:
        """The part that a report is about; None if that is not known, or not yet."""
        meant = self._meant(transaction, sim, report)
        accepted = _accepted_at(report)
        if meant is not None and _is_close(meant.at, accepted) and not _is_final(meant.tp_status):
            return meant
        if any(
            same_subscriber(peer, str(report.recipient))
            for peer in submissions.under_way(transaction.connection, sim)
        ):
            return None
        if meant is not None and (_is_close(meant.at, accepted) or not _is_final(meant.tp_status)):
            return meant
        return self._unanswered(transaction, sim, report) or meant

    def _meant(
        self, transaction: Transaction, sim: str, report: pdu.StatusReport
    ) -> SentPart | None:
        """The part with the report's reference: of its time, without a final word, and the nearest."""
        candidates = submissions.sent_parts(
            transaction.connection, sim, report.message_reference, transaction.now, _GRACE
        )
        fitting = [part for part in candidates if same_subscriber(part.peer, str(report.recipient))]
        accepted = _accepted_at(report)
        return min(
            fitting,
            key=lambda part: (
                not _is_close(part.at, accepted),
                _is_final(part.tp_status),
                _apart(part.at, accepted) or 0,
            ),
            default=None,
        )

    def _unanswered(
        self, transaction: Transaction, sim: str, report: pdu.StatusReport
    ) -> SentPart | None:
        """The part that got no answer when it was submitted, if the report shows that it went out.

        Its reference is not known. So it must have gone to the same recipient when the service
        centre says that it took the message, and no other one either: not one that was tried again
        since, because the report may be about its first try.
        """
        accepted = _accepted_at(report)
        if accepted is None:
            return None
        fitting = [
            part
            for part in submissions.unanswered_parts(
                transaction.connection, sim, accepted - _SAME_TIME, accepted + _SAME_TIME
            )
            if same_subscriber(part.peer, str(report.recipient))
        ]
        if len(fitting) != 1:
            return None
        (part,) = fitting
        if part.state not in {State.QUEUED, State.UNCERTAIN}:
            return None  # a modem has it in hand, or its last try was answered
        submissions.mark_found_out(
            transaction.connection, part.message, part.sequence, report.message_reference, accepted
        )
        return part

    def _apply(
        self, transaction: Transaction, raw: str, part: SentPart, report: pdu.StatusReport
    ) -> None:
        connection = transaction.connection
        status = pdu.classify_status(report.tp_status)
        discharge = report.discharge_time.datetime
        inbox.settle_part(connection, raw, part.message)
        if part.state != State.DELIVERED:  # nothing that comes later takes that back
            submissions.report(
                connection,
                part.message,
                part.sequence,
                report.tp_status,
                discharge.isoformat() if discharge else None,
                _STATES.get(status.kind),
            )
        message = messages.get(connection, part.message)
        transaction.record_event(
            "message.report",
            part.message,
            message.id,
            part=part.sequence,
            status=str(status.kind),
            reason=status.reason,
            tp_status=report.tp_status,
        )
        if part.state in {State.QUEUED, State.UNCERTAIN}:
            self.found_out(transaction, part.message, "a status report tells that it went out")
        self.conclude(transaction, part.message)

    def found_out(self, transaction: Transaction, seq: int, reason: str) -> None:
        """Look whether anything is left to send: a part of a message that waits turned out to be out.

        If it was the part's only try, nothing is out twice, and the message does not say so any more.
        """
        connection = transaction.connection
        message = messages.get(connection, seq)
        if message.state not in {State.QUEUED, State.UNCERTAIN}:
            return
        if not submissions.was_repeated(connection, seq):
            messages.update(connection, seq, possible_duplicate=0)
        if all(state in _OUT for state in submissions.part_states(connection, seq)):
            messages.set_state(connection, seq, State.SENT, sent_at=transaction.wall)
            outbox.finish(connection, seq)
            transaction.record_event(
                "message.sent",
                seq,
                message.id,
                state="sent",
                reason=reason,
                receipt_for=receipts.tell(transaction, seq),
            )
        elif outbox.queue_of(connection, seq) in {"held", "deferred"}:
            messages.set_state(connection, seq, State.QUEUED)
            outbox.free(connection, seq)
            transaction.record_event(
                "message.queued", seq, message.id, state="queued", reason=reason
            )

    def _fail(self, transaction: Transaction, seq: int, state: State, why: str | None) -> None:
        connection = transaction.connection
        rows = submissions.part_rows(connection, seq)
        tp_status = next((row.tp_status for row in rows if row.state == state), None)
        reason = why or ("" if tp_status is None else pdu.classify_status(tp_status).reason)
        messages.set_state(connection, seq, state, error=Failure("not_delivered", reason))
        transaction.record_event(
            f"message.{state}",
            seq,
            messages.get(connection, seq).id,
            state=str(state),
            reason=reason,
            tp_status=tp_status,
            receipt_for=receipts.tell(transaction, seq),
        )


def _decoded(frame: str) -> pdu.StatusReport:
    report = pdu.decode(pdu.Frame.from_hex(frame).tpdu)
    assert isinstance(report, pdu.StatusReport)
    return report


def _worst(states: list[str]) -> State | None:
    return next((state for state in (State.FAILED, State.EXPIRED) if state in states), None)


def _is_final(tp_status: int | None) -> bool:
    return tp_status is not None and pdu.classify_status(tp_status).kind.final


def _accepted_at(report: pdu.StatusReport) -> int | None:
    """The time at which the service centre took the message it reports on, in milliseconds."""
    at = report.service_centre_timestamp.datetime
    return None if at is None else milliseconds(at)


def _since(sent_at: datetime | None, now: int) -> float | None:
    """Seconds from being sent to now."""
    return None if sent_at is None else max(0, now - milliseconds(sent_at)) / 1000


def _apart(at: int | None, accepted: int | None) -> int | None:
    """Milliseconds between two times; None where one is not known or cannot be believed."""
    if at is None or accepted is None or at < EARLIEST_PLAUSIBLE:
        return None
    return abs(at - accepted)


def _is_close(at: int | None, accepted: int | None) -> bool:
    apart = _apart(at, accepted)
    return apart is not None and apart <= _AT_ONCE
