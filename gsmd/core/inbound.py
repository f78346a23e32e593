"""The life of an inbound message, top to bottom.

frames read from a modem → raw on disk, understood, joined, published, queued for the
handlers, in one commit → only then off the SIM → to the handlers until they acknowledge
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from gsmd import pdu
from gsmd.clock import Milliseconds
from gsmd.config import InboundConfig
from gsmd.core.delivery import Couriers
from gsmd.core.identity import message_id, part_identity
from gsmd.core.ledger import Ledger, Transaction
from gsmd.core.reports import Reports
from gsmd.message import Direction, Failure, Kind, Message, Ports, State
from gsmd.modem import Modem, StoredEntry
from gsmd.store import deliveries, inbox, messages, outbox
from gsmd.store.deliveries import Lease
from gsmd.store.inbox import Assembly, AssemblyKey, RawPart

log = logging.getLogger(__name__)

_SAME_MESSAGE = 6 * 3600
"""Seconds that the service centre's times of one message's parts may lie apart: sooner or later
every sender uses a reference again."""

_ANSWER_WINDOW = 7 * 24 * 3600 * 1000
"""Milliseconds after an outbound message in which what its peer sends is taken as the answer."""


class Inbound:
    """Takes what modems read, and makes messages of it."""

    def __init__(
        self,
        ledger: Ledger,
        couriers: Couriers,
        reports: Reports,
        config: InboundConfig,
        publish: Callable[[Message], None],
    ) -> None:
        self._ledger = ledger
        self._couriers = couriers
        self._reports = reports
        self.config = config
        self._publish = publish

    async def collect(self, modem: Modem, entries: Sequence[StoredEntry]) -> None:
        """Take what was read out of a modem's storage, and only then out of the storage.

        Errors: `StoreError` (nothing was deleted), `ModemUnavailable` (some may be left: the next
        sweep finds it again, and knows it).
        """
        await self.keep(modem.name, modem.sim or modem.name, [entry.frame for entry in entries])
        await modem.delete(entries)

    async def keep(self, modem: str, sim: str, frames: Sequence[str]) -> None:
        """Put frames on disk, with all that follows from them; hand over once they are there."""
        budgets = self._couriers.budgets()

        def job(transaction: Transaction) -> tuple[list[Message], list[Lease]]:
            taken = _Taking(transaction, self._couriers, self._reports, self.config)
            for frame in frames:
                raw = RawPart(part_identity(sim, frame), sim, modem, frame, transaction.wall)
                if inbox.add_part(transaction.connection, raw):  # raw, before it is understood
                    taken.understand(raw)
                else:
                    log.info("modem %s: part %s was read before", modem, raw.id)
            return taken.published, taken.lease(budgets)

        published, leases = await self._ledger.write(job)
        self._couriers.hand_over(leases)
        for message in published:
            self._publish(message)

    async def publish_overdue(self) -> None:
        """Publish what has waited too long for its missing parts, and reports nothing matches."""
        budgets = self._couriers.budgets()

        def job(transaction: Transaction) -> tuple[list[Message], list[Lease]]:
            taken = _Taking(transaction, self._couriers, self._reports, self.config)
            for assembly, modem, _total in inbox.due_assemblies(
                transaction.connection, transaction.now
            ):
                taken.publish_incomplete(assembly, modem)
            for part, modem, sim, frame in outbox.due_stray_reports(
                transaction.connection, transaction.now
            ):
                taken.publish_stray(RawPart(part, sim, modem, frame, transaction.wall))
            return taken.published, taken.lease(budgets)

        published, leases = await self._ledger.write(job)
        self._couriers.hand_over(leases)
        for message in published:
            self._publish(message)


class _Taking:
    """One transaction's worth of inbound parts. Runs on the writer thread, touches nothing else."""

    def __init__(
        self, transaction: Transaction, couriers: Couriers, reports: Reports, config: InboundConfig
    ) -> None:
        self._transaction = transaction
        self._connection = transaction.connection
        self._couriers = couriers
        self._reports = reports
        self._config = config
        self._handlers: set[str] = set()
        self.published: list[Message] = []

    def lease(self, budgets: Mapping[str, int]) -> list[Lease]:
        """In the same commit: what goes to handlers that have room right now."""
        return [
            lease
            for handler in sorted(self._handlers)
            if budgets.get(handler, 0) > 0
            for lease in deliveries.lease(
                self._connection, handler, budgets[handler], self._transaction.wall
            )
        ]

    def understand(self, raw: RawPart) -> None:
        """Decode a part that is already in the transaction; whatever it is, it stays."""
        try:
            tpdu = pdu.decode(pdu.Frame.from_hex(raw.frame).tpdu)
        except pdu.PduError as error:
            self._undecodable(raw, str(error))
        except Exception as error:  # the codec promises not to; an SMS must not be lost for it
            log.exception("modem %s: decoding failed in an unexpected way", raw.modem)
            self._undecodable(raw, f"{type(error).__name__}: {error}")
        else:
            match tpdu:
                case pdu.Deliver():
                    self._deliver(raw, tpdu)
                case pdu.StatusReport():
                    self._reports.take(self._transaction, raw, tpdu)
                case _:
                    self._undecodable(raw, f"a {type(tpdu).__name__} is nothing that arrives")

    def publish_incomplete(self, assembly: int, modem: str) -> None:
        """Publish what there is; the assembly stays open for what may still come."""
        parts = inbox.parts(self._connection, assembly)
        first = _decode_deliver(parts[0][1])
        identities = inbox.part_ids(self._connection, assembly)
        sim = self._connection.execute(
            "SELECT sim FROM assembly WHERE id = ?", (assembly,)
        ).fetchone()[0]
        content = pdu.join([_decode_deliver(frame).user_data for _, frame in parts])
        concatenation = first.user_data.concatenation
        assert concatenation is not None
        seq = self._announce(
            RawPart(identities[0], sim, modem, "", self._transaction.wall),
            first,
            content,
            identities,
            parts=concatenation.total,
            complete=False,
        )
        inbox.publish_assembly(self._connection, assembly, seq)

    def publish_stray(self, raw: RawPart) -> None:
        """List a status report that matches nothing we sent as a message of its own."""
        report = pdu.decode(pdu.Frame.from_hex(raw.frame).tpdu)
        assert isinstance(report, pdu.StatusReport)
        status = pdu.classify_status(report.tp_status)
        message = _inbound(
            raw,
            self._transaction.wall,
            id=message_id([raw.id]),
            state=State.HANDLED,
            peer=str(report.recipient),
            kind=Kind.REPORT,
            text=f"{status.kind}: {status.reason}",
            service_centre_timestamp=report.service_centre_timestamp.datetime,
        )
        self._store(raw, message)
        outbox.drop_stray_report(self._connection, raw.id)

    def _deliver(self, raw: RawPart, deliver: pdu.Deliver) -> None:
        concatenation = deliver.user_data.concatenation
        if concatenation is None or concatenation.total == 1:
            content = pdu.join([deliver.user_data])
            seq = self._announce(raw, deliver, content, [raw.id], parts=1, complete=True)
            inbox.settle_part(self._connection, raw.id, seq)
            return
        key = AssemblyKey(
            raw.sim,
            str(deliver.originator),
            concatenation.reference,
            concatenation.width,
            concatenation.total,
        )
        assembly = self._assembly(key, concatenation.sequence, deliver)
        inbox.join_assembly(self._connection, raw.id, assembly.id, concatenation.sequence)
        if len(assembly.sequences) + 1 == concatenation.total:
            self._complete(raw, assembly)

    def _assembly(self, key: AssemblyKey, sequence: int, deliver: pdu.Deliver) -> Assembly:
        """The assembly this part belongs to: one that lacks it, the nearest in time; else a new one."""
        time = _seconds(deliver.service_centre_timestamp.datetime)
        fitting = [
            assembly
            for assembly in inbox.open_assemblies(self._connection, key)  # newest first
            if sequence not in assembly.sequences
            and _apart(time, assembly.service_centre_time) <= _SAME_MESSAGE
        ]
        if fitting:
            return min(fitting, key=lambda assembly: _apart(time, assembly.service_centre_time))
        due_at = Milliseconds(self._transaction.now + round(self._config.incomplete_after * 1000))
        new = inbox.start_assembly(self._connection, key, time, due_at)
        return Assembly(new, time, None, frozenset())

    def _complete(self, raw: RawPart, assembly: Assembly) -> None:
        parts = inbox.parts(self._connection, assembly.id)
        first = _decode_deliver(parts[0][1])
        content = pdu.join([_decode_deliver(frame).user_data for _, frame in parts])
        if assembly.message is None:
            identities = inbox.part_ids(self._connection, assembly.id)
            seq = self._announce(raw, first, content, identities, parts=len(parts), complete=True)
        else:
            seq = assembly.message
            self._complete_late(seq, content)
        inbox.close_assembly(self._connection, assembly.id, seq)

    def _complete_late(self, seq: int, content: pdu.Joined) -> None:
        """The message was published without this part: it gets its whole text and keeps its id."""
        messages.update(
            self._connection,
            seq,
            text=content.text,
            data=None if content.data is None else content.data.hex(),
            complete=1,
        )
        message = messages.get(self._connection, seq)
        self._transaction.note("message.completed", seq, message.id, modem=message.modem)

    def _announce(
        self,
        raw: RawPart,
        deliver: pdu.Deliver,
        content: pdu.Joined,
        identities: Sequence[str],
        *,
        parts: int,
        complete: bool,
    ) -> int:
        """Publish a message: once, with one pending delivery per handler that matches."""
        peer = str(deliver.originator)
        since = self._transaction.wall - _ANSWER_WINDOW
        answered = outbox.handler_of(self._connection, raw.sim, peer, since)
        ports = deliver.user_data.ports
        what = pdu.kind_of(deliver, content)
        message = _inbound(
            raw,
            self._transaction.wall,
            id=message_id(identities),
            state=State.RECEIVED,
            peer=peer,
            kind=Kind(what.kind),
            text=content.text,
            data=None if content.data is None else content.data.hex(),
            alphabet=str(content.alphabet),
            class_=deliver.dcs.message_class,
            ports=Ports(ports.destination, ports.source) if ports else None,
            parts=parts,
            complete=complete,
            in_reply_to=answered[0] if answered else None,
            service_centre_timestamp=deliver.service_centre_timestamp.datetime,
        )
        seq = self._store(raw, message, what.detail and msgspec.to_builtins(what.detail))
        for handler in self._couriers.matching(message, answered[1] if answered else None):
            deliveries.add(self._connection, handler, seq, peer, self._transaction.wall)
            self._handlers.add(handler)
        return seq

    def _undecodable(self, raw: RawPart, why: str) -> None:
        log.warning("modem %s: part %s cannot be decoded and is kept: %s", raw.modem, raw.id, why)
        message = _inbound(
            raw,
            self._transaction.wall,
            id=message_id([raw.id]),
            state=State.UNDECODABLE,
            peer="",
            kind=Kind.DATA,
            data=raw.frame,
            error=Failure("undecodable", why),
        )
        seq = self._store(raw, message)
        inbox.settle_part(self._connection, raw.id, seq, why)

    def _store(self, raw: RawPart, message: Message, about: object = None) -> int:
        seq = messages.insert(self._connection, message, raw.sim)
        inbox.settle_part(self._connection, raw.id, seq)
        self._transaction.note(
            f"message.{message.state}",
            seq,
            message.id,
            state=str(message.state),
            direction="inbound",
            modem=raw.modem,
            reason=message.error.message if message.error else None,
            about=about,
        )
        self.published.append(message)
        return seq


def _inbound(raw: RawPart, at: Milliseconds, **fields: object) -> Message:
    blank: dict[str, object] = {
        "direction": Direction.INBOUND,
        "modem": raw.modem,
        "text": None,
        "data": None,
        "alphabet": "data",
        "class_": None,
        "ports": None,
        "parts": 1,
        "complete": True,
        "tag": None,
        "in_reply_to": None,
        "possible_duplicate": False,
        "created_at": datetime.fromtimestamp(at / 1000, UTC),
        "service_centre_timestamp": None,
        "sent_at": None,
        "delivered_at": None,
        "error": None,
    }
    return Message(**{**blank, **fields})  # type: ignore[arg-type] # the names and types stand right above


def _decode_deliver(frame: str) -> pdu.Deliver:
    deliver = pdu.decode(pdu.Frame.from_hex(frame).tpdu)
    assert isinstance(deliver, pdu.Deliver)
    return deliver


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp())


def _apart(one: int | None, other: int | None) -> int:
    """Seconds between two times; none where one is not known."""
    return 0 if one is None or other is None else abs(one - other)
