"""Consent: who joins a list agrees to get it, at once or by a second message, and the proof is kept.

**Theory of operation.** A row of the keyword table that subscribes is carried out here. To a list without `confirm` it is
the consent itself; to one with it, the answer is the question, and the row is `asked` until a YES comes, or its time is over
(`rules.state_of`; nothing has to happen for that). Each step is part of the transaction that settles the delivery of the
text: the consent, the place on the list and the answer are there together or not at all, whatever is killed when.

A YES is a small word that may be meant for somebody else. It counts

- before a form that is open, only where the question is the last that we wrote to them (`JustAsked`),
- else where nobody else who waits for an answer has written to them since.

      JOIN ──► asked ──YES──► given ──LEAVE, STOP, by hand, forgotten──► withdrawn
                 ├─ NO, STOP … ──► declined        START after STOP: given anew, for lists that they are still on
                 └─ no answer in time: expired
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from gsmd.config import Config, Keyword, ListConfig
from gsmd.features import PREFIX, Claim, Done, Effect, Feature, Host
from gsmd.features.consent import rules, table
from gsmd.features.consent.book import Book, Subscriptions
from gsmd.features.consent.by_hand import ByHand, shown
from gsmd.features.consent.just_asked import JustAsked
from gsmd.features.consent.table import Consent
from gsmd.protocol.answers import places_of
from gsmd.protocol.message import Message, Reply
from gsmd.protocol.method import Bound
from gsmd.protocol.people import Person
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import correspondence
from gsmd.templates import fill

NAME = PREFIX + "consent"


class Consents(Feature):
    """Asks who wants to be on a list, and keeps who agreed.

    `just_asked` is a feature of its own, to be asked earlier: the answer to what we wrote to them last.
    """

    def __init__(
        self,
        config: Config,
        ledger: Ledger,
        lists: Subscriptions,
        number_of: Callable[[str], str | None],
    ) -> None:
        self._ledger = ledger
        self._book = Book(lists, number_of)
        self._by_hand = ByHand(ledger, self._book)
        self.just_asked = JustAsked(self._just_asked)
        self.configure(config)

    async def open(self) -> None:
        self._book.asking_until = await self._ledger.read(table.latest_due)

    def configure(self, config: Config) -> None:
        self._book.configure(config)
        self._lists: Mapping[str, ListConfig] = {each.name: each for each in config.lists}
        self._agree = [word for each in config.lists for word in each.agree]
        self._by_hand.configure(config)
        self._replies = {
            row.subscribe: row.reply for row in reversed(config.keywords.table) if row.subscribe
        }

    # texts

    def keyword(
        self, transaction: Transaction, host: Host, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        """``subscribe`` and ``unsubscribe``."""
        del rest
        if row.subscribe is not None:
            return Done(self._join(transaction, host, row.subscribe, message))
        if row.unsubscribe is not None:
            self._book.leave(transaction, row.unsubscribe, message.peer, "leave", message.id)
            host.withdrew(transaction, message.peer, message, row.unsubscribe)
            return Done()
        return None

    def _join(
        self, transaction: Transaction, host: Host, name: str, message: Message
    ) -> str | None:
        """Let somebody in, or ask them first; returns what they are told."""
        connection, peer = transaction.connection, message.peer
        host.invited(transaction, message)  # who joins wants to hear from us
        config = self._list(name)
        consent = self._book.current(connection, name, peer)
        if consent is not None and consent.state == "given":
            self._book.join(transaction, consent, message)
        elif config.confirm is None:
            new = consent or Consent(0, name, peer, "given", "message")
            self._book.give(transaction, new._replace(shown=config.shown), message)
        else:
            question = fill(config.confirm, _places(message, name))
            asked = Consent(0, name, peer, "asked", "message", request=message.id, shown=question)
            self._book.ask(transaction, asked, config.expires)
            return question
        return config.welcome

    def recipients(self) -> Mapping[str, Effect]:
        return {NAME: self._take}

    def _just_asked(self, transaction: Transaction, message: Message) -> Claim | None:
        found = self._answered(transaction, message)
        if found is None:
            return None
        peers = self._book.spellings(message.peer)
        is_last = correspondence.last_to(transaction.connection, peers) == found.question
        return Claim(NAME, why=found.why) if is_last else None

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """The answer to whether somebody wants a list, if nobody else has asked them anything since."""
        found = self._answered(transaction, message)
        if found is None:
            return None
        peers = self._book.spellings(message.peer)
        others = correspondence.awaits_answer(transaction.connection, peers, found.question)
        return None if others else Claim(NAME, why=found.why)

    def _answered(self, transaction: Transaction, message: Message) -> "_Answer | None":
        """What a message would answer, if it is an answer."""
        if transaction.now >= self._book.asking_until:
            return None
        if rules.answer(message.text or "", self._agree) is None:
            return None
        peers = self._book.spellings(message.peer)
        consent = table.asked(transaction.connection, peers, transaction.now)
        if consent is None or (consent.due_at or 0) <= transaction.now:
            return None
        answer = self._answer(consent, message)
        question = self._book.question(transaction.connection, consent)
        if answer is None or question is None:
            return None
        word = "yes" if answer else "no"
        return _Answer(question[0], f"a {word} to the list {consent.list}")

    def _answer(self, consent: Consent, message: Message) -> bool | None:
        return rules.answer(message.text or "", self._list(consent.list).agree)

    def _take(self, transaction: Transaction, host: Host, seq: int, message: Message) -> None:
        """Carry out the answer, and say so."""
        connection = transaction.connection
        consent = table.asked(connection, self._book.spellings(message.peer), transaction.now)
        answer = None if consent is None else self._answer(consent, message)
        if consent is None or answer is None:  # it was withdrawn meanwhile
            host.decline(transaction, seq, message, NAME)
            return
        config = self._list(consent.list)
        if answer:
            question = self._book.question(connection, consent)
            said = consent.shown if question is None else question[1]
            self._book.give(transaction, consent._replace(shown=said), message)
            text = config.welcome or self._replies.get(consent.list)
        else:
            self._book.end(transaction, message.peer, consent.list, "no", message.id)
            text = config.declined
        if text is not None:
            reply = Reply(fill(text, _places(message, consent.list)))
            host.answer(transaction, seq, NAME, reply)

    def _list(self, name: str) -> ListConfig:
        return self._lists.get(name) or ListConfig(name=name)

    # for the other features

    def given(self, connection: sqlite3.Connection, lists: Sequence[str], peer: str) -> bool:
        """True if somebody agreed to get one of these lists."""
        return self._book.given(connection, lists, peer)

    def withdrew(
        self,
        transaction: Transaction,
        host: Host,
        peer: str | None,
        message: Message | None,
        list_: str | None = None,
    ) -> None:
        del host
        by = "stop" if list_ is None else "request"
        self._book.end(transaction, peer, list_, by, message.id if message else None)

    def resumed(self, transaction: Transaction, message: Message) -> None:
        self._book.resume(transaction, message)

    def redacted(self, transaction: Transaction, seq: int) -> None:
        """What the message said that agreed."""
        table.redact(transaction.connection, seq)

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        now = self._ledger.timeline.now()
        consents = [shown(each, now) for each in table.of_peer(connection, peers)]
        return msgspec.structs.replace(person, consents=consents)

    def forget(self, transaction: Transaction, peer: str) -> int:
        """What was shown and said; that there was a consent stays, and when."""
        return table.forget(transaction.connection, peer, transaction.wall)

    def methods(self, host: Host) -> Sequence[Bound]:
        return self._by_hand.methods(host)


class _Answer(NamedTuple):
    """An answer to our message ``question`` (``seq``), and that in words."""

    question: int
    why: str


def _places(message: Message, name: str) -> Mapping[str, str]:
    return {**places_of(message), "list": name}
