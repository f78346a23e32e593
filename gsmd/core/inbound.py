"""The life of an inbound message, top to bottom.

frames read from a modem (or a message that a program brought) → raw on disk, understood, joined, published, queued for the
handlers, in one commit → only then off the SIM → to the handlers until they acknowledge
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from gsmd import pdu
from gsmd.clock import Milliseconds
from gsmd.config import InboundConfig
from gsmd.core.features import Features
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.publisher import Publisher
from gsmd.core.reports import Reports
from gsmd.core.subscribers import Subscribers
from gsmd.features import Host
from gsmd.modem import Modem, StoredEntry
from gsmd.protocol.carriers import Kept, ReceiveParams
from gsmd.protocol.message import Message
from gsmd.store.engine.errors import StoreError
from gsmd.store.identity import carried_identity, message_id, part_identity
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import inbox, unmatched_reports
from gsmd.store.tables.deliveries import Lease
from gsmd.store.tables.inbox import Assembly, AssemblyKey, RawPart

log = logging.getLogger(__name__)

_SAME_MESSAGE = 6 * 3600
"""Seconds that the service centre's times of one message's parts may lie apart: sooner or later
every sender uses a reference again."""

_FAULTS_OF_A_ROW = (sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
"""Of the database's errors, those that are about what is written, not about the disk."""

Taken = tuple[list[Message], list[Lease]]
"""The messages that were published, and those of their deliveries that are handed over at once."""


class Inbound:
    """Takes what modems read, and makes messages of it."""

    def __init__(
        self,
        ledger: Ledger,
        handlers: HandlerRegistry,
        reports: Reports,
        subscribers: Subscribers,
        features: Features,
        host: Host,
        config: InboundConfig,
        publish: Callable[[Message], None],
    ) -> None:
        self._ledger = ledger
        self._handlers = handlers
        self._reports = reports
        self._subscribers = subscribers
        self._features = features
        self._host = host
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
        """Put frames on disk, with all that follows from them; hand over once they are there.

        Errors: `StoreError`: nothing of it is kept.
        """

        def take(taking: _Taking, transaction: Transaction) -> None:
            for frame in frames:
                raw = RawPart(part_identity(sim, frame), sim, modem, frame, transaction.wall)
                if inbox.add_part(transaction.connection, raw):  # raw, before it is understood
                    taking.understand(raw)
                else:
                    log.info("modem %s: part %s was read before", modem, raw.id)

        await self._take(take)

    async def receive(self, given: ReceiveParams) -> Kept:
        """Put a message on disk that a carrier brought, with all that follows from it; once for each key.

        Errors: `StoreError`: nothing of it is kept.
        """
        identity = carried_identity(given.carrier, given.key)
        known = False

        def take(taking: _Taking, transaction: Transaction) -> None:
            nonlocal known
            # what it says is in the message itself: there is no frame
            raw = RawPart(identity, given.carrier, given.carrier, "", transaction.wall)
            known = not inbox.add_part(transaction.connection, raw)
            if not known:
                taking.carried(raw, given)

        await self._take(take)
        return Kept(message_id([identity]), known)

    async def publish_overdue(self) -> None:
        """Publish what has waited too long for its missing parts, and reports nothing matches."""

        def take(taking: _Taking, transaction: Transaction) -> None:
            connection, now = transaction.connection, transaction.now
            for assembly, modem, _total in inbox.due_assemblies(connection, now):
                taking.overdue(assembly, modem)
            for part, modem, sim, frame in unmatched_reports.due(connection, now):
                taking.stray(RawPart(part, sim, modem, frame, transaction.wall))

        await self._take(take)

    async def _take(self, take: "Callable[[_Taking, Transaction], None]") -> None:
        budgets = self._handlers.budgets()

        def job(transaction: Transaction) -> Taken:
            publisher = Publisher(
                transaction,
                self._handlers,
                self._subscribers,
                self._features,
                self._host,
            )
            take(_Taking(transaction, publisher, self._reports, self.config), transaction)
            return publisher.published, publisher.lease(budgets)

        await self._ledger.write(job, self._tell)

    def _tell(self, taken: Taken) -> None:
        published, leases = taken
        self._handlers.hand_over(leases)
        for message in published:
            self._publish(message)


