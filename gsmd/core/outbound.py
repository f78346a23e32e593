"""The life of an outbound message that was accepted (`acceptance`), top to bottom.

queue → a carrier takes it → mark the part 'submitting', commit → AT+CMGS … Ctrl-Z → +CMGS: <mr>,
or `carrier.submit` → reference → commit 'sent' → status report

A modem takes part after part. A carrier that is a program takes the whole: then the first part stands for all
until it is out, and what the carrier calls it is in a table of its own.

Where it turns off that road (refused, no answer, interrupted) it goes on in `submit_failures`.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

import msgspec

from gsmd import pdu
from gsmd.config import OutboundConfig
from gsmd.core import receipts, routing
from gsmd.core.acceptance import not_welcome
from gsmd.core.carried_reports import CarriedReports
from gsmd.core.features import Features
from gsmd.core.reports import Reports
from gsmd.core.submit_failures import SubmitFailures
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Failure, Message, State
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import carried, messages, orders, outbox, schedule, submissions
from gsmd.store.tables.outbox import Work
from gsmd.store.tables.submissions import PartKey

_TOO_OLD = "its validity ended before it could be sent"


class Withdrawn(Exception):
    """The message was cancelled, or expired, between being taken and being submitted."""


class Outbound:
    """Keeps the state of accepted messages; each `Carrier` takes its own."""

    def __init__(
        self,
        ledger: Ledger,
        reports: Reports,
        config: OutboundConfig,
        features: Features,
    ) -> None:
        self._ledger = ledger
        self._reports = reports
        self.carried_reports = CarriedReports(reports)
        self.failures = SubmitFailures(reports, self.carried_reports, config)
        self._features = features

    def change(self, config: OutboundConfig) -> None:
        """Other settings, for what comes of messages from now on."""
        self.failures.config = config

    # a carrier takes it

    def take(
        self,
        transaction: Transaction,
        modem: str,
        sim: str,
        free: Collection[str],
        routes: Sequence[str],
        *,
        ahead: bool = False,
    ) -> Work | None:
        """The next part for a carrier to send, of the message that is due first on its `routes`.

        ``free`` are carriers that could take a message right now; ``ahead``: this one could not yet.
        """
        connection = transaction.connection
        mine = [route for route in routes if not routing.yields(modem, route, free)]
        if ahead:
            others = set(free) - {modem}
            mine = [r for r in mine if not any(routing.serves(other, r) for other in others)]
        while (seq := outbox.lease(connection, modem, mine)) is not None:
            work = outbox.work(connection, seq)
            if work is not None and (failure := self._unwelcome(transaction, work)):
                self.failures.fail(transaction, work, failure)  # they opted out while it waited
                continue
            if work is not None and work.sim not in {None, sim}:
                return self._start_over(transaction, work, sim)
            return work
        return None

    def _unwelcome(self, transaction: Transaction, work: Work) -> Failure | None:
        return None if work.override else self._features.may_send(transaction, work.destination)

    def routes(
        self, transaction: Transaction, carrier: str, *, unnamed: bool = True
    ) -> Sequence[str]:
        """The routes that a carrier serves and on which something waits; what is too late by now does not.

        ``unnamed``: it takes what names no carrier, too.
        """
        self.expire(transaction)
        return [
            route
            for route in outbox.routes(transaction.connection)
            if routing.serves(carrier, route, unnamed=unnamed)
        ]

    def submitting(
        self,
        transaction: Transaction,
        work: Work,
        modem: str,
        sim: str,
        routes: Sequence[str] = (),
    ) -> None:
        """On disk before Ctrl-Z: from here on the part may be out.

        ``routes`` of what may be more urgent, if it was taken while another one was under way. Errors: `Withdrawn`.
        """
        connection = transaction.connection
        part = PartKey(work.seq, work.sequence)
        is_leased, state = outbox.may_submit(connection, part, modem)
        if not is_leased:
            raise Withdrawn("it was cancelled")
        if state not in submissions.UNSENT:
            raise Withdrawn("a status report tells that the part is out")
        if _is_over(work, transaction) and work.sequence == 1:
            raise Withdrawn("its validity ended")
        if work.sequence == 1 and outbox.waits_for(connection, routes, work.priority):
            raise Withdrawn("a more urgent message goes first")
        submissions.mark_submitting(
            connection, work.seq, work.sequence, modem, sim, transaction.now
        )
        messages.set_state(connection, work.seq, State.SUBMITTING, modem=modem, sim=sim)
        transaction.record_event(
            "message.submitting",
            work.seq,
            work.id,
            state="submitting",
            part=work.sequence,
            modem=modem,
        )

    def frame(self, work: Work) -> pdu.Frame:
        """The frame that goes over the air now: the service centre gets what remains of the validity."""
        if work.expires_at is None:
            return pdu.Frame(None, work.tpdu)
        remaining = max(1, work.expires_at + work.hurry - self._ledger.timeline.now())
        validity = pdu.Validity.at_least(timedelta(milliseconds=remaining))
        submit = pdu.Submit.decode(work.tpdu)
        if submit.validity == validity:
            return pdu.Frame(None, work.tpdu)
        return pdu.Frame(None, msgspec.structs.replace(submit, validity=validity).encode())

    def _start_over(self, transaction: Transaction, work: Work, sim: str) -> Work | None:
        """Parts went out through another SIM: phones join only what has one sender."""
        connection = transaction.connection
        outbox.start_over(connection, work.seq)
        messages.update(connection, work.seq, possible_duplicate=1)
        transaction.record_event(
            "message.started_over", work.seq, work.id, reason="another SIM", sim=sim
        )
        return outbox.work(connection, work.seq)

    # what came of it

    def sent(
        self, transaction: Transaction, work: Work, modem: str, sim: str, reference: int
    ) -> None:
        """The network has the part."""
        connection = transaction.connection
        submissions.mark_sent(connection, work.seq, work.sequence, reference, transaction.wall)
        if work.hurry:
            outbox.begun(connection, work.seq)
        transaction.record_event(
            "message.part_sent",
            work.seq,
            work.id,
            part=work.sequence,
            message_reference=reference,
            modem=modem,
        )
        if work.last:
            self._all_out(transaction, work, modem)
        elif work.sequence == 1:
            outbox.reroute(connection, work.seq, modem)
        faster = self._reports.look_again(transaction, sim, work.peer)
        if work.last and (faster or work.total > 1):  # else it is all there is to say of it
            self._reports.conclude(transaction, work.seq)

    def carried(
        self, transaction: Transaction, work: Work, carrier: str, reference: str | None
    ) -> None:
        """A carrier has the whole message, and calls it ``reference``."""
        connection = transaction.connection
        carried.mark_out(connection, work.seq, carrier, transaction.wall)
        if work.hurry:
            outbox.begun(connection, work.seq)
        self._all_out(transaction, work, carrier, reference)
        if reference is not None:
            carried.add(connection, carrier, reference, work.seq)
            self.carried_reports.catch_up(transaction, carrier, reference)
        self.carried_reports.catch_up_on(transaction, work.seq, work.id)
        self._reports.conclude(transaction, work.seq)

    def _all_out(
        self, transaction: Transaction, work: Work, carrier: str, reference: str | None = None
    ) -> None:
        connection = transaction.connection
        messages.set_state(connection, work.seq, State.SENT, sent_at=transaction.wall)
        outbox.finish_work(connection, work)
        told = None if work.receipts is None else receipts.tell(transaction, work.seq)
        transaction.record_event(
            "message.sent",
            work.seq,
            work.id,
            state="sent",
            modem=carrier,
            reference=reference,
            receipt_for=told,
        )

    def following(self, transaction: Transaction, work: Work) -> Work | None:
        """The part after ``work``, which is under way; None if it is the last."""
        return None if work.last else outbox.work(transaction.connection, work.seq, work.sequence)

    def expire(self, transaction: Transaction) -> None:
        """End the messages that were not sent in their time: they are never sent."""
        for seq, hurry in schedule.expired(transaction.connection, transaction.now):
            why = "it could not be begun in its time" if hurry else _TOO_OLD
            failure = Failure("expired", why)
            messages.set_state(transaction.connection, seq, State.EXPIRED, error=failure)
            outbox.finish(transaction.connection, seq)
            transaction.record_event(
                "message.expired",
                seq,
                messages.get(transaction.connection, seq).id,
                state="expired",
                reason=failure.message,
                receipt_for=receipts.tell(transaction, seq),
            )

    # by hand

    def cancel(self, transaction: Transaction, seq: int, message: Message) -> None:
        """Withdraw a message that is not out yet. Errors: `Refused`."""
        connection = transaction.connection
        if message.state not in {State.QUEUED, State.UNCERTAIN}:
            raise Refused(
                Code.CONFLICT,
                f"a message that is {message.state} cannot be cancelled",
                reason="too_late",
            )
        messages.set_state(connection, seq, State.CANCELLED)
        outbox.finish(connection, seq)
        transaction.record_event(
            "message.cancelled",
            seq,
            message.id,
            state="cancelled",
            receipt_for=receipts.tell(transaction, seq),
        )

    def retry(self, transaction: Transaction, seq: int, message: Message) -> None:
        """Send what failed, expired, was cancelled or is uncertain once more. Errors: `Refused`."""
        connection = transaction.connection
        if message.state not in {State.FAILED, State.EXPIRED, State.CANCELLED, State.UNCERTAIN}:
            raise Refused(
                Code.CONFLICT,
                f"a message that is {message.state} cannot be sent again",
                reason="not_failed",
            )
        destination, override, secret = orders.terms(connection, seq)
        if secret:
            raise Refused(Code.CONFLICT, "it held a code, which is not kept", reason="not_kept")
        if not override and (failure := self._features.may_send(transaction, destination)):
            raise not_welcome(failure)
        duplicate = message.possible_duplicate or message.state is State.UNCERTAIN
        messages.set_state(connection, seq, State.QUEUED, possible_duplicate=duplicate)
        submissions.reset_parts(connection, seq)
        outbox.reopen(connection, seq, transaction.now)
        transaction.record_event(
            "message.queued", seq, message.id, state="queued", reason="by hand"
        )


def _is_over(work: Work, transaction: Transaction) -> bool:
    return work.expires_at is not None and transaction.now >= work.expires_at
