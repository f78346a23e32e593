"""Keywords: what the table of the configuration says about a message, done."""

import sqlite3
from collections.abc import Sequence
from typing import Literal

from gsmd.config import Config, HandlerConfig, Keyword, KeywordsConfig
from gsmd.core.effects import PREFIX
from gsmd.core.outbound import Outbound
from gsmd.core.twoway.optouts import OptOuts
from gsmd.core.twoway.polls import Polls
from gsmd.handlers.program import ProgramSettings
from gsmd.numbers import spellings
from gsmd.protocol.message import Kind, Message, Reply
from gsmd.store.ledger import Transaction
from gsmd.store.tables import lists, reply_quota
from gsmd.store.tables.lists import Member
from gsmd.twoway.keywords import Table, overview
from gsmd.twoway.templates import fill
from gsmd.words import keyword, word_and_rest

NAME = PREFIX + "keywords"

Row = Keyword | Literal["help"]


def programs(config: KeywordsConfig) -> Sequence[HandlerConfig]:
    """A handler for every keyword that runs a program; it gets only what the table gives it."""
    return tuple(
        HandlerConfig(name=_program(row), settings=ProgramSettings(run=row.run, reply=True))
        for row in config.table
        if row.run is not None
    )


class Keywords:
    """Answers what people text."""

    def __init__(self, config: Config, outbound: Outbound, optouts: OptOuts, polls: Polls) -> None:
        self._outbound = outbound
        self._optouts = optouts
        self._polls = polls
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by another table."""
        self._config = config.keywords
        self._country = config.outbound.country
        rows: list[tuple[Sequence[str], Row]] = [(row.word, row) for row in self._config.table]
        rows.append((self._config.help, "help"))
        self._table: Table[Row] = Table(rows, misspelt=self._config.misspelt)

    def claims(self, connection: sqlite3.Connection, message: Message) -> str | None:
        """What begins with a word of the table."""
        del connection
        row = self._table.find(message.text or "")
        if row is None:
            return None
        return NAME if row == "help" or row.run is None else _program(row)

    def mark(self, transaction: Transaction, seq: int, message: Message) -> None:
        """The message remembers which keyword it began with, for statistics."""
        row = self._table.find(message.text or "") if message.kind is Kind.TEXT else None
        if row is not None:
            meant = self._config.help[0] if row == "help" else row.word[0]
            reply_quota.set_keyword(transaction.connection, seq, meant.upper())

    def fallback(self, message: Message) -> str | None:
        """Texts that nobody took, where there is an answer for them."""
        if self._config.default is None or message.kind is not Kind.TEXT:
            return None
        return NAME

    def take(self, transaction: Transaction, seq: int, message: Message) -> None:
        """Do what the row says, and answer."""
        row = self._table.find(message.text or "")
        if row is None:
            self._answer(transaction, seq, message, self._config.default)
        elif row == "help":
            self._answer(transaction, seq, message, self._overview())
        elif row.poll is not None:
            rest = word_and_rest(message.text or "")[1]
            reply = self._polls.vote(transaction, row.poll, message, rest)
            self._answer(transaction, seq, message, reply)
        else:
            self._change_lists(transaction, row, message)
            self._answer(transaction, seq, message, row.reply)

    def _answer(
        self, transaction: Transaction, seq: int, message: Message, template: str | None
    ) -> None:
        if template is not None:
            text = fill(template, _values(message))
            self._outbound.answer(transaction, seq, NAME, Reply(text))

    def _change_lists(self, transaction: Transaction, row: Keyword, message: Message) -> None:
        connection, at = transaction.connection, transaction.wall
        _, *others = peers = spellings(message.peer, self._country)
        if row.subscribe is not None:
            self._optouts.welcome_back(transaction, message)  # who joins wants to hear from us
            lists.create(connection, row.subscribe, at)
            new = lists.add(connection, row.subscribe, Member(message.peer, {}, at, message.id))
            known = [lists.remove(connection, row.subscribe, other) for other in others]
            if new and not any(known):
                transaction.record_event("list.joined", None, message.id, list=row.subscribe)
        if row.unsubscribe is not None and sum(
            lists.remove(connection, row.unsubscribe, peer) for peer in peers
        ):
            transaction.record_event("list.left", None, message.id, list=row.unsubscribe)

    def _overview(self) -> str:
        rows = [(row.word[0], row.help) for row in self._config.table if row.help]
        return overview([(word, what) for word, what in rows if what])


def _values(message: Message) -> dict[str, str]:
    text = message.text or ""
    word, rest = word_and_rest(text)
    return {
        "peer": message.peer,
        "text": text,
        "word": word,
        "rest": rest,
        "modem": message.modem or "",
        "date": message.created_at.astimezone().strftime("%Y-%m-%d"),
        "time": message.created_at.astimezone().strftime("%H:%M"),
    }


def _program(row: Keyword) -> str:
    return f"{PREFIX}keyword.{keyword(row.word[0])}"
