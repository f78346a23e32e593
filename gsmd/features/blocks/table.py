"""Senders that nobody wants to hear of, as patterns, and how each came to be here."""

import sqlite3
from typing import NamedTuple


class Block(NamedTuple):
    """A pattern. ``at`` is wall time in milliseconds."""

    pattern: str
    at: int
    note: str | None
    actor: str | None


class BlockChange(NamedTuple):
    """A line of the audit trail. ``wish`` is block or unblock."""

    at: int
    pattern: str
    wish: str
    note: str | None
    actor: str | None


def add(connection: sqlite3.Connection, block: Block) -> bool:
    """One more, on record. False if it is there."""
    new = connection.execute(
        "INSERT INTO block (pattern, at, note, actor) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        block,
    ).rowcount
    if new:
        _record(connection, BlockChange(block.at, block.pattern, "block", block.note, block.actor))
    return bool(new)


def remove(connection: sqlite3.Connection, block: Block) -> bool:
    """One less, on record. False if it is not there."""
    gone = connection.execute("DELETE FROM block WHERE pattern = ?", (block.pattern,)).rowcount
    if gone:
        _record(
            connection, BlockChange(block.at, block.pattern, "unblock", block.note, block.actor)
        )
    return bool(gone)


def patterns(connection: sqlite3.Connection) -> list[str]:
    """All of them."""
    return [pattern for (pattern,) in connection.execute("SELECT pattern FROM block")]


def listing(connection: sqlite3.Connection, after: str, limit: int) -> list[Block]:
    """By pattern, from behind ``after``."""
    rows = connection.execute(
        "SELECT pattern, at, note, actor FROM block WHERE pattern > ? ORDER BY pattern LIMIT ?",
        (after, limit),
    )
    return [Block(*row) for row in rows]


def history(
    connection: sqlite3.Connection, before: int, limit: int
) -> list[tuple[int, BlockChange]]:
    """The audit trail, newest first: ``(seq, change)``."""
    rows = connection.execute(
        "SELECT seq, at, pattern, wish, note, actor FROM block_log WHERE seq < ? ORDER BY seq DESC LIMIT ?",
        (before, limit),
    )
    return [(row[0], BlockChange(*row[1:])) for row in rows]


def _record(connection: sqlite3.Connection, change: BlockChange) -> None:
    connection.execute(
        "INSERT INTO block_log (at, pattern, wish, note, actor) VALUES (?, ?, ?, ?, ?)", change
    )
