"""Everything that is known of one number, to show it and to erase it."""

import json
import sqlite3
from collections.abc import Sequence

from gsmd.protocol.message import Message
from gsmd.store.tables import messages, outbox

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


def votes_of(connection: sqlite3.Connection, peer: str) -> list[tuple[str, int, int]]:
    """``(poll, choice, at)``."""
    return connection.execute(
        "SELECT poll, choice, at FROM vote WHERE peer = ? ORDER BY poll", (peer,)
    ).fetchall()


def erase_messages(connection: sqlite3.Connection, peer: str, limit: int) -> int:
    """Erase up to ``limit`` messages with all that hangs on them; returns how many."""
    connection.execute("PRAGMA secure_delete = ON")
    try:
        _erase_what_was_sent_on(connection, peer)
        return connection.execute(
            "DELETE FROM message WHERE seq IN (SELECT seq FROM message INDEXED BY message_peer"
            f" WHERE peer = ?{_OPEN} LIMIT ?)",
            (peer, limit),
        ).rowcount
    finally:
        connection.execute("PRAGMA secure_delete = FAST")


def _erase_what_was_sent_on(connection: sqlite3.Connection, peer: str) -> None:
    """Messages to somebody else with what this one wrote. Others to them may wait behind one of these."""
    rows = connection.execute(
        "SELECT message.seq FROM message AS origin INDEXED BY message_peer"
        " JOIN forwarded ON forwarded.origin = origin.seq JOIN message ON message.seq = forwarded.message"
        f" WHERE origin.peer = ?{_OPEN}",
        (peer,),
    ).fetchall()
    for (seq,) in rows:
        outbox.finish(connection, seq)
        connection.execute("DELETE FROM message WHERE seq = ?", (seq,))


def erase_traces(connection: sqlite3.Connection, peer: str) -> int:
    """Erase what else there is but the suppression list; returns how many rows."""
    connection.execute("PRAGMA secure_delete = ON")
    try:
        return sum(connection.execute(query, {"peer": peer}).rowcount for query in _TRACES)
    finally:
        connection.execute("PRAGMA secure_delete = FAST")


_TRACES = (
    "DELETE FROM list_member WHERE peer = :peer",
    "DELETE FROM vote WHERE peer = :peer",
    "DELETE FROM code WHERE peer = :peer AND state != 'pending'",
    (
        "UPDATE campaign_recipient SET peer = 'erased ' || campaign || ' ' || position, fields = '{}',"
        " state = CASE state WHEN 'pending' THEN 'skipped' ELSE state END WHERE peer = :peer"
    ),
    "DELETE FROM inbound_part WHERE assembly IN (SELECT id FROM assembly WHERE peer = :peer)",
    "DELETE FROM assembly WHERE peer = :peer",
    "DELETE FROM loose_event WHERE detail LIKE '%\"' || :peer || '\"%'",
    "UPDATE suppression_log SET note = NULL WHERE peer = :peer",
    "UPDATE suppression SET note = NULL WHERE peer = :peer",
)
