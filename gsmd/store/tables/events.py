"""The events tables: what happened to a message or to gsmd, when, and in which order it was told.

A message's events lie together, so that its history is one look (``event``); what belongs to none stands in
``loose_event``. ``event_order`` numbers both as they are told: it is only ever added to at its end, and cut at its
beginning, so its numbers have no gap. A row whose event is gone (a message was deleted, somebody was forgotten) is
told as `ERASED`.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from gsmd.clock import Milliseconds

ERASED = "event.erased"
"""The type of an event of which nothing but its number is left."""

_encode = msgspec.json.encode
_decode = msgspec.json.decode


class Told(msgspec.Struct, frozen=True):
    """An event as it was told: ``message`` is the id of the one that it is about."""

    seq: int
    at: int
    type: str
    message: str | None
    detail: dict[str, Any]


def record(
    connection: sqlite3.Connection,
    at: Milliseconds,
    message: int | None,
    type_: str,
    detail: dict[str, Any],
) -> int:
    """Write one event, of a message or of none; returns what `number` knows it by."""
    values = {"at": at, "message": message, "type": type_, "detail": _encode(detail).decode()}
    key = connection.execute(_LOOSE if message is None else _OF_MESSAGE, values).lastrowid
    assert key is not None
    return -key if message is None else key


def number(connection: sqlite3.Connection, recorded: Sequence[int]) -> int:
    """Put what `record` wrote in the order of telling; returns the number of the first of them."""
    rest, last = recorded[:-1], recorded[-1]
    if rest:
        connection.executemany(_TOLD_NEXT, [(each,) for each in rest])
    newest = connection.execute(_TOLD_NEXT, (last,)).lastrowid
    assert newest is not None
    return newest - len(rest)


_OF_MESSAGE = (
    "INSERT INTO event (seq, at, type, detail) VALUES ((SELECT coalesce(max(seq), :message << 20) + 1"
    " FROM event WHERE seq BETWEEN :message << 20 AND (:message << 20) + 0xFFFFF), :at, :type, :detail)"
)
_TOLD_NEXT = "INSERT INTO event_order (event) VALUES (?)"
_LOOSE = "INSERT INTO loose_event (at, type, detail) VALUES (:at, :type, :detail)"


def span(connection: sqlite3.Connection) -> tuple[int, int]:
    """The numbers of the oldest and of the newest event that the table reaches; ``(1, 0)`` if there was none."""
    oldest, newest = connection.execute("SELECT min(seq), max(seq) FROM event_order").fetchone()
    return (1, 0) if oldest is None else (oldest, newest)


_TOLD = (
    "SELECT told.seq, coalesce(event.at, loose.at), coalesce(event.type, loose.type), message.id,"
    " coalesce(event.detail, loose.detail) FROM event_order AS told"
    " LEFT JOIN event ON told.event > 0 AND event.seq = told.event"
    " LEFT JOIN message ON told.event > 0 AND message.seq = told.event >> 20"
    " LEFT JOIN loose_event AS loose ON told.event < 0 AND loose.seq = -told.event"
)


def since(connection: sqlite3.Connection, after: int, limit: int) -> list[Told]:
    """Up to ``limit`` events behind number ``after``, in the order of telling."""
    rows = connection.execute(
        f"{_TOLD} WHERE told.seq > ? ORDER BY told.seq LIMIT ?", (after, limit)
    )
    return [
        Told(seq, at or 0, type_ or ERASED, id_ if type_ else None, _decode(detail or "{}"))
        for seq, at, type_, id_, detail in rows
    ]


def forget(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Reach less far back: cut up to ``limit`` of the oldest that were told before a wall time; returns how many.

    The newest one stays: the next one is numbered behind it.
    """
    rows = connection.execute(
        f"{_TOLD} WHERE told.seq < (SELECT max(seq) FROM event_order) ORDER BY told.seq LIMIT ?",
        (limit,),
    ).fetchall()
    gone = 0
    for seq, at, *_ in rows:
        if at is not None and at >= before:
            break
        connection.execute("DELETE FROM event_order WHERE seq = ?", (seq,))
        gone += 1
    return gone


def history(connection: sqlite3.Connection, message: int) -> list[tuple[int, str, dict[str, Any]]]:
    """``(at, type, detail)`` of one message, oldest first."""
    rows = connection.execute(
        "SELECT at, type, detail FROM event"
        " WHERE seq BETWEEN :message << 20 AND (:message << 20) + 0xFFFFF ORDER BY seq",
        {"message": message},
    )
    return [(at, type_, _decode(detail)) for at, type_, detail in rows]


def purge(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Delete up to ``limit`` events that belong to no message and are older than a wall time.

    The newest one stays, or the next would take its number, and be told in its place too.
    """
    return connection.execute(
        "DELETE FROM loose_event WHERE seq IN (SELECT seq FROM loose_event WHERE at < ?"
        " AND seq < (SELECT max(seq) FROM loose_event) LIMIT ?)",
        (before, limit),
    ).rowcount
