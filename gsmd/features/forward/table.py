"""Forwarded messages and their receivers, so that an answer finds back."""

import sqlite3

import msgspec

from gsmd.store.tables import outbox


class Forwarded(msgspec.Struct, frozen=True):
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


def carried_by(connection: sqlite3.Connection, id_: str, handler: str) -> Forwarded | None:
    """The message that an outbound one forwarded, if it did."""
    row = connection.execute(
        "SELECT forwarded.message, origin, origin.peer FROM forwarded"
        " JOIN message ON message.seq = forwarded.message"
        " JOIN message AS origin ON origin.seq = forwarded.origin"
        " WHERE message.id = ? AND forwarded.handler = ?",
        (id_, handler),
    ).fetchone()
    return None if row is None else Forwarded(*row)


def recent(
    connection: sqlite3.Connection, handler: str, modem: str | None, since: int, limit: int
) -> list[Forwarded]:
    """The last ones that a handler sent on from a modem after a wall time, newest first."""
    rows = connection.execute(
        "SELECT forwarded.message, origin, origin.peer FROM forwarded INDEXED BY forwarded_handler"
        " JOIN message ON message.seq = forwarded.message"
        " JOIN message AS origin ON origin.seq = forwarded.origin"
        " WHERE forwarded.handler = ? AND origin.modem IS ? AND message.created_at >= ?"
        " ORDER BY forwarded.message DESC LIMIT ?",
        (handler, modem, since, limit),
    )
    return [Forwarded(*row) for row in rows]


def erase(connection: sqlite3.Connection, peer: str) -> None:
    """Erase messages to others that carried what somebody wrote, but those that a modem has in its hands right now.

    What waits behind one of them for the same number moves up.
    """
    rows = connection.execute(
        "SELECT message.seq FROM message AS origin INDEXED BY message_peer"
        " JOIN forwarded ON forwarded.origin = origin.seq JOIN message ON message.seq = forwarded.message"
        " WHERE origin.peer = ? AND NOT EXISTS"
        " (SELECT 1 FROM outbound WHERE outbound.message = message.seq AND queue = 'leased')",
        (peer,),
    ).fetchall()
    for (seq,) in rows:
        outbox.finish(connection, seq)
        connection.execute("DELETE FROM message WHERE seq = ?", (seq,))
