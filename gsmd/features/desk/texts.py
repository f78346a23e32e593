"""Texts of messages by their trigrams, so that a search through a million of them looks at a few.

**Theory of operation.** The index is SQLite's FTS5 over the message table, which keeps the texts themselves. It is
made when somebody searches for the first time, in the background, step by step, and never for a message that comes
or goes: what it lacks, the rest, is read beside it, and it catches up when the rest is long. Until it has, and where
this SQLite has no trigrams, or what is looked for is shorter than three characters or stands everywhere, conversations
are walked (`pages`). The index keeps ``rowid`` and trigrams only; every find is compared with the text that stands there.

**Erasing.** Triggers, made with the index, take out what is deleted or changed. From SQLite 3.42 on that leaves nothing
behind. An older one would keep what it was told to forget until pages happen to be merged: there a change of a text, and
somebody who is forgotten, empty the whole index, and the next search has it made anew. That is rare, because the newest
messages, those that are still being handled, and those that are not out yet are not taken up.
"""

import asyncio
import logging
import sqlite3
from contextlib import closing, suppress
from functools import cache
from typing import Any

from gsmd.features.desk.pages import pattern
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import messages, meta

log = logging.getLogger(__name__)

_STEP = 2_000
"""Messages that are taken up in one transaction."""

_FRESH = 1_000
"""So many of the newest messages are not taken up."""

_STUCK = 10_000
"""From so many messages behind the newest on, they are taken up whatever they wait for."""

LONGEST_REST = 20_000
"""Messages that may be read beside the index; with more of them it is not used."""

MOST = 2_000
"""Messages up to which a find is worth sorting; what stands in more is soon met by walking."""

_SHORTEST = 3  # characters: a trigram
_UNTIL = "desk.texts"


class TextIndex:
    """The index of a store. ``enabled``: it may be there at all."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.enabled = True
        self._searched = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Have it made, and catch up, once somebody has searched; until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._searched.wait()
            self._searched.clear()
            await self._ledger.insist_on(self.catch_up, _refused)

    def prepare(self, transaction: Transaction, *, wanted: bool) -> None:
        """At the start and with another configuration: leave none that is not wanted, or cannot be used."""
        connection = transaction.connection
        if not _exists(connection) or (wanted and is_possible()):
            return
        for name in _TRIGGERS:
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        meta.put(connection, _UNTIL, "0")
        with suppress(sqlite3.OperationalError):  # this SQLite does not know what it is
            connection.execute("DROP TABLE message_text")

    def candidates(self, connection: sqlite3.Connection, search: str) -> set[str] | None:
        """The peers with a message that says so; None where walking is better, or all there is."""
        if self._loop is not None and self.is_behind(connection):
            self._loop.call_soon_threadsafe(self._searched.set)
        found = self._found(connection, search, "m.peer", _BY_NAME)
        return None if found is None else set(found)

    def numbers(self, connection: sqlite3.Connection, search: str) -> list[int] | None:
        """The numbers of the messages that say so; None where walking is better. That has no index made, where there is none."""
        if self._loop is not None and _until(connection) and self.is_behind(connection):
            self._loop.call_soon_threadsafe(self._searched.set)
        return self._found(connection, search, "m.seq")

    def _found(
        self, connection: sqlite3.Connection, search: str, column: str, *others: str
    ) -> list[Any] | None:
        """``column`` of the messages, from the index and from what it lacks; and what ``others`` find."""
        if len(search) < _SHORTEST or "\0" in search or not self._is_usable(connection):
            return None
        grams = {search[at : at + 3] for at in range(len(search) - 2)}
        values = {
            "grams": " AND ".join('"' + gram.replace('"', '""') + '"' for gram in sorted(grams)),
            "search": pattern(search),
            "until": _until(connection),
        }
        found: list[Any] = []
        for query in (f"SELECT {column} {_IN_INDEX}", f"SELECT {column} {_IN_REST}", *others):
            some = [value for (value,) in connection.execute(query, values)]
            if len(some) > MOST:
                return None
            found += some
        return found

    def is_behind(self, connection: sqlite3.Connection) -> bool:
        """True if there are enough messages to take up."""
        if not self.enabled:
            return False
        until = _until(connection)
        return _end(connection) - until >= (_STEP if until else 1)

    async def catch_up(self) -> None:
        """Take up what can be. Errors: `StoreError`."""
        if not is_possible():
            return
        while await self._ledger.read(self.is_behind):
            await self._ledger.write(self._step)
            await self._ledger.clock.sleep(0)

    def clear(self, transaction: Transaction) -> None:
        """Somebody is forgotten: where that would leave traces, all of it goes."""
        connection = transaction.connection
        if not forgets() and _until(connection) and _exists(connection):
            connection.execute("INSERT INTO message_text (message_text) VALUES ('delete-all')")
            meta.put(connection, _UNTIL, "0")

    def _is_usable(self, connection: sqlite3.Connection) -> bool:
        until = _until(connection) if self.enabled and is_possible() else 0
        return until > 0 and messages.next_seq(connection) - until <= LONGEST_REST

    def _step(self, transaction: Transaction) -> None:
        connection = transaction.connection
        if not _exists(connection):
            for statement in (_TABLE, *_TRIGGERS.values()):
                connection.execute(statement)
            if forgets():
                connection.execute(
                    "INSERT INTO message_text (message_text, rank) VALUES ('secure-delete', 1)"
                )
        until = _until(connection)
        end = min(_end(connection), until + _STEP)
        connection.execute(_TAKE_UP, (until, end))
        meta.put(connection, _UNTIL, str(end))


def _refused(error: StoreError) -> None:
    log.warning("the index of texts waits for the store: %s", error)


@cache
def is_possible() -> bool:
    """True if this SQLite has FTS5 with trigrams (3.34)."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def forgets() -> bool:
    """True if what is taken out of an index of this SQLite is gone at once."""
    return sqlite3.sqlite_version_info >= (3, 42)


