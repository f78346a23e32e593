"""The desk: conversations that people list, take, label, note on, snooze and close; a message of theirs opens them again."""

import asyncio
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol

import msgspec

from gsmd.clock import Milliseconds
from gsmd.config import Config, Keyword
from gsmd.features import PREFIX, Claim, Done, Feature, Host
from gsmd.features.desk import pages, table, telling
from gsmd.features.desk.figures import figures
from gsmd.features.desk.gathering import Gathering
from gsmd.features.desk.listing import Listing
from gsmd.features.desk.rules import Standing, changed, differences, with_label
from gsmd.features.desk.table import Row
from gsmd.features.desk.texts import TextIndex
from gsmd.protocol import conversations as rows
from gsmd.protocol.conversations import Attention
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import Kind, Message
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.people import Person
from gsmd.protocol.types import Nothing
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import messages
from gsmd.store.tables.messages import moment

log = logging.getLogger(__name__)

_LONGEST_WAIT = 60.0
"""Seconds after which the wall clock is looked at again: it may have been set."""

_UPDATED = "conversation.updated"

_FORMS = PREFIX + "forms"


class Questions(Protocol):
    """Whoever asks questions by message."""

    def ask(
        self,
        transaction: Transaction,
        host: Host,
        name: str,
        peer: str,
        fields: Mapping[str, str],
    ) -> object:
        """Ask ``peer`` what the form of that name asks. Errors: `Refused`."""
        ...


