"""How modems were, over time."""

import sqlite3
from typing import NamedTuple

from gsmd.clock import Milliseconds


class Row(NamedTuple):
    """A modem from ``at`` on; the lowest and highest signal since the row before."""

    at: int
    state: str
    reason: str
    registration: str | None
    roaming: bool
    operator: str | None
    signal_dbm: int | None
    lowest_dbm: int | None
    highest_dbm: int | None


def add(connection: sqlite3.Connection, modem: str, row: Row) -> None:
    """Keep a row; of two at the same time the later one."""
    connection.execute(
        "INSERT OR REPLACE INTO modem_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (modem, *row)
    )


def between(
    connection: sqlite3.Connection, modem: str, since: int, until: int, limit: int
) -> list[Row]:
    """The rows of a span in order; of too many the newest ``limit``."""
    rows = connection.execute(
        "SELECT at, state, reason, registration, roaming, operator, signal_dbm, lowest_dbm, highest_dbm"
        " FROM modem_history WHERE modem = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT ?",
        (modem, since, until, limit),
    )
    return [Row(*row)._replace(roaming=bool(row[4])) for row in reversed(rows.fetchall())]


def is_known(connection: sqlite3.Connection, modem: str) -> bool:
    """True if there is any of that modem."""
    query = "SELECT EXISTS (SELECT 1 FROM modem_history WHERE modem = ?)"
    return bool(connection.execute(query, (modem,)).fetchone()[0])


def forget(connection: sqlite3.Connection, before: Milliseconds, limit: int) -> int:
    """Delete up to ``limit`` rows of before a wall time; returns how many."""
    return connection.execute(
        "DELETE FROM modem_history WHERE (modem, at) IN"
        " (SELECT modem, at FROM modem_history WHERE at < ? LIMIT ?)",
        (before, limit),
    ).rowcount
