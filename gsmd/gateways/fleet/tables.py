"""What the agent keeps on its own disk: its identity, the messages in its hands, and how far it has read and told.

``hands`` is the log that is written ahead: a row is there before the register is asked, until the register has the end.
"""

import sqlite3
from typing import NamedTuple

STEPS = (
    """
    CREATE TABLE said (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE hands (
        id TEXT NOT NULL, attempt INTEGER NOT NULL, nonce TEXT NOT NULL,
        subject TEXT NOT NULL, body BLOB NOT NULL,
        boot TEXT NOT NULL, asked REAL NOT NULL, at REAL NOT NULL,
        PRIMARY KEY (id, attempt)) WITHOUT ROWID;
    CREATE TABLE messages (message TEXT PRIMARY KEY, id TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
    CREATE INDEX messages_at ON messages (at);
    """,
)

KEPT = 90 * 86_400.0
"""Seconds that we know which message of gsmd's is which of the fleet's: as long as gsmd may tell of it."""


class InHand(NamedTuple):
    """A message in our hands. ``asked`` is the time since ``boot`` at which its permit was asked for."""

    id: str
    attempt: int
    nonce: str
    subject: str
    body: bytes
    boot: str
    asked: float
    at: float


def say(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a word under a name."""
    connection.execute("INSERT OR REPLACE INTO said VALUES (?, ?)", (name, value))


def said(connection: sqlite3.Connection, name: str) -> str | None:
    """The word kept under a name."""
    row = connection.execute("SELECT value FROM said WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def unsay(connection: sqlite3.Connection, name: str) -> None:
    """Forget the word kept under a name."""
    connection.execute("DELETE FROM said WHERE name = ?", (name,))


def keep(connection: sqlite3.Connection, row: InHand) -> None:
    """It is in our hands from now on."""
    connection.execute("INSERT OR REPLACE INTO hands VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def drop(connection: sqlite3.Connection, id_: str, attempt: int) -> None:
    """It is no longer."""
    connection.execute("DELETE FROM hands WHERE id = ? AND attempt = ?", (id_, attempt))


def in_hand(connection: sqlite3.Connection) -> list[InHand]:
    """All that are, the oldest first."""
    return [InHand(*row) for row in connection.execute("SELECT * FROM hands ORDER BY at")]


def know(connection: sqlite3.Connection, message: str, id_: str, at: float) -> None:
    """Gsmd's message ``message`` is the fleet's ``id_``."""
    connection.execute("INSERT OR REPLACE INTO messages VALUES (?, ?, ?)", (message, id_, at))


def fleet_id(connection: sqlite3.Connection, message: str) -> str | None:
    """The fleet's id of a message of gsmd's."""
    row = connection.execute("SELECT id FROM messages WHERE message = ?", (message,)).fetchone()
    return None if row is None else str(row[0])


def clean(connection: sqlite3.Connection, now: float) -> None:
    """Forget what nobody asks for any more."""
    connection.execute("DELETE FROM messages WHERE at < ?", (now - KEPT,))
    connection.execute("DELETE FROM hands WHERE at < ?", (now - KEPT,))
