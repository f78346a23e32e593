"""Conversations taken up from messages: nothing is written for the desk when a message comes or goes.

**Theory of operation.** A message is given a number (``message.seq``) that only ever grows. The table of
conversations says what the messages up to a number tell: the newest of each peer, how many there were. What is
beyond, the rest, is read whenever somebody asks, and is short: who asks has the table catch up first where the
rest is longer than `REST` messages. So a message costs nothing until somebody looks at the desk, and then a part
of one commit for hundreds of them. Each step of catching up is a transaction of its own that moves the number on
together with what it counted, so none is counted twice, whatever is killed when.
"""

import asyncio
import logging
import sqlite3
from functools import partial
from typing import NamedTuple

from gsmd import numbers
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import messages

log = logging.getLogger(__name__)

REST = 200
"""Messages that a look at the desk reads besides the table."""

_STEP = 20_000
"""Messages that are read at once, and peers that are written at once."""


class Gist(NamedTuple):
    """What some messages say of one peer: the newest, the newest of theirs (``message.seq``; 0: none), how many."""

    last: int = 0
    heard: int = 0
    received: int = 0
    sent: int = 0

    def __add__(self, more: "Gist") -> "Gist":  # type: ignore[override] # it is no sequence to anybody
        return Gist(
            max(self.last, more.last),
            max(self.heard, more.heard),
            self.received + more.received,
            self.sent + more.sent,
        )


class More(NamedTuple):
    """What the messages behind one number and up to another say, by peer."""

    behind: int
    until: int
    gists: dict[str, Gist]


class Gathering:
    """The table of conversations, held close to the messages. ``country`` (ISO 3166) completes national numbers."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._catching_up = asyncio.Lock()
        self.country: str | None = None

    async def catch_up(self) -> None:
        """Leave a rest of `REST` messages at most. Where the store refuses, the rest is as long as it is."""
        async with self._catching_up:
            try:
                while await self._ledger.read(self._is_behind):
                    more, is_whole = await self._ledger.read(self._begin), False
                    while not is_whole and len(more.gists) < _STEP:  # others read in between
                        more, is_whole = await self._ledger.read(partial(self._further, more))
                    await self._ledger.write(partial(self._write, more=more))
            except StoreError as error:
                log.warning("the table of conversations is not brought up to date: %s", error)

    def rest(self, connection: sqlite3.Connection) -> dict[str, Gist]:
        """What is not in the table yet, by peer."""
        return self._all(connection).gists

    def settle(self, transaction: Transaction) -> None:
        """Leave no rest at all, within a transaction; after `catch_up` there is little of it."""
        self._write(transaction, self._all(transaction.connection))

    def key(self, connection: sqlite3.Connection, peer: str) -> str:
        """The one spelling of a peer of a message."""
        return numbers.canonical(peer, self.country, known=partial(messages.is_known, connection))

    def spellings(self, typed: str) -> tuple[str, ...]:
        """A number as it was typed, canonical first, and how the store may have it; a sender's name as it is."""
        try:
            peer = numbers.normalise(typed, self.country)
        except numbers.NotANumber:
            return (typed,)
        return numbers.spellings(peer, self.country) if self.country else (peer,)

    def _is_behind(self, connection: sqlite3.Connection) -> bool:
        until, country = self._reach(connection)
        newest = messages.next_seq(connection) - 1
        return newest - until > REST or (country != self.country and until > 0)

    def _reach(self, connection: sqlite3.Connection) -> tuple[int, str | None]:
        row = connection.execute("SELECT until, country FROM conversations_reach").fetchone()
        return (0, self.country) if row is None else row

    def _begin(self, connection: sqlite3.Connection) -> More:
        behind, _ = self._reach(connection)
        return More(behind, behind, {})

    def _all(self, connection: sqlite3.Connection) -> More:
        more, is_whole = self._begin(connection), False
        while not is_whole:
            more, is_whole = self._further(more, connection)
        return more

    def _further(self, more: More, connection: sqlite3.Connection) -> tuple[More, bool]:
        """Add what the next `_STEP` messages say; True if there are no more."""
        (end,) = connection.execute(_END, (more.until, _STEP)).fetchone()
        if end is None:
            return more, True
        gists = more.gists
        for peer, *gist in connection.execute(_GISTS, (more.until, end)):
            key = self.key(connection, peer)
            gists[key] = gists.get(key, Gist()) + Gist(*gist)
        return More(more.behind, end, gists), False

    def _write(self, transaction: Transaction, more: More) -> None:
        connection = transaction.connection
        behind, country = self._reach(connection)
        if country != self.country:
            self._merge(connection)
        if behind != more.behind:
            return  # somebody else has taken them up meanwhile
        rows = [(peer, *gist) for peer, gist in more.gists.items()]
        connection.executemany(_TAKE_UP, rows)
        if (more.until, self.country) != (behind, country):
            connection.execute(
                "INSERT OR REPLACE INTO conversations_reach VALUES (1, ?, ?)",
                (more.until, self.country),
            )

    def _merge(self, connection: sqlite3.Connection) -> None:
        """Another country: what is one subscriber now becomes one conversation."""
        found = connection.execute("SELECT peer FROM conversation WHERE peer GLOB '[0-9]*'")
        for (peer,) in found.fetchall():
            if (key := self.key(connection, peer)) != peer:
                for statement in _MERGE:
                    connection.execute(statement, {"peer": peer, "key": key})


_END = (
    "SELECT max(seq) FROM (SELECT seq FROM message NOT INDEXED WHERE seq > ? ORDER BY seq LIMIT ?)"
)
_GISTS = (
    "SELECT peer, max(seq), max(iif(direction = 'inbound', seq, 0)), sum(direction = 'inbound'),"
    " sum(direction = 'outbound') FROM message NOT INDEXED"
    " WHERE seq > ? AND seq <= ? AND peer != '' AND kind != 'report' GROUP BY peer"
)
_TAKE_UP = (
    # who was forgotten meanwhile does not come back
    "INSERT INTO conversation (peer, last, heard, received, sent)"
    " SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM message WHERE seq = ?2)"
    " ON CONFLICT DO UPDATE SET last = excluded.last, heard = max(heard, excluded.heard),"
    " received = received + excluded.received, sent = sent + excluded.sent"
)
_MERGE = (
    (
        "INSERT INTO conversation SELECT :key, last, heard, received, sent, deleted, state, assignee, snooze_until,"
        " opened_at FROM conversation WHERE peer = :peer ON CONFLICT DO UPDATE SET last = max(last, excluded.last),"
        " heard = max(heard, excluded.heard), received = received + excluded.received, sent = sent + excluded.sent"
    ),
    "UPDATE OR IGNORE conversation_label SET peer = :key WHERE peer = :peer",
    "UPDATE OR IGNORE conversation_note SET peer = :key WHERE peer = :peer",
    "UPDATE conversation_closing SET peer = :key WHERE peer = :peer",
    "DELETE FROM conversation WHERE peer = :peer",
)
