"""What was sent on to whom, so that an answer finds back."""

import sqlite3
from typing import NamedTuple


class Forward(NamedTuple):
    """An inbound message (``origin``, of ``peer``) that went on as ``message``; both are ``seq``."""

    message: int
    origin: int
    peer: str


def add(connection: sqlite3.Connection, message: int, origin: int, handler: str) -> None:
    """``message`` carries what ``origin`` said."""
    connection.execute(
        "INSERT INTO forwarded (message, origin, handler) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (message, origin, handler),
    )


def carried_by(connection: sqlite3.Connection, id_: str, handler: str) -> Forward | None:
    """What an outbound message sent on, if it did."""
    row = connection.execute(
        "SELECT forwarded.message, origin, origin.peer FROM forwarded"
        " JOIN message ON message.seq = forwarded.message"
        " JOIN message AS origin ON origin.seq = forwarded.origin"
        " WHERE message.id = ? AND forwarded.handler = ?",
        (id_, handler),
    ).fetchone()
    return None if row is None else Forward(*row)


def recent(
    connection: sqlite3.Connection, handler: str, modem: str | None, since: int, limit: int
) -> list[Forward]:
    """The last ones that a handler sent on from a modem after a wall time, newest first."""
    rows = connection.execute(
        "SELECT forwarded.message, origin, origin.peer FROM forwarded INDEXED BY forwarded_handler"
        " JOIN message ON message.seq = forwarded.message"
        " JOIN message AS origin ON origin.seq = forwarded.origin"
        " WHERE forwarded.handler = ? AND origin.modem IS ? AND message.created_at >= ?"
        " ORDER BY forwarded.message DESC LIMIT ?",
        (handler, modem, since, limit),
    )
    return [Forward(*row) for row in rows]
