"""The people who want no messages from us, and how each of them came to be here."""

import sqlite3
from typing import NamedTuple

_TAIL = 7
"""Digits by which two spellings of a number are found; the caller decides whether they are one."""


class Suppression(NamedTuple):
    """Somebody who opted out. ``at`` is wall time in milliseconds."""

    peer: str
    at: int
    source: str
    message: str | None
    note: str | None
    actor: str | None


class Change(NamedTuple):
    """A line of the audit trail. ``wish`` is stop or start."""

    at: int
    peer: str
    wish: str
    source: str
    message: str | None
    note: str | None
    actor: str | None


def add(connection: sqlite3.Connection, entry: Suppression) -> bool:
    """No more messages for them. False if it was so already."""
    return bool(
        connection.execute(
            "INSERT INTO suppression (peer, tail, at, source, message, note, actor) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (entry.peer, _tail(entry.peer), *entry[1:]),
        ).rowcount
    )


def remove(connection: sqlite3.Connection, peer: str) -> bool:
    """They want messages again. False if they did already."""
    return bool(connection.execute("DELETE FROM suppression WHERE peer = ?", (peer,)).rowcount)


def alike(connection: sqlite3.Connection, peer: str) -> list[str]:
    """All peers on the list whose number ends like this one."""
    rows = connection.execute("SELECT peer FROM suppression WHERE tail = ?", (_tail(peer),))
    return [found for (found,) in rows]


def listing(connection: sqlite3.Connection, after: str, limit: int) -> list[Suppression]:
    """The list in the order of the numbers, from behind ``after``."""
    rows = connection.execute(
        "SELECT peer, at, source, message, note, actor FROM suppression WHERE peer > ? ORDER BY peer LIMIT ?",
        (after, limit),
    )
    return [Suppression(*row) for row in rows]


def record(connection: sqlite3.Connection, change: Change) -> bool:
    """A line in the audit trail. False if this message has one already: it was carried out before."""
    return bool(
        connection.execute(
            "INSERT INTO suppression_log (at, peer, wish, source, message, note, actor)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            change,
        ).rowcount
    )


def history(
    connection: sqlite3.Connection, peer: str | None, before: int, limit: int
) -> list[tuple[int, Change]]:
    """The audit trail, newest first, of one number or of all: ``(seq, change)``."""
    who = "1" if peer is None else "peer = :peer"
    rows = connection.execute(
        "SELECT seq, at, peer, wish, source, message, note, actor FROM suppression_log"
        f" WHERE seq < :before AND {who} ORDER BY seq DESC LIMIT :limit",
        {"peer": peer, "before": before, "limit": limit},
    )
    return [(row[0], Change(*row[1:])) for row in rows]


def erase_notes(connection: sqlite3.Connection, peer: str) -> int:
    """Forget what a number wrote, but not that it opted out; returns how many rows that changed."""
    return sum(
        connection.execute(
            f"UPDATE {table} SET note = NULL WHERE peer = ? AND note IS NOT NULL", (peer,)
        ).rowcount
        for table in ("suppression_log", "suppression")
    )


def _tail(peer: str) -> str:
    digits = peer.lstrip("+")
    return digits[-_TAIL:] if digits.isdigit() else peer
