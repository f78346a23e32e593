"""The events table: what happened to a message or to gsmd, when, and in which order it was told.

Theory of operation. All events stand in one table by their number, which is one more for each as it is told, over
restarts too. So whatever a transaction tells lies together at the end of the table, and costs one page. A message
has the numbers of its own events (``message.story``): its history is a few looks, and the page that takes the number
is one that the message's new state takes anyway.

A number that is missing was erased (a message was deleted, somebody was forgotten), and is told as `ERASED`: whoever
follows sees no gap. The newest is never deleted but blanked, or its number would be given anew. How far back the
table reaches for those who follow is a number of its own (``meta``): the history of a message stays with the message.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from gsmd.clock import Milliseconds
from gsmd.store.tables import former_events, meta

ERASED = "event.erased"
"""The type of an event of which nothing but its number is left."""

_OLDEST = "events_from"

_decode = msgspec.json.decode


class Told(msgspec.Struct, frozen=True):
    """An event as it was told: ``message`` is the id of the one that it is about."""

    seq: int
    at: int
    type: str
    message: str | None
    detail: dict[str, Any]


class New(NamedTuple):
    """An event to be written: ``message`` is the number of the one that it is about, ``detail`` a JSON object."""

    message: int | None
    type: str
    detail: str


def write(connection: sqlite3.Connection, at: Milliseconds, new: Sequence[New]) -> int:
    """Write all that a transaction tells, in order; returns the number of the first."""
    first = _newest(connection) + 1
    connection.executemany(
        "INSERT INTO event (seq, message, at, type, detail) VALUES (?, ?, ?, ?, ?)",
        [(seq, each.message, at, each.type, each.detail) for seq, each in enumerate(new, first)],
    )
    stories: dict[int, str] = {}
    for seq, each in enumerate(new, first):
        if each.message is not None:
            story = stories.get(each.message)
            stories[each.message] = f"{seq}" if story is None else f"{story},{seq}"
    for message, story in stories.items():
        if not connection.execute(_CONTINUE, (story, message)).rowcount:
            _blank(connection, story)  # it was deleted since
    return first


_CONTINUE = "UPDATE message SET story = iif(story IS NULL, ?1, story || ',' || ?1) WHERE seq = ?2"


def _newest(connection: sqlite3.Connection) -> int:
    (newest,) = connection.execute("SELECT max(seq) FROM event").fetchone()
    return newest or 0


def _blank(connection: sqlite3.Connection, story: str) -> None:
    connection.execute(
        "UPDATE event SET message = NULL, type = ?, detail = '{}' WHERE seq IN"
        " (SELECT value FROM json_each('[' || ? || ']'))",
        (ERASED, story),
    )


def span(connection: sqlite3.Connection) -> tuple[int, int]:
    """The numbers of the oldest and of the newest event that the table reaches; ``(1, 0)`` if there was none."""
    oldest = former_events.oldest(connection)
    return (_oldest(connection) if oldest is None else oldest), _newest(connection)


def _oldest(connection: sqlite3.Connection) -> int:
    return int(meta.get(connection, _OLDEST) or 1)


def since(connection: sqlite3.Connection, after: int, limit: int) -> list[Told]:
    """Up to ``limit`` events behind number ``after``, in the order of telling."""
    until = min(after + limit, _newest(connection))
    rows = former_events.between(connection, after, until)
    rows += connection.execute(
        "SELECT event.seq, at, type, message.id, detail FROM event LEFT JOIN message ON message.seq = event.message"
        " WHERE event.seq > ? AND event.seq <= ?",
        (after, until),
    ).fetchall()
    found = {
        seq: Told(seq, at, type_, id_, _decode(detail or "{}"))
        for seq, at, type_, id_, detail in rows
        if at is not None and type_ is not None
    }
    return [found.get(seq) or Told(seq, 0, ERASED, None, {}) for seq in range(after + 1, until + 1)]


def forget(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Reach less far back: past up to ``limit`` of the oldest that were told before a wall time; returns how many.

    The newest one stays: the next one is numbered behind it.
    """
    if gone := former_events.forget(connection, before, limit):
        return gone
    if former_events.oldest(connection) is not None:
        return 0
    rows = connection.execute(
        "SELECT seq, at FROM event WHERE seq >= ? ORDER BY seq LIMIT ?",
        (_oldest(connection), limit + 1),
    ).fetchall()
    gone = 0
    while gone < len(rows) - 1 and rows[gone][1] < before:
        gone += 1
    if gone:
        meta.put(connection, _OLDEST, str(rows[gone][0]))
    return gone


def history(connection: sqlite3.Connection, message: int) -> list[tuple[int, str, dict[str, Any]]]:
    """``(at, type, detail)`` of one message, oldest first."""
    rows = former_events.history(connection, message)
    rows += connection.execute(
        "SELECT at, type, detail FROM event WHERE seq IN (SELECT value FROM message,"
        " json_each('[' || story || ']') WHERE message.seq = ?) ORDER BY seq",
        (message,),
    ).fetchall()
    return [(at, type_, _decode(detail)) for at, type_, detail in rows]


def purge(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Delete up to ``limit`` events that belong to no message and are older than a wall time.

    The newest one stays, or the next would take its number, and be told in its place too.
    """
    return (
        former_events.purge(connection, before, limit)
        or connection.execute(
            "DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE message IS NULL AND at < ?"
            " AND seq < (SELECT max(seq) FROM event) LIMIT ?)",
            (before, limit),
        ).rowcount
    )
