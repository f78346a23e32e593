"""The messages of one number, to show and to erase them, and what messages said, to take it out of them."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from gsmd.protocol.message import Message
from gsmd.store.tables import messages

_OPEN = (
    " AND NOT EXISTS (SELECT 1 FROM outbound WHERE outbound.message = message.seq AND queue = 'leased')"
    " AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.message = message.seq AND queue = 'leased')"
)
"""Not what a modem or a handler has in its hands at this moment."""


def messages_of(
    connection: sqlite3.Connection, spellings: Sequence[str], after: int, limit: int
) -> list[tuple[int, Message]]:
    """``(seq, message)`` of a number, however it is spelt; oldest first, from behind ``after``."""
    rows = connection.execute(
        f"SELECT {messages.COLUMNS} FROM message INDEXED BY message_peer"
        " WHERE peer IN (SELECT value FROM json_each(?)) AND seq > ? ORDER BY seq LIMIT ?",
        (json.dumps(spellings), after, limit),
    )
    return [(row[0], messages.from_row(row)) for row in rows]


@contextmanager
def unreadable(connection: sqlite3.Connection) -> Iterator[None]:
    """Overwrite what is erased inside in the file, so that it is not only no longer found (SQLite: secure_delete)."""
    connection.execute("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA secure_delete = FAST")


def erase_messages(connection: sqlite3.Connection, peer: str, limit: int) -> int:
    """Erase up to ``limit`` messages with all that hangs on them; returns how many. First what no modem may take any more."""
    return connection.execute(
        "DELETE FROM message WHERE seq IN (SELECT seq FROM message INDEXED BY message_peer"
        f" WHERE peer = ?{_OPEN} ORDER BY state = 'queued' DESC LIMIT ?)",
        (peer, limit),
    ).rowcount


def erase_traces(connection: sqlite3.Connection, peer: str) -> int:
    """Erase parts that are no message yet, and events of no message; returns how many rows."""
    terms = {"peer": peer, "written": msgspec.json.encode(peer).decode()}
    return sum(connection.execute(query, terms).rowcount for query in _TRACES)


_TRACES = (
    "DELETE FROM inbound_part WHERE assembly IN (SELECT id FROM assembly WHERE peer = :peer)",
    "DELETE FROM assembly WHERE peer = :peer",
    "DELETE FROM former_loose_event WHERE instr(detail, :written)",
    # the newest stays as a blank, or the next event would take its number, and be told in its place too
    (
        "UPDATE event SET type = 'event.erased', detail = '{}' WHERE message IS NULL"
        " AND instr(detail, :written) AND seq = (SELECT max(seq) FROM event)"
    ),
    "DELETE FROM event INDEXED BY event_loose WHERE message IS NULL AND instr(detail, :written)",
)


REDACTED = "(redacted)"
"""The words in place of a text that is not kept."""


def unredacted(connection: sqlite3.Connection, handler: str, limit: int) -> list[str]:
    """Ids of messages that a handler has dealt with and that still say what they said."""
    rows = connection.execute(
        "SELECT message.id FROM delivery JOIN message ON message.seq = delivery.message"
        " WHERE handler = ? AND queue = 'done' AND message.state = 'handled'"
        " AND (text IS NOT ? OR data IS NOT NULL) LIMIT ?",
        (handler, REDACTED, limit),
    )
    return [id_ for (id_,) in rows]


def redact(connection: sqlite3.Connection, id_: str, handlers: tuple[str, ...]) -> int | None:
    """Forget what a message said, if one of ``handlers`` dealt with it and nobody has yet to; returns its ``seq`` then."""
    marks = ", ".join("?" * len(handlers))
    row = connection.execute(
        "SELECT message.seq FROM message JOIN delivery ON delivery.message = message.seq"
        f" WHERE message.id = ? AND message.state = 'handled' AND handler IN ({marks}) LIMIT 1",
        (id_, *handlers),
    ).fetchone()
    if row is None:
        return None
    connection.execute("UPDATE message SET text = ?, data = NULL WHERE seq = ?", (REDACTED, row[0]))
    connection.execute("UPDATE inbound_part SET frame = '' WHERE message = ?", (row[0],))
    return int(row[0])
