"""The events tables: what happened to a message or to gsmd, and when."""

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
    """Write one event, of a message or of none."""
    values = {"at": at, "message": message, "type": type_, "detail": _encode(detail).decode()}
    connection.execute(_LOOSE if message is None else _OF_MESSAGE, values)


_OF_MESSAGE = (
    "INSERT INTO event (seq, at, type, detail) VALUES ((SELECT coalesce(max(seq), :message << 20) + 1"
    " FROM event WHERE seq BETWEEN :message << 20 AND (:message << 20) + 0xFFFFF), :at, :type, :detail)"
)
_LOOSE = "INSERT INTO loose_event (at, type, detail) VALUES (:at, :type, :detail)"


def story(connection: sqlite3.Connection, message: int) -> list[tuple[int, str, dict[str, Any]]]:
    """``(at, type, detail)`` of one message, oldest first."""
    rows = connection.execute(
        "SELECT at, type, detail FROM event"
        " WHERE seq BETWEEN :message << 20 AND (:message << 20) + 0xFFFFF ORDER BY seq",
        {"message": message},
    )
    return [(at, type_, _decode(detail)) for at, type_, detail in rows]


def purge(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Delete up to ``limit`` events that belong to no message and are older than a wall time."""
    return connection.execute(
        "DELETE FROM loose_event WHERE seq IN (SELECT seq FROM loose_event WHERE at < ? LIMIT ?)",
        (before, limit),
    ).rowcount
