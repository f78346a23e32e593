"""The book of consents: asked for, given, declined, withdrawn; each part of a transaction, each an event."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from gsmd.config import Config
from gsmd.features import PREFIX
from gsmd.features.consent import table
from gsmd.features.consent.table import Consent
from gsmd.numbers import spellings
from gsmd.protocol.message import Message, State
from gsmd.store.ledger import Transaction
from gsmd.store.tables import messages, orders

_NOT_SHOWN = frozenset({State.FAILED, State.EXPIRED, State.CANCELLED})
"""States in which nobody has seen a message of ours."""


_AT_ONCE = 100
"""Questions without an answer that are forgotten when another is asked."""


class Subscriptions(Protocol):
    """As much of the lists as consent needs."""

    def join(
        self,
        transaction: Transaction,
        name: str,
        peer: str,
        message: str | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """Put somebody on a list, which is made if there is none."""
        ...

    def leave(
        self, transaction: Transaction, name: str, peer: str, message: str | None = None
    ) -> bool:
        """Take somebody off a list. False if they were not on it."""
        ...

    def is_on(self, connection: sqlite3.Connection, name: str, peers: Sequence[str]) -> bool:
        """True if somebody who goes by these numbers is on a list."""
        ...


class Book:
    """Keeps the consents, and who is on the lists with them. ``number_of`` tells that of a modem's SIM."""

    def __init__(self, lists: Subscriptions, number_of: Callable[[str], str | None]) -> None:
        self._lists = lists
        self._number_of = number_of
        self.country: str | None = None
        self._retention: float | None = None
        self.asking_until = 0
        """Until when (timeline) anybody's answer is waited for; never too early."""

    def configure(self, config: Config) -> None:
        """Go by another configuration."""
        self.country = config.outbound.country
        self._retention = config.inbound.retention

    def current(self, connection: sqlite3.Connection, name: str, peer: str) -> Consent | None:
        """The consent that somebody gave to a list, or was asked for."""
        return table.current(connection, name, self.spellings(peer))

    def given(self, connection: sqlite3.Connection, lists: Sequence[str], peer: str) -> bool:
        """True if somebody agreed to get one of these lists."""
        if table.is_given(connection, lists, (peer,)):  # most are kept as they are spelt
            return True
        return table.is_given(connection, lists, self.spellings(peer)[1:])

    def spellings(self, peer: str) -> Sequence[str]:
        """The ways to spell a number."""
        return spellings(peer, self.country)

    def ask(
        self,
        transaction: Transaction,
        asked: Consent,
        lifetime: float,
    ) -> Consent:
        """Somebody is asked for it, once more or anew: the answer counts for so many seconds."""
        former = self.current(transaction.connection, asked.list, asked.peer)
        due_at = transaction.now + round(lifetime * 1000)
        asked = asked._replace(
            seq=former.seq if former else 0,
            peer=former.peer if former else asked.peer,
            state="asked",
            asked_at=transaction.wall,
            due_at=due_at,
        )
        if former is None:
            asked = table.add(transaction.connection, asked)
        else:
            table.keep(transaction.connection, asked)
        self.asking_until = max(self.asking_until, due_at)
        if self._retention is not None:  # as long as the messages that they came by
            before = transaction.now - round(self._retention * 1000)
            table.drop_unanswered(transaction.connection, before, _AT_ONCE)
        self._tell(transaction, "consent.asked", asked, asked.request)
        return asked

    def give(self, transaction: Transaction, consent: Consent, message: Message | None) -> Consent:
        """It is given, by a message if there is one; and they are on the list."""
        connection = transaction.connection
        if message is not None:
            consent = consent._replace(
                peer=message.peer,
                source="message",
                message=message.id,
                text=message.text,
                modem=message.modem,
                sim=messages.sim_of(connection, message.id),
                number=None if message.modem is None else self._number_of(message.modem),
            )
        consent = consent._replace(
            state="given", due_at=None, given_at=consent.given_at or transaction.wall
        )
        if consent.seq:
            table.keep(connection, consent)
        else:
            consent = table.add(connection, consent)
        self._lists.join(transaction, consent.list, consent.peer, consent.message, consent.fields)
        self._tell(transaction, "consent.given", consent, consent.message)
        return consent

    def join(self, transaction: Transaction, consent: Consent, message: Message) -> None:
        """Somebody who agreed before asks to be let in: they are."""
        self._lists.join(transaction, consent.list, message.peer, message.id)

    def leave(
        self,
        transaction: Transaction,
        name: str,
        peer: str,
        by: str,
        message: str | None = None,
        note: str | None = None,
    ) -> int:
        """Somebody wants a list no more: off it, and no consent. Returns how many consents that ended."""
        ended = self.end(transaction, peer, name, by, message, note)
        self._lists.leave(transaction, name, peer, message)
        return ended

    def end(
        self,
        transaction: Transaction,
        peer: str | None,
        name: str | None,
        by: str,
        message: str | None = None,
        note: str | None = None,
    ) -> int:
        """Somebody's consent to a list, or to all, holds no more; ``peer`` None: everybody's. Returns how many."""
        peers = None if peer is None else self.spellings(peer)
        ended = table.end(transaction.connection, name, peers, transaction.wall, by, note)
        if peer is None:
            if ended:
                transaction.record_event("consent.withdrawn", list=name, by=by, count=len(ended))
            return len(ended)
        for list_, who, state in ended:
            transaction.record_event(f"consent.{state}", None, message, list=list_, peer=who, by=by)
        return len(ended)

    def resume(self, transaction: Transaction, message: Message) -> None:
        """What held until they said STOP holds again, for the lists that they are still on."""
        peers = self.spellings(message.peer)
        for former in table.ended_by_stop(transaction.connection, peers):
            if self._lists.is_on(transaction.connection, former.list, peers):
                again = Consent(0, former.list, former.peer, "given", "message", shown=former.shown)
                self.give(transaction, again, message)

    def question(self, connection: sqlite3.Connection, asked: Consent) -> tuple[int, str] | None:
        """The message of ours that asked: its ``seq`` and text; None if nobody can have seen it."""
        if asked.question is not None:
            found = messages.find(connection, asked.question)
        else:
            order = orders.by_key(connection, f"reply {asked.request} {PREFIX}keywords")
            found = None if order is None else (order.seq, messages.get(connection, order.seq))
        if found is None or found[1].state in _NOT_SHOWN:
            return None
        return found[0], found[1].text or ""

    def _tell(
        self, transaction: Transaction, type_: str, consent: Consent, message: str | None
    ) -> None:
        transaction.record_event(type_, None, message, list=consent.list, peer=consent.peer)