class _Taking:
    """One transaction's worth of inbound parts. Runs on the writer thread, touches nothing else."""

    def __init__(
        self,
        transaction: Transaction,
        publisher: Publisher,
        reports: Reports,
        config: InboundConfig,
    ) -> None:
        self._transaction = transaction
        self._connection = transaction.connection
        self._publisher = publisher
        self._reports = reports
        self._config = config

    def understand(self, raw: RawPart) -> None:
        """Make what it says of a part that is already in the transaction; whatever it is, it stays."""
        with self._contained(f"part {raw.id}") as failed:
            arrival = pdu.read_arrival(raw.frame)
            match tpdu := arrival.tpdu:
                case pdu.Deliver():
                    self._deliver(raw, tpdu, arrival.damage)
                case pdu.StatusReport():
                    self._reports.take(self._transaction, raw, tpdu)
                case _:
                    failed.append(f"a {type(tpdu).__name__} is nothing that arrives")
        for why in failed:
            self._publisher.undecodable(raw, why)

    def carried(self, raw: RawPart, given: ReceiveParams) -> None:
        """Publish a message that a carrier brought."""
        self._publisher.carried(raw, given)

    def overdue(self, assembly: int, modem: str) -> None:
        """Publish what there is of a long message; each part by itself if it cannot be joined."""
        with self._contained(f"assembly {assembly}") as failed:
            self._publish_incomplete(assembly, modem)
        if failed:
            parts = inbox.raw_parts(self._connection, assembly)
            inbox.drop_assembly(self._connection, assembly)
            for raw in parts:
                self._publisher.undecodable(raw, failed[0])

    def stray(self, raw: RawPart) -> None:
        """List a status report that matches nothing we sent as a message of its own."""
        with self._contained(f"report {raw.id}") as failed:
            report = pdu.decode(pdu.Frame.from_hex(raw.frame).tpdu)
            assert isinstance(report, pdu.StatusReport)
            self._publisher.stray_report(raw, report)
        for why in failed:
            self._publisher.undecodable(raw, why)
        unmatched_reports.drop(self._connection, raw.id)

    @contextmanager
    def _contained(self, what: str) -> Iterator[list[str]]:
        """Undo all that fails inside, and say why in the list; an SMS must not be lost for it.

        Only the disk's own failures go further: then nothing of the transaction is kept.
        """
        failed: list[str] = []
        published = len(self._publisher.published)
        try:
            with self._transaction.attempt():
                yield failed
        except pdu.PduError as error:
            failed.append(str(error))
        except StoreError:
            raise
        except Exception as error:
            if isinstance(error, sqlite3.Error) and not isinstance(error, _FAULTS_OF_A_ROW):
                raise
            log.exception("%s failed in an unexpected way", what)
            failed.append(f"{type(error).__name__}: {error}")
        if failed:
            del self._publisher.published[published:]

    def _deliver(self, raw: RawPart, deliver: pdu.Deliver, damage: pdu.PduError | None) -> None:
        if damage is not None:
            log.warning("modem %s: part %s is damaged: %s", raw.modem, raw.id, damage)
            inbox.settle_part(self._connection, raw.id, None, str(damage))
        concatenation = deliver.user_data.concatenation
        if concatenation is None or concatenation.total == 1:
            content = pdu.join([deliver.user_data])
            self._publisher.deliver(raw, deliver, content, [raw.id], parts=1, damage=damage)
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
        delivers, damage = self._delivers(assembly.id)
        content = pdu.join([deliver.user_data for deliver in delivers])
        if assembly.message is None:
            identities = inbox.part_ids(self._connection, assembly.id)
            seq = self._publisher.deliver(
                raw, delivers[0], content, identities, parts=len(delivers), damage=damage
            )
        else:
            seq = assembly.message
            self._publisher.completed(seq, delivers[0], content, damage)
        inbox.close_assembly(self._connection, assembly.id, seq)

    def _publish_incomplete(self, assembly: int, modem: str) -> None:
        """Publish what there is; the assembly stays open for what may still come."""
        delivers, damage = self._delivers(assembly)
        concatenation = delivers[0].user_data.concatenation
        assert concatenation is not None
        identities = inbox.part_ids(self._connection, assembly)
        sim = inbox.sim_of(self._connection, assembly)
        seq = self._publisher.deliver(
            RawPart(identities[0], sim, modem, "", self._transaction.wall),
            delivers[0],
            pdu.join([deliver.user_data for deliver in delivers]),
            identities,
            parts=concatenation.total,
            complete=False,
            damage=damage,
        )
        inbox.publish_assembly(self._connection, assembly, seq)

    def _delivers(self, assembly: int) -> tuple[list[pdu.Deliver], pdu.PduError | None]:
        """The parts of an assembly, in order, and what is wrong with the first that is damaged."""
        arrivals = [pdu.read_arrival(frame) for _, frame in inbox.parts(self._connection, assembly)]
        delivers = [each.tpdu for each in arrivals if isinstance(each.tpdu, pdu.Deliver)]
        return delivers, next((each.damage for each in arrivals if each.damage), None)


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp())


def _apart(one: int | None, other: int | None) -> int:
    """Seconds between two times; none where one is not known."""
    return 0 if one is None or other is None else abs(one - other)
