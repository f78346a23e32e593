"""The times at which gsmd was at work: for whoever has to tell "nothing happened" from "nobody looked"."""

import sqlite3

from gsmd.clock import Milliseconds
from gsmd.store.tables import meta

_PAUSE = 900_000
"""Milliseconds off that are no gap: a restart."""


def begin(connection: sqlite3.Connection, now: Milliseconds) -> None:
    """A run begins at wall time ``now``: what was last known of the one before (it rides on commits) was its end."""
    saved = meta.get(connection, "timeline")
    row = connection.execute(
        "SELECT began_at, until FROM run ORDER BY began_at DESC LIMIT 1"
    ).fetchone()
    if row is None:
        connection.execute("INSERT INTO run VALUES (?, NULL)", (now,))
        return
    began, until = row
    if until is None:
        until = max(began, int(saved.split()[1]) if saved else began)
    if abs(now - until) < _PAUSE:
        connection.execute("UPDATE run SET until = NULL WHERE began_at = ?", (began,))
    else:
        connection.execute("UPDATE run SET until = ? WHERE began_at = ?", (until, began))
        connection.execute("INSERT OR REPLACE INTO run VALUES (?, NULL)", (now,))


def date_anew(connection: sqlite3.Connection, before: Milliseconds, jump: int) -> None:
    """Put right a beginning that was taken (since ``before`` is impossible) before the clock was set."""
    connection.execute(
        "UPDATE OR REPLACE run SET began_at = began_at + ? WHERE began_at < ? AND until IS NULL",
        (jump, before),
    )


def gaps(connection: sqlite3.Connection, since: int, until: int) -> list[tuple[int, int]]:
    """The stretches of a span in which gsmd was off, in order. Before its first run it was."""
    found, end = [], since
    for began, over in connection.execute(
        "SELECT began_at, until FROM run WHERE began_at < :until AND (until IS NULL OR until > :since)"
        " ORDER BY began_at",
        {"since": since, "until": until},
    ):
        if began > end:
            found.append((end, began))
        end = until if over is None else max(end, over)
    if end < until:
        found.append((end, until))
    return found
