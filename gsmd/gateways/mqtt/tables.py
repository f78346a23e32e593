"""What the gateway keeps: requests until their answers are the broker's, and which topics have something retained."""

import sqlite3
from typing import Any

import msgspec

from gsmd.gateways import forgetting

STEPS = (
    """
    -- A request that was published, from before it is acknowledged to the broker.
    -- state: waiting (for the daemon), answered (the answer is to be published), done.
    CREATE TABLE request (
        id INTEGER PRIMARY KEY,
        state TEXT NOT NULL,
        identifier INTEGER,          -- the packet's, while the broker's session lasts
        digest BLOB NOT NULL,        -- of topic and payload
        connection INTEGER NOT NULL, -- that it came over
        seen INTEGER NOT NULL DEFAULT 0, -- the broker knows that we have it
        method TEXT NOT NULL,
        params TEXT NOT NULL,
        topic TEXT NOT NULL,         -- of the answer
        context TEXT NOT NULL,       -- what the answer says besides
        answer BLOB,
        message TEXT,                -- the id of the message it became
        at INTEGER NOT NULL          -- ms
    );
    CREATE INDEX request_packet ON request (identifier, digest) WHERE identifier IS NOT NULL;
    CREATE INDEX request_open ON request (state, id) WHERE state <> 'done';
    CREATE INDEX request_message ON request (message) WHERE message IS NOT NULL;
    CREATE INDEX request_at ON request (at);

    CREATE TABLE retained (topic TEXT PRIMARY KEY) WITHOUT ROWID;

    -- The last state of each device behind SMS.
    CREATE TABLE device (name TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
    """,
    forgetting.STEP,
)

KEPT = 40 * 86_400_000
"""Milliseconds for which a request is remembered: for receipts that come late."""

SAME = 3_600_000
"""Milliseconds in which a packet that the broker knew us to have may come again, from a broker that fell back."""


class Request(msgspec.Struct, frozen=True):
    """A request as it was published. ``context`` is a JSON object."""

    identifier: int | None
    digest: bytes
    connection: int
    method: str
    params: str
    topic: str
    context: str
    at: int


class Row(msgspec.Struct, frozen=True):
    """One that is open: without ``answer`` the daemon is still to be asked. ``size`` is that of the parameters, in characters."""

    id: int
    method: str
    params: dict[str, Any]
    size: int
    topic: str
    context: dict[str, Any]
    answer: bytes | None
    at: int


