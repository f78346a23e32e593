"""Delivery reports of carriers that are programs: which message they are about, and what follows from them.

Theory of operation. A report finds its message by what the carrier calls it (``carried``), and is about the whole of
it. It can be too early: the answer to the submission, which tells the reference, is still on its way, or was lost with
the connection, or the message is just being submitted once more. Then it is kept (``early_report``) and looked at again
when the reference becomes known (`catch_up`), when the outcome of the submission is (`catch_up_on`), and a last time
when it has waited long enough. A report that names the message by id tells its reference as well: so a message whose
answer was lost is found to be out, and is not sent again.
"""

import sqlite3

from gsmd.core.reports import Reports
from gsmd.protocol.message import Message, State
from gsmd.store.ledger import Transaction
from gsmd.store.tables import carried, messages
from gsmd.store.tables.carried import CarrierReport

_PATIENCE = 15 * 60 * 1000
"""Milliseconds that a report may be ahead of what tells its reference: a program may have to start anew for that."""


class CarriedReports:
    """Matches on (carrier, reference), as text."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def take(self, transaction: Transaction, report: CarrierReport) -> Message | None:
        """A report came in: apply it, or keep it until it is known what it is about."""
        meant = self._meant(transaction.connection, report)
        if meant is None or meant[1].state is State.SUBMITTING:
            carried.keep_report(transaction.connection, report, transaction.now + _PATIENCE)
        else:
            self._apply(transaction, *meant, report)
        return None if meant is None else meant[1]

    def catch_up(self, transaction: Transaction, carrier: str, reference: str) -> None:
        """A reference has become known: reports may have been faster."""
        for report in carried.take_reports(transaction.connection, carrier, reference):
            self.take(transaction, report)

    def catch_up_on(self, transaction: Transaction, seq: int, id_: str) -> None:
        """The outcome of a message's submission is known: a report that came meanwhile may say more."""
        connection = transaction.connection
        for carrier, reference in carried.references_of(connection, seq):
            self.catch_up(transaction, carrier, reference)
        for report in carried.take_reports_on(connection, id_):
            self.take(transaction, report)

    def overdue(self, transaction: Transaction) -> None:
        """Let go of reports that have waited long enough, unless there is something to apply them to by now."""
        for report in carried.take_due_reports(transaction.connection, transaction.now):
            meant = self._meant(transaction.connection, report)
            if meant is not None and meant[1].state is not State.SUBMITTING:
                self._apply(transaction, *meant, report)
                continue
            transaction.record_event(
                "carrier.stray_report",
                modem=report.carrier,
                reference=report.reference,
                status=report.state,
                code=report.code,
            )

    def answered_late(
        self, transaction: Transaction, seq: int, carrier: str, reference: str | None
    ) -> None:
        """The answer to a submission has come after its time-out: the message is out, with that reference."""
        if reference is not None:
            carried.add(transaction.connection, carrier, reference, seq)
        message = messages.get(transaction.connection, seq)
        if message.state in {State.QUEUED, State.UNCERTAIN}:
            self._found_out(transaction, seq, carrier, "the answer came late: it went out")
        if reference is not None:
            self.catch_up(transaction, carrier, reference)

    def _meant(
        self, connection: sqlite3.Connection, report: CarrierReport
    ) -> tuple[int, Message] | None:
        """The message with the report's reference: one without a final word, the newest."""
        found = [
            (seq, messages.get(connection, seq))
            for seq in carried.messages_of(connection, report.carrier, report.reference)
        ]
        if not found and report.message is not None:
            named = messages.find(connection, report.message)
            if named is not None and carried.is_of(connection, named[0], report.carrier):
                carried.add(connection, report.carrier, report.reference, named[0])
                return named
        waiting = (each for each in found if each[1].state is not State.DELIVERED)
        return next(waiting, found[0] if found else None)

    def _apply(
        self, transaction: Transaction, seq: int, message: Message, report: CarrierReport
    ) -> None:
        connection = transaction.connection
        state = State(report.state)
        if message.state in {State.DELIVERED, state}:
            return  # told before
        why = _in_words(report)
        transaction.record_event(
            "message.report",
            seq,
            message.id,
            status=report.state,
            reason=report.reason,
            code=report.code,
            reference=report.reference,
        )
        if message.state in {State.QUEUED, State.UNCERTAIN}:
            told = "a delivery report tells that it went out"
            self._found_out(transaction, seq, report.carrier, told)
        if state is not State.SENT:
            error = None if state is State.DELIVERED else why
            carried.report(connection, seq, state, report.at, error)
            self._reports.conclude(transaction, seq, why)

    def _found_out(self, transaction: Transaction, seq: int, carrier: str, reason: str) -> None:
        connection = transaction.connection
        carried.mark_out(connection, seq, carrier, transaction.wall)
        carried.mark_sure(connection, seq)
        self._reports.found_out(transaction, seq, reason)


def _in_words(report: CarrierReport) -> str:
    """The reason of a failure, for people: `not delivered: absent subscriber (code 27)`."""
    said = {"failed": "not delivered", "expired": "its validity ended"}.get(report.state, "")
    words = f"{said}: {report.reason}" if report.reason else said
    return words if report.code is None else f"{words} (code {report.code})"