def _until(connection: sqlite3.Connection) -> int:
    return int(meta.get(connection, _UNTIL) or 0)


def _exists(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_schema WHERE name = 'message_text'"
    return connection.execute(query).fetchone() is not None


def _end(connection: sqlite3.Connection) -> int:
    """How far messages may be taken up."""
    newest = messages.next_seq(connection) - 1
    waiting = [
        row[0]
        for state in ("queued", "submitting", "uncertain")
        for row in connection.execute(_FIRST, (state,))
    ]
    return int(min([newest - _FRESH, *(max(seq - 1, newest - _STUCK) for seq in waiting)]))


_TABLE = (
    "CREATE VIRTUAL TABLE message_text USING fts5(text, content='message', content_rowid='seq',"
    " tokenize='trigram', detail='none', columnsize=0)"
)
_TAKEN_UP = "old.text IS NOT NULL AND old.seq <= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'desk.texts')"
_OUT = "INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', old.seq, old.text)"
_IN = "INSERT INTO message_text (rowid, text) SELECT new.seq, new.text WHERE new.text IS NOT NULL"
_EMPTY = (
    "INSERT INTO message_text (message_text) VALUES ('delete-all');"
    " UPDATE meta SET value = '0' WHERE key = 'desk.texts'"
)
_TRIGGERS = {
    "message_text_deleted": (
        f"CREATE TRIGGER message_text_deleted AFTER DELETE ON message WHEN {_TAKEN_UP} BEGIN {_OUT}; END"
    ),
    "message_text_changed": (
        "CREATE TRIGGER message_text_changed AFTER UPDATE OF text ON message"
        f" WHEN old.text IS NOT new.text AND {_TAKEN_UP}"
        f" BEGIN {f'{_OUT}; {_IN}' if forgets() else _EMPTY}; END"
    ),
}
_TAKE_UP = (
    "INSERT INTO message_text (rowid, text) SELECT seq, text FROM message NOT INDEXED"
    " WHERE seq > ? AND seq <= ? AND text IS NOT NULL"
)
_FIRST = (
    "SELECT seq FROM message INDEXED BY message_state WHERE state = ? ORDER BY created_at LIMIT 1"
)
_IN_INDEX = (
    "FROM message_text AS t CROSS JOIN message AS m ON m.seq = t.rowid"
    f" WHERE t.message_text MATCH :grams AND m.text LIKE :search ESCAPE '\\' LIMIT {MOST + 1}"
)
_IN_REST = (
    "FROM message AS m NOT INDEXED WHERE m.seq > :until AND m.text LIKE :search ESCAPE '\\'"
    f" LIMIT {MOST + 1}"
)
_BY_NAME = f"SELECT peer FROM conversation WHERE peer LIKE :search ESCAPE '\\' LIMIT {MOST + 1}"
