"""The rest of gsmd, as a feature sees it."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Protocol

from gsmd.config import Keyword
from gsmd.core.acceptance import Acceptance
from gsmd.core.features import Features
from gsmd.core.outbound import Outbound
from gsmd.features import Done, Host
from gsmd.protocol.message import Failure, Message, Reply
from gsmd.protocol.messages import SendParams
from gsmd.protocol.people import Person
from gsmd.store.ledger import Transaction


class Queueing(Protocol):
    """As much of the handlers as features need; in a transaction, on the writer's thread."""

    def hand_on(self, transaction: Transaction, seq: int, message: Message) -> Sequence[str]:
        """Queue it for every handler that takes it as it is now; returns their names."""
        ...

    def pass_on(self, transaction: Transaction, seq: int, message: Message) -> Sequence[str]:
        """Queue it for those who take what nobody took; returns their names."""
        ...


class FeatureHost(Host):
    """The rest of gsmd for features: their messages go to ``acceptance``, their questions to all ``features``.

    ``queueing`` queues what a feature has for handlers.
    """

    def __init__(
        self,
        acceptance: Acceptance,
        outbound: Outbound,
        features: Features,
        queueing: Callable[[], Queueing],
    ) -> None:
        self._queueing = queueing
        self._acceptance = acceptance
        self._outbound = outbound
        self._features = features

    def submit(
        self, transaction: Transaction, request: SendParams, *, secret: str | None = None
    ) -> Message:
        return self._acceptance.submit(transaction, request, secret=secret)

    def answer(
        self,
        transaction: Transaction,
        seq: int,
        handler: str,
        reply: Reply,
        *,
        override: bool = False,
        key: str | None = None,
    ) -> bool:
        return self._acceptance.answer(transaction, seq, handler, reply, override=override, key=key)

    def cancel(self, transaction: Transaction, seq: int, message: Message) -> None:
        self._outbound.cancel(transaction, seq, message)

    def forbids(self, transaction: Transaction, destination: str) -> Failure | None:
        return self._features.may_send(transaction, destination)

    def ignores(self, message: Message) -> bool:
        return self._features.ignores(message)

    def hand_on(self, transaction: Transaction, seq: int, message: Message) -> Sequence[str]:
        return self._queueing().hand_on(transaction, seq, message)

    def decline(self, transaction: Transaction, seq: int, message: Message, handler: str) -> None:
        if handlers := self._queueing().pass_on(transaction, seq, message):
            transaction.record_event(
                "delivery.declined", seq, message.id, handler=handler, queued_for=handlers
            )

    def redacted(self, transaction: Transaction, seq: int) -> None:
        self._features.redacted(transaction, seq)

    def keyword(
        self, transaction: Transaction, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        return self._features.keyword(transaction, self, row, message, rest)

    def invited(self, transaction: Transaction, message: Message) -> None:
        self._features.invited(transaction, message)

    def withdrew(
        self,
        transaction: Transaction,
        peer: str | None,
        message: Message | None,
        list_: str | None = None,
    ) -> None:
        self._features.withdrew(transaction, self, peer, message, list_)

    def resumed(self, transaction: Transaction, message: Message) -> None:
        self._features.resumed(transaction, message)

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        return self._features.about(connection, peers, person)

    def forget(self, transaction: Transaction, peer: str) -> int:
        return self._features.forget(transaction, peer)
