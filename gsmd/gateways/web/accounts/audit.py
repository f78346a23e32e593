"""The record of who did what: only added to, never a text of a message, kept for a year at least."""

import sqlite3
import time
from typing import NamedTuple

KEPT = 366 * 86_400.0
"""Seconds after which an entry may go."""

_LONGEST = 200


class Entry(NamedTuple):
    """One thing that somebody did. ``action`` is a word: such as ``sign_in``, ``sign_in.failed``, ``token.made``.

    ``subject`` is what it was done to: a user, a token's id, a number.
    """

    seq: int
    at: float
    actor: str
    address: str
    action: str
    subject: str


def note(
    db: sqlite3.Connection,
    actor: str,
    action: str,
    subject: str = "",
    *,
    address: str = "",
    at: float | None = None,
) -> None:
    """Add an entry. ``at``: Unix seconds, None: now."""
    row = (time.time() if at is None else at, actor, address, action, subject[:_LONGEST])
    db.execute(
        "INSERT INTO audit (at, actor, address, action, subject) VALUES (?, ?, ?, ?, ?)", row
    )


def entries(db: sqlite3.Connection, limit: int, before: int | None = None) -> list[Entry]:
    """The newest entries first; those before a ``seq`` for the next page."""
    rows = db.execute(
        "SELECT seq, at, actor, address, action, subject FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?",
        (before if before is not None else 1 << 62, limit),
    )
    return [Entry(*row) for row in rows]


def forget_old(db: sqlite3.Connection) -> None:
    """Let go of what is older than has to be kept."""
    db.execute("DELETE FROM audit WHERE at < ?", (time.time() - KEPT,))
