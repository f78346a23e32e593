"""Deliveries to look at: how far each handler is with each message, what it gave up on, what it has yet to do."""

import sqlite3
from typing import Any, NamedTuple

from gsmd.protocol.message import Message, Receipt
from gsmd.store.tables import messages, receipts
from gsmd.store.tables.deliveries import READY, known


class Record(NamedTuple):
    """The progress of one handler with a message, or with a receipt for it."""

    handler: str
    receipt: Receipt | None
    queue: str
    attempts: int
    error: str | None
    updated_at: int


class Dead(NamedTuple):
    """What a handler gave up on."""

    handler: str
    receipt: Receipt | None
    attempts: int
    reason: str
    at: int
    message: Message


class Backlog(NamedTuple):
    """The amount of work that a handler has yet to do."""

    pending: int
    in_flight: int
    dead: int
    oldest_at: int | None


def backlog(connection: sqlite3.Connection, handler: str) -> Backlog:
    """Counts for one handler."""
    pending, oldest = connection.execute(
        "SELECT count(*), min(message) FROM delivery INDEXED BY delivery_open"
        " WHERE handler = ? AND queue NOT IN ('done', 'dead')",
        (handler,),
    ).fetchone()
    in_flight, dead = (_count(connection, handler, queue) for queue in ("leased", "dead"))
    row = connection.execute("SELECT created_at FROM message WHERE seq = ?", (oldest,)).fetchone()
    return Backlog(pending, in_flight, dead, row[0] if row else None)


def open_up_to(connection: sqlite3.Connection, handler: str, most: int) -> tuple[int, int]:
    """The number of open deliveries of one handler, counted up to ``most``, and how many of all are in its hands."""
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM delivery INDEXED BY delivery_open"
        " WHERE handler = ? AND queue NOT IN ('done', 'dead') LIMIT ?)",
        (handler, most),
    ).fetchone()
    return int(count), _count(connection, handler, "leased")


def _count(connection: sqlite3.Connection, handler: str, queue: str) -> int:
    (count,) = connection.execute(
        "SELECT count(*) FROM delivery INDEXED BY delivery_ready"
        f" WHERE handler = ? AND queue = ? AND {READY}",
        (handler, queue),
    ).fetchone()
    return int(count)


def dead_letters(
    connection: sqlite3.Connection, handler: str | None, limit: int, before: int | None
) -> list[Dead]:
    """Newest message first; of all handlers if none is named."""
    names = known(connection) if handler is None else [handler]
    rows = [row for name in names for row in _dead_letters(connection, name, limit, before)]
    rows.sort(key=lambda row: row[6], reverse=True)
    return [
        Dead(
            name,
            receipts.read(number, told),
            attempts,
            reason,
            at,
            receipts.as_it_was(messages.from_row((seq, *row)), number, told),
        )
        for name, number, told, attempts, reason, at, seq, *row in rows[:limit]
    ]


def _dead_letters(
    connection: sqlite3.Connection, handler: str, limit: int, before: int | None
) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT delivery.handler, receipt, told, attempts, coalesce(delivery.error, ''), updated_at,"
        f" {messages.qualified('message')} FROM delivery INDEXED BY delivery_ready"
        " JOIN message ON message.seq = delivery.message"
        f" WHERE handler = ? AND queue = 'dead' AND {READY} AND delivery.message < ?"
        " ORDER BY delivery.message DESC, receipt DESC LIMIT ?",
        (handler, 2**62 if before is None else before, limit),
    ).fetchall()


def history(connection: sqlite3.Connection, seq: int) -> list[Record]:
    """All deliveries of one message, by handler."""
    rows = connection.execute(
        "SELECT handler, receipt, told, queue, attempts, error, updated_at FROM delivery"
        " WHERE message = ? ORDER BY handler, receipt",
        (seq,),
    )
    return [
        Record(handler, receipts.read(number, told), *rest) for handler, number, told, *rest in rows
    ]