class Desk(Feature):
    """Conversations by number, as people write it or as the network gave it."""

    def __init__(self, config: Config, ledger: Ledger, questions: Questions) -> None:
        self._ledger = ledger
        self._questions = questions
        self._gathering = Gathering(ledger)
        self._texts = TextIndex(ledger)
        self._listing = Listing(ledger, self._gathering, self._texts)
        self._any_at_rest = True  # until the first look
        self._changed = asyncio.Event()
        ledger.bus.subscribe(self._hear)
        self.configure(config)

    async def open(self) -> None:
        self._any_at_rest = await self._ledger.read(table.is_any_at_rest)

    def prepare(self, transaction: Transaction, config: Config) -> None:
        self._texts.prepare(transaction, wanted=config.desk.search)

    def configure(self, config: Config) -> None:
        self._gathering.country = config.outbound.country
        self._canned = config.desk.canned
        self._ask_after_closing = config.desk.ask_after_closing
        self._texts.enabled = config.desk.search

    async def run(self, host: Host) -> None:
        """End what is snoozed when its time has come, and have texts found quickly, until cancelled."""
        del host
        async with asyncio.TaskGroup() as group:
            group.create_task(self._wake_snoozed())
            group.create_task(self._texts.run())

    async def _wake_snoozed(self) -> None:
        while True:
            self._changed.clear()
            if self._any_at_rest:
                wait = await self._ledger.insist(self._end_snoozes, _refused)
            else:
                wait = None
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()

    def _end_snoozes(self, transaction: Transaction) -> float | None:
        """End those that are over; returns how long to wait for the next, None if there is none."""
        connection = transaction.connection
        for peer in table.ended(connection, transaction.wall):
            before = table.reopen(connection, peer, transaction.wall)
            _tell(
                transaction,
                peer,
                _UPDATED,
                state=Attention.OPEN,
                before=before,
                cause="snooze_over",
            )
        if (at := table.next_end(connection)) is None:
            return None
        return min(max(0, at - transaction.wall) / 1000, _LONGEST_WAIT)

    def _hear(self, event: Event) -> None:
        if event.type == _UPDATED and event.fields.get("state") not in (None, Attention.OPEN):
            self._any_at_rest = True
            self._changed.set()

    # messages

    def published(
        self,
        transaction: Transaction,
        host: Host,
        seq: int,
        message: Message,
        claim: Claim | None,
        *,
        ignored: bool,
    ) -> None:
        """What they say opens their conversation again, but for what they answer to a form."""
        del host, seq
        if claim is not None and claim.recipient == _FORMS:
            return
        if ignored or not self._any_at_rest or message.kind not in (Kind.TEXT, Kind.DATA):
            return
        peer = self._gathering.key(transaction.connection, message.peer)
        before = table.reopen(transaction.connection, peer, transaction.wall)
        if before is not None:
            cause = {"cause": "message", "message": message.id}
            _tell(transaction, peer, _UPDATED, state=Attention.OPEN, before=before, **cause)

    def keyword(
        self, transaction: Transaction, host: Host, row: Keyword, message: Message, rest: str
    ) -> Done | None:
        """``desk``: the conversation is open, and has a label, or is somebody's."""
        del host, rest
        if row.desk is None:
            return None
        self._gathering.settle(transaction)
        peer = self._gathering.key(transaction.connection, message.peer)
        found = table.rows(transaction.connection, [peer]).get(peer)
        if found is not None:
            before = table.standing(transaction.connection, found)
            after = before._replace(
                state=Attention.OPEN,
                snooze_until=None,
                labels=with_label(before.labels, row.desk.label),
                assignee=row.desk.assignee or before.assignee,
            )
            self._move(transaction, found, before, after, cause="keyword", message=message.id)
        return Done()

    # for the other features

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        row = self._row(connection, peers)
        if row is None:
            return person
        record = telling.record(connection, row)
        return msgspec.structs.replace(person, conversation=record)

    def forget(self, transaction: Transaction, peer: str) -> int:
        self._texts.clear(transaction)
        return table.erase(transaction.connection, peer)

    # by hand

    def saying(self, connection: sqlite3.Connection, search: str) -> Sequence[int] | None:
        """From the index of texts, where there is one."""
        return self._texts.numbers(connection, search)

    def methods(self, host: Host) -> Sequence[Bound]:
        return (
            bind(rows.LIST, lambda _, p: self._listing.page(host, p)),
            bind(rows.GET, self._get),
            bind(rows.SET, partial(self._set, host)),
            bind(rows.NOTE, self._note),
            bind(rows.READING, self._read),
            bind(rows.CANNED, self._replies),
            bind(rows.FIGURES, self._figures),
        )

    async def _get(self, _: Context, p: rows.ConversationParams) -> rows.ConversationRecord:
        return await self._ledger.read(lambda c: self._record(c, p.peer))

    async def _figures(self, _: Context, p: rows.DeskFiguresParams) -> rows.DeskFigures:
        await self._gathering.catch_up()
        now = self._ledger.clock.wall()
        since = 0 if p.since is None else messages.milliseconds(p.since)
        until = now + 1 if p.until is None else messages.milliseconds(p.until)
        return await self._ledger.read(lambda c: figures(c, since, until))

    async def _set(
        self, host: Host, context: Context, p: rows.ConversationSetParams
    ) -> rows.ConversationRecord:
        until = None if p.snooze_until is None else messages.milliseconds(p.snooze_until)

        def job(transaction: Transaction) -> rows.ConversationRecord:
            row = self._existing(transaction, p.peer)
            before = table.standing(transaction.connection, row)
            after = changed(before, p, until, transaction.wall)
            self._move(transaction, row, before, after, by=_author(transaction, context))
            if after.state is Attention.CLOSED and before.state is not Attention.CLOSED:
                self._ask(transaction, host, row.peer, after.assignee)
            return self._record(transaction.connection, row.peer)

        await self._gathering.catch_up()
        return await stored(self._ledger.write(job))

    def _ask(self, transaction: Transaction, host: Host, peer: str, assignee: str | None) -> None:
        """Ask somebody whose conversation is closed how it was, where that is wanted and they may be asked."""
        if (form := self._ask_after_closing) is None:
            return
        fields = {} if assignee is None else {"assignee": assignee}
        try:
            with transaction.attempt():
                self._questions.ask(transaction, host, form, peer, fields)
        except Refused as refusal:
            reason = str(refusal.data["reason"])
            _tell(transaction, peer, "conversation.not_asked", form=form, reason=reason)

    async def _note(self, context: Context, p: rows.NoteParams) -> rows.Note:
        def job(transaction: Transaction) -> rows.Note:
            row = self._existing(transaction, p.peer)
            by = _author(transaction, context)
            kept, new = table.note(
                transaction.connection, row.peer, transaction.wall, by, p.text, p.key
            )
            if new:
                _tell(transaction, row.peer, "conversation.note", note=kept.seq, by=kept.by)
            return telling.note(kept)

        await self._gathering.catch_up()
        return await stored(self._ledger.write(job))

    async def _read(self, _: Context, p: rows.ReadParams) -> rows.ReadMark:
        def job(transaction: Transaction) -> rows.ReadMark:
            connection = transaction.connection
            row = self._existing(transaction, p.peer)
            until = row.last if p.message is None else self._place_of(connection, row, p.message)
            table.read(connection, row, p.by, until, transaction.wall)
            (mark,) = (each for each in table.reads(connection, row.peer) if each.by == p.by)
            told = telling.read_mark(connection, row, mark)
            _tell(transaction, row.peer, "conversation.read", by=p.by, unread=told.unread)
            return told

        await self._gathering.catch_up()
        return await stored(self._ledger.write(job))

    async def _replies(self, _: Context, __: Nothing) -> rows.CannedReplies:
        canned = [rows.CannedReply(name=each.name, text=each.text) for each in self._canned]
        return rows.CannedReplies(canned)

    def _move(
        self,
        transaction: Transaction,
        row: Row,
        before: Standing,
        after: Standing,
        **why: str,
    ) -> None:
        """Bring a conversation to another standing, and tell of it if it is another."""
        if before == after:
            return
        opened: Milliseconds | None = None
        if after.state is Attention.CLOSED and before.state is not Attention.CLOSED:
            table.close(transaction.connection, row, transaction.wall, why.get("by", ""))
        elif before.state is Attention.CLOSED and after.state is not Attention.CLOSED:
            opened = transaction.wall
        table.save(transaction.connection, row.peer, before, after, opened)
        told = differences(before, after)
        if after.state is not before.state or after.snooze_until != before.snooze_until:
            told |= {"state": after.state, "before": before.state}
        if after.snooze_until is not None:
            told["snooze_until"] = moment(after.snooze_until).isoformat()
        _tell(transaction, row.peer, _UPDATED, **told, **why)

    def _record(self, connection: sqlite3.Connection, typed: str) -> rows.ConversationRecord:
        """All that is known of a conversation. Errors: `Refused` if there is none."""
        row = self._row(connection, self._gathering.spellings(typed))
        if row is None:
            raise _unknown(typed)
        return telling.record(connection, row)

    def _row(self, connection: sqlite3.Connection, peers: Sequence[str]) -> Row | None:
        """The conversation with a subscriber who is spelt so, the rest included."""
        rest, kept = self._gathering.rest(connection), table.rows(connection, peers)
        for peer in peers:
            row = kept.get(peer)
            if peer in rest:
                return pages.added(row or pages.blank(peer), rest[peer])
            if row is not None:
                return row
        return None

    def _existing(self, transaction: Transaction, typed: str) -> Row:
        """A conversation that the table has. Errors: `Refused` if there is none."""
        self._gathering.settle(transaction)
        peers = self._gathering.spellings(typed)
        kept = table.rows(transaction.connection, peers)
        for peer in peers:
            if peer in kept:
                return kept[peer]
        raise _unknown(typed)

    def _place_of(self, connection: sqlite3.Connection, row: Row, id_: str) -> int:
        found = messages.find(connection, id_)
        if found is None or self._gathering.key(connection, found[1].peer) != row.peer:
            text = f"there is no message {id_!r} in it"
            raise Refused(Code.NOT_FOUND, text, reason="no_such_message", field="message")
        return found[0]


def _tell(transaction: Transaction, peer: str, type_: str, **fields: object) -> None:
    transaction.tell(type_, msgspec.to_builtins({"peer": peer, **fields}))


def _author(transaction: Transaction, context: Context) -> str:
    """The person for whom it is done; the caller's user where nobody is named."""
    return transaction.actor or context.user


def _unknown(typed: str) -> Refused:
    text = f"there is no conversation with {typed}"
    return Refused(Code.NOT_FOUND, text, reason="no_such_conversation", field="peer")


def _refused(error: StoreError) -> None:
    log.warning("snoozed conversations wait for the store: %s", error)
