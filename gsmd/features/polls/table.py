"""Polls and their votes: one of each number."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from gsmd.protocol.polls import Option


class Poll(NamedTuple):
    """A poll. Times are wall time in milliseconds."""

    name: str
    question: str | None
    options: Sequence[Option]
    counts: str
    opens_at: int | None
    closes_at: int | None
    reply: str | None
    created_at: int
    configured: bool
    seed: str
    commitment: str


class Vote(NamedTuple):
    """One number's vote. ``choice`` is the position of the option."""

    peer: str
    choice: int
    at: int
    message: str


_COLUMNS = (
    "name, question, options, counts, opens_at, closes_at, reply, created_at, configured, seed,"
    " commitment"
)


def save(connection: sqlite3.Connection, poll: Poll) -> None:
    """A new poll, or an existing one as it is to be from now on; seed and votes stay.

    Closed stays closed: its seed may have been told.
    """
    options = msgspec.json.encode(poll.options).decode()
    connection.execute(
        f"INSERT INTO poll ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET question = excluded.question, options = excluded.options,"
        " counts = excluded.counts, opens_at = excluded.opens_at, closes_at = CASE WHEN closes_at <= excluded.created_at THEN closes_at ELSE excluded.closes_at END,"
        " reply = excluded.reply, configured = excluded.configured",
        (*poll[:2], options, *poll[3:]),
    )


def get(connection: sqlite3.Connection, name: str) -> Poll | None:
    """The poll of that name."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM poll WHERE name = ?", (name,)).fetchone()
    return None if row is None else _poll(row)


def all_of_them(connection: sqlite3.Connection) -> list[Poll]:
    """Every poll, by name."""
    return [_poll(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM poll ORDER BY name")]


def close(connection: sqlite3.Connection, name: str, at: int) -> None:
    """No more votes from ``at`` on."""
    connection.execute("UPDATE poll SET closes_at = ? WHERE name = ?", (at, name))


def delete(connection: sqlite3.Connection, name: str) -> bool:
    """No more poll, and no votes. False if there was none."""
    return bool(connection.execute("DELETE FROM poll WHERE name = ?", (name,)).rowcount)


def voter(connection: sqlite3.Connection, poll: str, spellings: Sequence[str]) -> str | None:
    """Under which of a number's spellings it has voted, if it has."""
    row = connection.execute(
        "SELECT peer FROM vote WHERE poll = ? AND peer IN (SELECT value FROM json_each(?)) LIMIT 1",
        (poll, json.dumps(spellings)),
    ).fetchone()
    return None if row is None else str(row[0])


def cast(connection: sqlite3.Connection, poll: str, vote: Vote, *, replace: bool) -> bool:
    """Count a vote; one that is there already is replaced, or stays. False if nothing changed."""
    then = (
        "DO UPDATE SET choice = excluded.choice, at = excluded.at, message = excluded.message"
        " WHERE message != excluded.message"
        if replace
        else "DO NOTHING"
    )
    return bool(
        connection.execute(
            f"INSERT INTO vote (poll, peer, choice, at, message) VALUES (?, ?, ?, ?, ?)"
            f" ON CONFLICT (poll, peer) {then}",
            (poll, *vote),
        ).rowcount
    )


def tally(connection: sqlite3.Connection, poll: str) -> dict[int, int]:
    """Votes by option."""
    rows = connection.execute(
        "SELECT choice, count(*) FROM vote INDEXED BY vote_choice WHERE poll = ? GROUP BY choice",
        (poll,),
    )
    return dict(rows.fetchall())


def votes(connection: sqlite3.Connection, poll: str, after: str, limit: int) -> list[Vote]:
    """Votes by number, from behind ``after``."""
    rows = connection.execute(
        "SELECT peer, choice, at, message FROM vote WHERE poll = ? AND peer > ? ORDER BY peer LIMIT ?",
        (poll, after, limit),
    )
    return [Vote(*row) for row in rows]


def entrants(connection: sqlite3.Connection, poll: str, choice: int | None) -> list[str]:
    """The numbers that voted, or voted for one option."""
    rows = connection.execute(
        "SELECT peer FROM vote WHERE poll = ?1 AND (?2 IS NULL OR choice = ?2) ORDER BY peer",
        (poll, choice),
    )
    return [peer for (peer,) in rows]


def of_peer(connection: sqlite3.Connection, peer: str) -> list[tuple[str, int, int]]:
    """``(poll, choice, at)`` of somebody's votes."""
    return connection.execute(
        "SELECT poll, choice, at FROM vote WHERE peer = ? ORDER BY poll", (peer,)
    ).fetchall()


def erase(connection: sqlite3.Connection, peer: str) -> int:
    """Take back every vote of a number; returns how many."""
    return connection.execute("DELETE FROM vote WHERE peer = ?", (peer,)).rowcount


def _poll(row: tuple[Any, ...]) -> Poll:
    return Poll._make((*row[:2], msgspec.json.decode(row[2], type=list[Option]), *row[3:]))
