"""One-time codes: who is to prove what, and how far that is. Only hashes of the codes themselves."""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple


class CodeRow(NamedTuple):
    """A code. ``expires_at`` is wall time, ``asked_at`` and ``due_at`` are on the timeline.

    ``hash`` None: any message from ``peer`` will do.
    """

    id: str
    kind: str
    peer: str | None
    state: str
    hash: bytes | None
    attempts: int
    created_at: int
    asked_at: int
    expires_at: int
    due_at: int


_COLUMNS = "id, kind, peer, state, hash, attempts, created_at, asked_at, expires_at, due_at"


def add(connection: sqlite3.Connection, row: CodeRow) -> None:
    """One more code."""
    connection.execute(
        f"INSERT INTO code ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )


def get(connection: sqlite3.Connection, id_: str) -> CodeRow | None:
    """The code with this id."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM code WHERE id = ?", (id_,)).fetchone()
    return None if row is None else CodeRow(*row)


def pending_of(
    connection: sqlite3.Connection, kind: str, spellings: Sequence[str]
) -> list[CodeRow]:
    """The codes that a number is to answer, however it is spelt; newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM code INDEXED BY code_pending WHERE kind = ?"
        " AND peer IN (SELECT value FROM json_each(?))"
        " AND state = 'pending' ORDER BY asked_at DESC",
        (kind, json.dumps(spellings)),
    )
    return [CodeRow(*row) for row in rows]


def pending_with(connection: sqlite3.Connection, hash_: bytes) -> CodeRow | None:
    """The code that waits for this to be texted by anybody."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM code INDEXED BY code_hash WHERE hash = ? AND state = 'pending'",
        (hash_,),
    ).fetchone()
    return None if row is None else CodeRow(*row)


def settle(
    connection: sqlite3.Connection,
    id_: str,
    state: str,
    *,
    peer: str | None = None,
    message: str | None = None,
) -> bool:
    """Bring a pending code to its end. False if it had one already: nothing is used twice."""
    return bool(
        connection.execute(
            "UPDATE code SET state = ?, hash = NULL, peer = coalesce(?, peer), message = ?"
            " WHERE id = ? AND state = 'pending'",
            (state, peer, message, id_),
        ).rowcount
    )


def wrong(connection: sqlite3.Connection, id_: str) -> int:
    """Count a wrong guess; returns how many there were."""
    (attempts,) = connection.execute(
        "UPDATE code SET attempts = attempts + 1 WHERE id = ? RETURNING attempts", (id_,)
    ).fetchone()
    return int(attempts)


def asked_since(connection: sqlite3.Connection, since: int, peer: str | None = None) -> int:
    """The number of codes since a timeline time, for one number or for all."""
    query = (
        "SELECT count(*) FROM code INDEXED BY code_asked WHERE asked_at > ?"
        if peer is None
        else "SELECT count(*) FROM code INDEXED BY code_asked_peer WHERE asked_at > ? AND peer = ?"
    )
    (count,) = connection.execute(query, (since,) if peer is None else (since, peer)).fetchone()
    return int(count)


def forget_before(connection: sqlite3.Connection, asked_before: int) -> None:
    """Drop codes asked for before a timeline time."""
    connection.execute("DELETE FROM code WHERE asked_at < ?", (asked_before,))


def erase(connection: sqlite3.Connection, peer: str) -> int:
    """Forget a number's codes, but those that are waited for; returns how many."""
    return connection.execute(
        "DELETE FROM code WHERE peer = ? AND state != 'pending'", (peer,)
    ).rowcount
