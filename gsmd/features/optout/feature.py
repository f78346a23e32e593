"""Opting out of messages: STOP and START, and the same by hand."""

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from gsmd.config import Config
from gsmd.features import PREFIX, Claim, Effect, Feature, Host
from gsmd.features.optout import table
from gsmd.features.optout.rules import Vocabulary, Wish, answer
from gsmd.features.optout.table import Change, Suppression
from gsmd.numbers import same_subscriber
from gsmd.protocol import optout as rows
from gsmd.protocol.message import Failure, Message, Reply
from gsmd.protocol.method import Bound, Context, bind, by
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import BEYOND, cut, number
from gsmd.protocol.people import Person
from gsmd.protocol.types import PageParams
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables.messages import moment

NAME = PREFIX + "optout"

_CHANGES = 1000
"""Lines of the audit trail that are shown of one number."""


class OptOut(Feature):
    """Keeps the suppression list, and its audit trail."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._config = config.optout
        self._country = config.outbound.country
        self._words = Vocabulary(config.optout.stop, config.optout.start)

    def recipients(self) -> Mapping[str, Effect]:
        return {NAME: self._take}

    def claim(self, transaction: Transaction, message: Message) -> Claim | None:
        """A STOP, and a START of somebody who said STOP."""
        asked = self._words.wish(message.text or "") if self._config.enabled else None
        if asked is None:
            return None
        if asked[0] is Wish.START and self._entry(transaction.connection, message.peer) is None:
            return None
        return Claim(NAME, why=str(asked[0]).upper())

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
        """Carry out STOP and the like also of a sender that is blocked."""
        del claim
        if ignored and self.claim(transaction, message):
            self._take(transaction, host, seq, message)

    def _take(self, transaction: Transaction, host: Host, seq: int, message: Message) -> None:
        """Carry out what a message asks for, and confirm it, once."""
        asked = self._words.wish(message.text or "")
        if asked is None:
            return  # the words were changed meanwhile
        wish, language = asked
        changed = self._carry_out(
            transaction, message.peer, wish, "message", message.id, message.text
        )
        if wish is Wish.STOP:
            host.withdrew(transaction, message.peer, message)
        if not changed:
            return
        if wish is Wish.START:
            host.resumed(transaction, message)
        if self._config.confirm:
            own = self._config.goodbye if wish is Wish.STOP else self._config.welcome
            reply = Reply(own or answer(wish, language))
            host.answer(transaction, seq, NAME, reply, override=True)

    def invited(self, transaction: Transaction, message: Message) -> None:
        """They asked for messages in another way than by START."""
        if self._entry(transaction.connection, message.peer) is not None:
            self._carry_out(
                transaction, message.peer, Wish.START, "message", message.id, message.text
            )

    def may_send(self, transaction: Transaction, destination: str) -> Failure | None:
        if self._entry(transaction.connection, destination) is None:
            return None
        return Failure("opted_out", "the recipient opted out of messages from us")

    def about(self, connection: sqlite3.Connection, peers: Sequence[str], person: Person) -> Person:
        changes = [
            _change_of(change)
            for peer in peers
            for _, change in table.history(connection, peer, BEYOND, _CHANGES)
        ]
        return msgspec.structs.replace(person, optout=changes)

    def forget(self, transaction: Transaction, peer: str) -> int:
        """Only what they wrote: that they opted out stays."""
        return table.erase_notes(transaction.connection, peer)

    def methods(self, host: Host) -> Sequence[Bound]:
        return (
            bind(rows.LIST, self._list),
            bind(rows.LOG, self._log),
            bind(rows.ADD, lambda context, p: self._add(host, context, p)),
            bind(rows.REMOVE, self._remove),
        )

    async def _list(self, _: Context, p: PageParams) -> rows.OptOuts:
        found = await self._ledger.read(lambda c: table.listing(c, p.after or "", p.limit + 1))
        page, next_ = cut(found, p.limit, lambda each: each.peer)
        return rows.OptOuts([_opt_out(each) for each in page], next_)

    async def _log(self, _: Context, p: rows.OptOutLogParams) -> rows.OptOutLog:
        before = number(p.after, BEYOND)
        found = await self._ledger.read(lambda c: table.history(c, p.peer, before, p.limit + 1))
        page, next_ = cut(found, p.limit, lambda row: row[0])
        return rows.OptOutLog([_change_of(each) for _, each in page], next_)

    async def _add(self, host: Host, context: Context, p: rows.OptOutParams) -> rows.OptedOut:
        """They want no more messages. Errors: `Refused`."""

        def job(transaction: Transaction) -> bool:
            added = self._by_hand(transaction, context, p, Wish.STOP)
            host.withdrew(transaction, normalise(p.peer, self._country), None)
            return added

        return rows.OptedOut(p.peer, await stored(self._ledger.write(job)))

    async def _remove(self, context: Context, p: rows.OptOutParams) -> rows.OptedIn:
        """They want messages again. Errors: `Refused`."""
        job = self._ledger.write(lambda t: self._by_hand(t, context, p, Wish.START))
        return rows.OptedIn(p.peer, await stored(job))

    def _by_hand(
        self, transaction: Transaction, context: Context, p: rows.OptOutParams, wish: Wish
    ) -> bool:
        """False if it was so."""
        number = normalise(p.peer, self._country)
        note = p.note or by(context, p)
        return self._carry_out(transaction, number, wish, p.source or "request", None, note)

    def _carry_out(
        self,
        transaction: Transaction,
        peer: str,
        wish: Wish,
        source: str,
        message: str | None,
        note: str | None,
    ) -> bool:
        """True if anything changed. A message that was carried out before changes nothing."""
        connection = transaction.connection
        at, actor = transaction.wall, transaction.actor
        change = Change(at, peer, str(wish), source, message, note, actor)
        if not table.record(connection, change):
            return False
        entry = self._entry(connection, peer)
        if wish is Wish.STOP:
            new = Suppression(peer, at, source, message, note, actor)
            changed = entry is None and table.add(connection, new)
        else:
            changed = entry is not None and table.remove(connection, entry)
        if changed:
            transaction.record_event(f"optout.{wish}", None, message, peer=peer, source=source)
        return changed

    def _entry(self, connection: sqlite3.Connection, peer: str) -> str | None:
        """The number under which this one is on the list, however it is spelt."""
        alike = table.alike(connection, peer)
        return next((each for each in alike if same_subscriber(each, peer)), None)


def _opt_out(entry: Suppression) -> rows.OptOut:
    return rows.OptOut(**{**entry._asdict(), "at": moment(entry.at)})


def _change_of(change: Change) -> rows.OptOutChange:
    """A line of the audit trail as the protocol has it."""
    return rows.OptOutChange(**{**change._asdict(), "at": moment(change.at)})
