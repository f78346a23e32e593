"""Inbound messages, published once: a row for people, one pending delivery per handler that matches."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import msgspec

from gsmd import pdu
from gsmd.clock import Milliseconds
from gsmd.core.features import Features
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.subscribers import Subscribers
from gsmd.features import Host
from gsmd.protocol.carriers import ReceiveParams
from gsmd.protocol.message import DAMAGED, Direction, Failure, Kind, Message, Ports, State
from gsmd.store.identity import message_id
from gsmd.store.ledger import Transaction
from gsmd.store.tables import deliveries, inbox, messages
from gsmd.store.tables.deliveries import Lease
from gsmd.store.tables.inbox import RawPart

log = logging.getLogger(__name__)


class Publisher:
    """Publishes within one transaction. Runs on the writer thread, touches nothing else."""

    def __init__(
        self,
        transaction: Transaction,
        registry: HandlerRegistry,
        subscribers: Subscribers,
        features: Features,
        host: Host,
    ) -> None:
        self._transaction = transaction
        self._features = features
        self._host = host
        self._connection = transaction.connection
        self._registry = registry
        self._subscribers = subscribers
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

    def deliver(
        self,
        raw: RawPart,
        deliver: pdu.Deliver,
        content: pdu.Joined,
        identities: Sequence[str],
        *,
        parts: int,
        complete: bool = True,
        damage: pdu.PduError | None = None,
    ) -> int:
        """A text, a datagram or a notice; ``identities`` are those of the parts it is made of.

        ``damage``: what is wrong with a part of it, of which only a piece can be read.
        """
        peer = self._peer(raw, deliver.originator)
        answered = self._answered(raw, peer)
        ports = deliver.user_data.ports
        what = pdu.kind_of(deliver, content)
        message = _inbound(
            raw,
            self._transaction.wall,
            id=message_id(identities),
            peer=peer,
            kind=Kind(what.kind),
            text=content.text,
            data=None if content.data is None else content.data.hex(),
            alphabet=str(content.alphabet),
            class_=deliver.dcs.message_class,
            ports=Ports(ports.destination, ports.source) if ports else None,
            parts=parts,
            complete=complete and damage is None,
            error=_damaged(damage),
            in_reply_to=answered[0] if answered else None,
            service_centre_timestamp=deliver.service_centre_timestamp.datetime,
        )
        about = what.detail and msgspec.to_builtins(what.detail)
        return self._arrived(raw, message, identities, answered, about)

    def carried(self, raw: RawPart, given: ReceiveParams) -> int:
        """A whole message that a carrier brought."""
        peer = self._peer(raw, address_of(given.from_))
        answered = self._answered(raw, peer)
        message = _inbound(
            raw,
            self._transaction.wall,
            id=message_id([raw.id]),
            peer=peer,
            kind=Kind.TEXT if given.data is None else Kind.DATA,
            text=given.text,
            data=None if given.data is None else "".join(given.data.split()).lower(),
            alphabet="data" if given.text is None else str(pdu.preview(given.text).alphabet),
            ports=given.ports,
            in_reply_to=answered[0] if answered else None,
            service_centre_timestamp=given.at,
        )
        about = None if given.to is None else {"to": given.to}
        return self._arrived(raw, message, [raw.id], answered, about)

    def _answered(self, raw: RawPart, peer: str) -> tuple[str, str | None] | None:
        """The message of ours that what came from a peer answers, and its handler."""
        return self._subscribers.answered(self._transaction, peer, raw.modem, raw.sim)

    def _arrived(
        self,
        raw: RawPart,
        message: Message,
        identities: Sequence[str],
        answered: tuple[str, str | None] | None,
        about: object,
    ) -> int:
        if not self._features.ignores(message):
            kept = self._features.intercept(self._transaction, self._host, message)
            if kept is not None:
                return self._intercepted(raw, message, kept, identities)
        return self._publish(
            raw, message, answered[1] if answered else None, about, identities=identities
        )

    def completed(
        self,
        seq: int,
        deliver: pdu.Deliver,
        content: pdu.Joined,
        damage: pdu.PduError | None,
    ) -> None:
        """It was published without some part: it gets its whole content, and keeps its id."""
        messages.update(
            self._connection,
            seq,
            kind=str(Kind(pdu.kind_of(deliver, content).kind)),
            text=content.text,
            data=None if content.data is None else content.data.hex(),
            alphabet=str(content.alphabet),
            complete=int(damage is None),
        )
        message = messages.get(self._connection, seq)
        self._transaction.record_event("message.completed", seq, message.id, modem=message.modem)

    def stray_report(self, raw: RawPart, report: pdu.StatusReport) -> None:
        """A status report that matches nothing we sent, for people and for handlers that ask for it."""
        status = pdu.classify_status(report.tp_status)
        message = _inbound(
            raw,
            self._transaction.wall,
            id=message_id([raw.id]),
            peer=self._peer(raw, report.recipient),
            kind=Kind.REPORT,
            text=f"{status.kind}: {status.reason}",
            service_centre_timestamp=report.service_centre_timestamp.datetime,
        )
        self._publish(raw, message, None, None, otherwise=State.HANDLED)

    def undecodable(self, raw: RawPart, why: str) -> None:
        """Kept as evidence, for people."""
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

    def _peer(self, raw: RawPart, address: pdu.Address) -> str:
        """The other side, as it is known; that a network may spell it otherwise stays in the raw frame."""
        known = partial(messages.is_known, self._connection)
        return self._subscribers.peer(address, raw.modem, raw.sim, known)

    def _intercepted(
        self, raw: RawPart, message: Message, kept: Message, identities: Sequence[str]
    ) -> int:
        """It is dealt with, and nobody else gets it; what is not ``kept`` of it is nowhere."""
        seq = self._store(raw, msgspec.structs.replace(kept, state=State.HANDLED))
        if kept.text != message.text:
            inbox.wipe(self._connection, identities)
        return seq

    def _publish(
        self,
        raw: RawPart,
        message: Message,
        answered: str | None,
        about: object,
        otherwise: State = State.RECEIVED,
        identities: Sequence[str] = (),
    ) -> int:
        """``otherwise`` is its state if no handler matches."""
        ignored = self._features.ignores(message)
        claim = None if ignored else self._features.claim(self._transaction, message)
        whole = message.text
        message = self._features.seal(self._transaction, message, claim)
        handlers = (
            []
            if ignored
            else self._registry.addressing().matching(self._transaction, message, claim, answered)
        )
        if not handlers:
            message = msgspec.structs.replace(message, state=otherwise)
        seq = self._store(raw, message, about)
        if message.text != whole:
            inbox.wipe(self._connection, identities)
        for handler in handlers:
            deliveries.add(self._connection, handler, seq, message.peer, self._transaction.wall)
        self._handlers.update(handlers)
        self._features.published(
            self._transaction, self._host, seq, message, claim, ignored=ignored
        )
        return seq

    def _store(self, raw: RawPart, message: Message, about: object = None) -> int:
        seq = messages.insert(self._connection, message, raw.sim)
        inbox.settle_part(self._connection, raw.id, seq)
        self._transaction.record_event(
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


def address_of(sender: str) -> pdu.Address:
    """The sender of a message as a carrier spells it; what is neither a number nor a name of ours is kept as a name."""
    try:
        return pdu.Address.parse(sender)
    except pdu.PduError:
        return pdu.Address(sender.strip(), pdu.TypeOfNumber.ALPHANUMERIC, pdu.NumberingPlan.UNKNOWN)


def _damaged(damage: pdu.PduError | None) -> Failure | None:
    return None if damage is None else Failure(DAMAGED, str(damage))


def _inbound(raw: RawPart, at: Milliseconds, **fields: object) -> Message:
    blank: dict[str, object] = {
        "direction": Direction.INBOUND,
        "state": State.RECEIVED,
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
