"""What was told before all events came to lie in one table (`events`): read until it is too old, never added to.

A message's events lie together (``former_event``), what belongs to none stands in ``former_loose_event``, and
``former_event_order`` numbers both as they were told. In a database that began later the three are empty.
"""

import sqlite3
from typing import Any

from gsmd.clock import Milliseconds

Row = tuple[int, int | None, str | None, str | None, str | None]
"""``(seq, at, type, id of the message, detail)``; all but the number are None where it was erased."""

_TOLD = (
    "SELECT told.seq, coalesce(event.at, loose.at), coalesce(event.type, loose.type), message.id,"
    " coalesce(event.detail, loose.detail) FROM former_event_order AS told"
    " LEFT JOIN former_event AS event ON told.event > 0 AND event.seq = told.event"
    " LEFT JOIN message ON told.event > 0 AND message.seq = told.event >> 20"
    " LEFT JOIN former_loose_event AS loose ON told.event < 0 AND loose.seq = -told.event"
)


def oldest(connection: sqlite3.Connection) -> int | None:
    """The number of the oldest that is kept."""
    (seq,) = connection.execute("SELECT min(seq) FROM former_event_order").fetchone()
    return None if seq is None else int(seq)


def between(connection: sqlite3.Connection, after: int, until: int) -> list[Row]:
    """Those behind number ``after`` up to ``until``, in the order of telling."""
    return connection.execute(
        f"{_TOLD} WHERE told.seq > ? AND told.seq <= ? ORDER BY told.seq", (after, until)
    ).fetchall()


def forget(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Cut up to ``limit`` of the oldest that were told before a wall time; returns how many."""
    rows = connection.execute(f"{_TOLD} ORDER BY told.seq LIMIT ?", (limit,)).fetchall()
    gone = 0
    for seq, at, *_ in rows:
        if at is not None and at >= before:
            break
        connection.execute("DELETE FROM former_event_order WHERE seq = ?", (seq,))
        gone += 1
    return gone


def history(connection: sqlite3.Connection, message: int) -> list[tuple[Any, ...]]:
    """``(at, type, detail)`` of one message, oldest first."""
    return connection.execute(
        "SELECT at, type, detail FROM former_event"
        " WHERE seq BETWEEN :message << 20 AND (:message << 20) + 0xFFFFF ORDER BY seq",
        {"message": message},
    ).fetchall()


def purge(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Delete up to ``limit`` events that belong to no message and are older than a wall time."""
    return connection.execute(
        "DELETE FROM former_loose_event WHERE seq IN (SELECT seq FROM former_loose_event WHERE at < ? LIMIT ?)",
        (before, limit),
    ).rowcount
