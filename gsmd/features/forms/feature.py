"""Forms: feedback, surveys, requests, orders, appointments; asked question by question."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Literal, Protocol

import msgspec

from gsmd.config import Config, Keyword
from gsmd.features import PREFIX, Claim, Effect, Feature, Host
from gsmd.features.forms import rules, table
from gsmd.features.forms.by_hand import ByHand
from gsmd.features.forms.dialogue import ENDED, Turn, end
from gsmd.features.forms.leaving import Leaving
from gsmd.features.forms.reading import Answering
from gsmd.features.forms.standing import of_config, shown
from gsmd.features.forms.table import Entry
from gsmd.numbers import spellings
from gsmd.protocol.events import Event
from gsmd.protocol.message import Message, Reply
from gsmd.protocol.method import Bound
from gsmd.protocol.people import Person
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import form_deliveries
from gsmd.words import word_and_rest

log = logging.getLogger(__name__)

NAME = PREFIX + "forms"

_AT_ONCE = 500
"""Entries that are abandoned in one transaction."""

_LONGEST_WAIT = 3600.0
"""Seconds after which the timeline is looked at again."""


class Words(Protocol):
    """As much of the keyword table as forms need."""

    def named(self, text: str) -> Keyword | Literal["help"] | None:
        """The row whose word a text begins with, as the word is spelt."""
        ...

    def meant(self, text: str) -> Keyword | Literal["help"] | None:
        """The same, or the row whose word is misspelt in it."""
        ...


class Forms(Feature):
    """Asks questions, and takes what is texted while one is open as its answer.

    `leaving` is a feature of its own, to be asked earlier: CANCEL ends the form, and nothing else.
    """

    def __init__(self, config: Config, ledger: Ledger, words: Words) -> None:
        self._ledger = ledger
        self._words = words
        self._is_used = True  # until the first look
        self._any_open = True
        self._changed = asyncio.Event()
        self.leaving = Leaving(self.entry_of, NAME)
        self.by_hand = ByHand(ledger)
        ledger.bus.subscribe(self._hear)
        self.configure(config)

    async def open(self) -> None:
        self._is_used = await self._ledger.read(table.is_any)

    def prepare(self, transaction: Transaction, config: Config) -> None:
        """Make the forms of the configuration, or bring them up to date; close those it no longer has."""
        connection, at = transaction.connection, transaction.wall
        names = {each.name for each in config.forms}
        for form in table.all_of_them(connection) if self._is_used else ():
            if form.configured and form.name not in names:
                table.close(connection, form.name, form.closed_at or at)
                table.release(connection, form.name)
        for each in config.forms:
            table.save(connection, of_config(each, at))
            self._is_used = True

    def configure(self, config: Config) -> None:
        self._country = self.by_hand.country = config.outbound.country

    async def run(self, host: Host) -> None:
        """Abandon entries whose time is over, until cancelled."""
        del host
        while True:
            self._changed.clear()
            wait = None
            if self._any_open:
                wait = await self._ledger.insist(self._abandon_overdue, _refused)
                self._any_open = wait is not None
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()

    def _abandon_overdue(self, transaction: Transaction) -> float | None:
        """Returns how long to wait for the next one, None if there is none."""
        connection = transaction.connection
        for entry in table.overdue(connection, transaction.now, _AT_ONCE):
            if form := table.get(connection, entry.form):
                end(transaction, entry, form, "abandoned")
        if (at := table.next_end(connection)) is None:
            return None
        return min(max(0, at - transaction.now) / 1000 + 0.001, _LONGEST_WAIT)

    def _hear(self, event: Event) -> None:
        if event.type in {"form.started", "form.created"}:
            self._is_used = self._any_open = True
            self._changed.set()

    # texts

    def recipients(self) -> Mapping[str, Effect]:
        return {NAME: self._take}

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """A text of somebody who is being asked, if it is no keyword; and one right behind the beginning of a form."""
        if not self._is_used or self._words.named(message.text or "") is not None:
            return None
        if (entry := self.entry_of(transaction, message)) is not None:
            return Claim(NAME, why=f"an answer in the form {entry.form}")
        lanes = json.dumps(self._spellings(message.peer))
        if form_deliveries.is_pending(transaction.connection, NAME, lanes):
            return Claim(NAME, why="behind a text to a form that is not dealt with yet")
        return None

    def entry_of(self, transaction: Transaction, message: Message) -> Entry | None:
        """The entry that a message may be about, if somebody is being asked."""
        if not self._is_used:
            return None
        peers = self._spellings(message.peer)
        return table.open_entry(
            transaction.connection, peers, message.modem, transaction.now, message.id
        )

    def _take(self, transaction: Transaction, host: Host, seq: int, message: Message) -> None:
        """Begin a form, or take an answer; and say what comes next."""
        day = message.created_at.astimezone().date()
        answering = Answering(day, self._country, message.peer)
        turn = Turn(transaction, host, seq, message, answering)
        entry = self.entry_of(transaction, message)
        if (named := self._form_named(message.text or "", entry)) is not None:
            text = self._begin(turn, named, entry)
        elif entry is None:
            host.decline(transaction, seq, message, NAME)
            return
        else:
            text = self._answer(turn, entry)
        if text is not None:
            host.answer(transaction, seq, NAME, Reply(text))

    def _form_named(self, text: str, entry: Entry | None) -> str | None:
        """The form whose keyword a text begins with: while one is open, only as the word is spelt."""
        row = self._words.meant(text) if entry is None else self._words.named(text)
        return row.form if isinstance(row, Keyword) else None

    def _begin(self, turn: Turn, name: str, entry: Entry | None) -> str | None:
        """Begin a form; one that is open meanwhile is given up, unless it is the same, which had no answer yet."""
        transaction, message = turn.transaction, turn.message
        connection = transaction.connection
        form = table.get(connection, name)
        if form is None or form.closed_at is not None:
            return ENDED
        rest = word_and_rest(message.text or "")[1]
        is_same = entry is not None and entry.form == name
        if entry is not None and is_same and (form.once or not (entry.answers or rest)):
            return turn.again(form, entry)
        peers = self._spellings(message.peer)
        if form.once and table.has_answered(connection, name, peers, transaction.now):
            return form.texts.already
        if entry is not None and (former := table.get(connection, entry.form)) is not None:
            end(transaction, entry, former, "abandoned")
        return turn.begin(form, rest)

    def _answer(self, turn: Turn, entry: Entry) -> str | None:
        form = table.get(turn.transaction.connection, entry.form)
        if form is None:
            return None
        if rules.leaves(turn.message.text or ""):
            return turn.cancel(form, entry)
        return turn.answer(form, entry)

    def _spellings(self, peer: str) -> Sequence[str]:
        return spellings(peer, self._country)

    # for the other features

    def redacted(self, transaction: Transaction, seq: int) -> None:
        """What was said in the last message of an entry is not kept: nor is what the entry says in free words."""
        if not self._is_used:
            return
        connection = transaction.connection
        for entry in table.redact(connection, seq):
            form = table.get(connection, entry.form)
            table.keep_only_figures(connection, entry, form.questions if form else ())
        form_deliveries.wipe(connection, seq)

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        entries = [shown(each) for peer in peers for each in table.of_peer(connection, peer)]
        return msgspec.structs.replace(person, forms=entries)

    def forget(self, transaction: Transaction, peer: str) -> int:
        return table.erase(transaction.connection, peer)

    def methods(self, host: Host) -> Sequence[Bound]:
        return self.by_hand.methods(host)


def _refused(error: StoreError) -> None:
    log.warning("forms whose time is over wait for the store: %s", error)
