"""Status reports: which part of which message they are about, and what follows from them."""

import logging

from gsmd import pdu
from gsmd.core.ledger import Transaction
from gsmd.core.numbers import same_subscriber
from gsmd.message import Failure, State
from gsmd.store import inbox, messages, outbox
from gsmd.store.inbox import RawPart

log = logging.getLogger(__name__)

_WINDOW = 8 * 24 * 3600 * 1000
"""Milliseconds after which a reference means something else: the longest usual validity and a day."""

_PATIENCE = 120 * 1000
"""Milliseconds that a report may be ahead of the +CMGS answer that tells its reference."""


_STATES = {
    pdu.StatusKind.DELIVERED: State.DELIVERED,
    pdu.StatusKind.FAILED: State.FAILED,
    pdu.StatusKind.EXPIRED: State.EXPIRED,
}
"""What a report makes of a part; after any other it stays sent."""


class Reports:
    """Matches per part on (SIM, message reference, recipient), within the validity window."""

    def take(self, transaction: Transaction, raw: RawPart, report: pdu.StatusReport) -> None:
        """A report came in: apply it, or keep it until the part it is about is known."""
        if not self._apply(transaction, raw.id, raw.sim, report):
            outbox.add_stray_report(
                transaction.connection,
                raw.id,
                raw.sim,
                str(report.recipient),
                report.message_reference,
                transaction.now + _PATIENCE,
            )

    def catch_up(self, transaction: Transaction, sim: str, reference: int) -> None:
        """A part's reference has become known: reports may have been faster."""
        connection = transaction.connection
        for part, _recipient, frame in outbox.take_stray_reports(connection, sim, reference):
            report = pdu.decode(pdu.Frame.from_hex(frame).tpdu)
            assert isinstance(report, pdu.StatusReport)
            if self._apply(transaction, part, sim, report):
                outbox.drop_stray_report(connection, part)

    def conclude(self, transaction: Transaction, seq: int) -> None:
        """Bring a sent message to where its parts are."""
        connection = transaction.connection
        message = messages.get(connection, seq)
        if message.state not in {State.SENT, State.UNCERTAIN, State.FAILED, State.EXPIRED}:
            return
        states = outbox.part_states(connection, seq)
        if all(state == State.DELIVERED for state in states):
            messages.set_state(connection, seq, State.DELIVERED, delivered_at=transaction.wall)
            transaction.note(
                "message.delivered", seq, message.id, state="delivered", modem=message.modem
            )
        elif message.state == State.SENT and (bad := _worst(states)):
            self._fail(transaction, seq, bad)

    def _apply(
        self, transaction: Transaction, raw: str, sim: str, report: pdu.StatusReport
    ) -> bool:
        connection = transaction.connection
        candidates = [
            part
            for part in outbox.sent_parts(
                connection, sim, report.message_reference, transaction.now - _WINDOW
            )
            if same_subscriber(part.peer, str(report.recipient))
        ]
        if not candidates:
            return False
        # newest first; one that already has its final word is not meant again
        part = next((each for each in candidates if not _is_final(each.tp_status)), candidates[0])
        status = pdu.classify_status(report.tp_status)
        state = {
            "delivered": State.DELIVERED,
            "failed": State.FAILED,
            "expired": State.EXPIRED,
        }.get(status.kind)
        discharge = report.discharge_time.datetime
        outbox.report(
            connection,
            part.message,
            part.sequence,
            report.tp_status,
            discharge.isoformat() if discharge else None,
            state,
        )
        inbox.settle_part(connection, raw, part.message)
        message = messages.get(connection, part.message)
        transaction.note(
            "message.report",
            part.message,
            message.id,
            part=part.sequence,
            status=str(status.kind),
            reason=status.reason,
            tp_status=report.tp_status,
        )
        self.conclude(transaction, part.message)
        return True

    def _fail(self, transaction: Transaction, seq: int, state: State) -> None:
        connection = transaction.connection
        (tp_status,) = connection.execute(
            "SELECT tp_status FROM outbound_part WHERE message = ? AND state = ? LIMIT 1",
            (seq, state),
        ).fetchone()
        reason = pdu.classify_status(tp_status).reason
        messages.set_state(connection, seq, state, error=Failure("not_delivered", reason))
        transaction.note(
            f"message.{state}",
            seq,
            messages.get(connection, seq).id,
            state=str(state),
            reason=reason,
            tp_status=tp_status,
        )


def _worst(states: list[str]) -> State | None:
    return next((state for state in (State.FAILED, State.EXPIRED) if state in states), None)


def _is_final(tp_status: int | None) -> bool:
    return tp_status is not None and pdu.classify_status(tp_status).kind.final
