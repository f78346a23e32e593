"""Web hooks that were added over the socket; and which hooks, wherever they stand, want nothing more."""

import sqlite3
from typing import NamedTuple

from gsmd.clock import Milliseconds


class StoredHook(NamedTuple):
    """A hook as it was added: its settings in JSON, and apart from them what signs."""

    name: str
    settings: str
    secret: str | None


class Suspension(NamedTuple):
    """An address that wants nothing more, since when (wall) and why."""

    address: str
    reason: str
    at: Milliseconds


def put(connection: sqlite3.Connection, hook: StoredHook, at: Milliseconds) -> None:
    """Add a hook, or replace the one of that name."""
    connection.execute(
        "INSERT INTO hook (name, settings, secret, added_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
        " SET settings = excluded.settings, secret = excluded.secret",
        (*hook, at),
    )


def stored(connection: sqlite3.Connection) -> list[StoredHook]:
    """Every hook there is, by name."""
    rows = connection.execute("SELECT name, settings, secret FROM hook ORDER BY name")
    return [StoredHook(*row) for row in rows]


def delete(connection: sqlite3.Connection, name: str) -> None:
    """Forget a hook with its secret, and that it was suspended."""
    connection.execute("DELETE FROM hook WHERE name = ?", (name,))
    resume(connection, name)


def suspend(connection: sqlite3.Connection, handler: str, suspension: Suspension) -> bool:
    """Note that a hook wants nothing more at this address. False if that was known."""
    changed = connection.execute(
        "INSERT INTO suspension (handler, address, reason, at) VALUES (?, ?, ?, ?) ON CONFLICT (handler) DO UPDATE"
        " SET address = excluded.address, reason = excluded.reason, at = excluded.at"
        " WHERE suspension.address <> excluded.address",
        (handler, *suspension),
    )
    return changed.rowcount > 0


def resume(connection: sqlite3.Connection, handler: str) -> bool:
    """Messages go to a hook again. False if they did anyway."""
    changed = connection.execute("DELETE FROM suspension WHERE handler = ?", (handler,))
    return changed.rowcount > 0


def suspensions(connection: sqlite3.Connection) -> dict[str, Suspension]:
    """Those that want nothing more."""
    rows = connection.execute("SELECT handler, address, reason, at FROM suspension")
    return {name: Suspension(*rest) for name, *rest in rows}