def add(connection: sqlite3.Connection, request: Request) -> int:
    """Keep it; returns its number."""
    values = msgspec.structs.astuple(request)
    cursor = connection.execute(
        "INSERT INTO request (state, identifier, digest, connection, method, params, topic, context, at)"
        " VALUES ('waiting', ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    return int(cursor.lastrowid or 0)


def same(
    connection: sqlite3.Connection,
    request: Request,
    *,
    duplicate: bool,
    resumed: bool,
    renumbered: bool,
) -> bool:
    """It was published before, and the broker hands it over again.

    ``duplicate``: the broker says so. ``renumbered``: it uses the identifier of a packet that is done for the next one.
    """
    found = connection.execute(
        "SELECT connection, seen, at FROM request WHERE identifier = ? AND digest = ? ORDER BY id DESC LIMIT 1",
        (request.identifier, request.digest),
    ).fetchone()
    if found is None:
        return False
    came_over, seen, at = found
    if not seen:
        return duplicate or (resumed and came_over != request.connection)
    return duplicate and not renumbered and request.at - at < SAME


def forget_identifiers(connection: sqlite3.Connection) -> None:
    """The broker has forgotten the session: what it hands over is new."""
    connection.execute("UPDATE request SET identifier = NULL WHERE identifier IS NOT NULL")


def open_ones(connection: sqlite3.Connection, state: str, limit: int = 100) -> list[Row]:
    """The first of them, in the order in which they came."""
    rows = connection.execute(
        "SELECT id, method, params, topic, context, answer, at FROM request WHERE state = ? ORDER BY id LIMIT ?",
        (state, limit),
    )
    return [
        Row(
            id_,
            method,
            msgspec.json.decode(params),
            len(params),
            topic,
            msgspec.json.decode(context),
            answer,
            at,
        )
        for id_, method, params, topic, context, answer, at in rows
    ]


def kept(connection: sqlite3.Connection) -> tuple[int, int]:
    """How many requests are not done, and the characters of their parameters."""
    statement = (
        "SELECT count(*), coalesce(sum(length(params)), 0) FROM request WHERE state <> 'done'"
    )
    requests, size = connection.execute(statement).fetchone()
    return requests, size


def newest(connection: sqlite3.Connection) -> int:
    """The number of the newest request; 0 if there is none."""
    (id_,) = connection.execute("SELECT coalesce(max(id), 0) FROM request").fetchone()
    return int(id_)


def answer(connection: sqlite3.Connection, id_: int, octets: bytes, message: str | None) -> None:
    """Keep the answer, until the broker has it."""
    connection.execute(
        "UPDATE request SET state = 'answered', answer = ?, message = ? WHERE id = ?",
        (octets, message, id_),
    )


def end(connection: sqlite3.Connection, id_: int, *, seen: bool) -> None:
    """The broker has the answer, and, if ``seen``, has seen our acknowledgement too."""
    connection.execute(
        "UPDATE request SET state = 'done', answer = NULL, params = '', seen = ? WHERE id = ?",
        (seen, id_),
    )


def context_of(connection: sqlite3.Connection, message: str) -> dict[str, Any] | None:
    """What was said with the request that became this message; None if none is known to have."""
    found = connection.execute(
        "SELECT context FROM request WHERE message = ? ORDER BY id LIMIT 1", (message,)
    ).fetchone()
    context: dict[str, Any] | None = msgspec.json.decode(found[0]) if found else None
    return context


def clean(connection: sqlite3.Connection, now: int) -> None:
    """Forget what nobody will ask about any more."""
    connection.execute("DELETE FROM request WHERE state = 'done' AND at < ?", (now - KEPT,))


def messages(connection: sqlite3.Connection) -> list[str]:
    """The messages that requests became."""
    rows = connection.execute(
        "SELECT message FROM request WHERE message IS NOT NULL AND state = 'done'"
    )
    return [message for (message,) in rows]


def forget(connection: sqlite3.Connection, messages: set[str]) -> None:
    """Delete what was said with the requests that became these."""
    connection.executemany("DELETE FROM request WHERE message = ?", [(each,) for each in messages])


def retained(connection: sqlite3.Connection) -> set[str]:
    """The topics where something of ours is retained."""
    return {topic for (topic,) in connection.execute("SELECT topic FROM retained")}


def retain(connection: sqlite3.Connection, topics: set[str]) -> None:
    """Something is retained on these too."""
    connection.executemany(
        "INSERT OR IGNORE INTO retained VALUES (?)", [(each,) for each in topics]
    )


def let_go(connection: sqlite3.Connection, topics: set[str]) -> None:
    """Nothing is retained on these any more."""
    connection.executemany("DELETE FROM retained WHERE topic = ?", [(each,) for each in topics])


def device_states(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """The last state of each device."""
    rows = connection.execute("SELECT name, state FROM device")
    return {name: msgspec.json.decode(state) for name, state in rows}


def keep_device(connection: sqlite3.Connection, name: str, state: dict[str, Any]) -> None:
    """The state of a device from now on."""
    connection.execute(
        "INSERT INTO device VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
        (name, msgspec.json.encode(state).decode()),
    )


def forget_device(connection: sqlite3.Connection, name: str) -> None:
    """Nothing is known of a device any more."""
    connection.execute("DELETE FROM device WHERE name = ?", (name,))
