"""The events table: what happened to a message, and when."""

import sqlite3
from typing import Any

import msgspec

from gsmd.clock import Milliseconds

_encode = msgspec.json.encode
_decode = msgspec.json.decode


def record(
    connection: sqlite3.Connection,
    at: Milliseconds,
    message: int | None,
    type_: str,
    detail: dict[str, Any],
) -> None:
    """Write one event."""
    connection.execute(
        "INSERT INTO event (at, message, type, detail) VALUES (?, ?, ?, ?)",
        (at, message, type_, _encode(detail).decode()),
    )


def story(connection: sqlite3.Connection, message: int) -> list[tuple[int, str, dict[str, Any]]]:
    """``(at, type, detail)`` of one message, oldest first."""
    rows = connection.execute(
        "SELECT at, type, detail FROM event WHERE message = ? ORDER BY seq", (message,)
    )
    return [(at, type_, _decode(detail)) for at, type_, detail in rows]


def purge(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Delete up to ``limit`` events that belong to no message and are older than a wall time."""
    return connection.execute(
        "DELETE FROM event WHERE seq IN (SELECT seq FROM event WHERE message IS NULL AND at < ? LIMIT ?)",
        (before, limit),
    ).rowcount
