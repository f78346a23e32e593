"""The message of ours that an inbound one answers: the last that went to its sender."""

import json
import sqlite3
from collections.abc import Sequence

from gsmd.store.tables import messages


def handler_of(
    connection: sqlite3.Connection, sim: str, spellings: Sequence[str], since: int
) -> tuple[str, str | None] | None:
    """``(id, handler)`` of the last message that went to a peer through a SIM after a wall time.

    ``spellings``: those of the one peer. Also of a message that may be out: its answer can be here
    before the network's word, or in place of it.
    """
    query = (
        "SELECT message.created_at, message.seq, message.id, outbound.handler"
        " FROM message JOIN outbound ON outbound.message = message.seq"
        " WHERE message.peer = ? AND message.sim = ? AND message.created_at >= ?"
        " AND (message.sent_at IS NOT NULL OR possible_duplicate OR state IN ('submitting', 'uncertain'))"
        " ORDER BY message.created_at DESC, message.seq DESC LIMIT 1"
    )
    found = [
        row
        for peer in messages.known_among(connection, spellings)
        for row in connection.execute(query, (peer, sim, since))
    ]
    if not found:
        return None
    _, _, id_, handler = max(found)
    return id_, handler


def is_in_name_of(connection: sqlite3.Connection, id_: str, handler: str) -> bool:
    """True if an outbound message was sent in a handler's name."""
    row = connection.execute(
        "SELECT 1 FROM message JOIN outbound ON outbound.message = message.seq"
        " WHERE message.id = ? AND outbound.handler = ?",
        (id_, handler),
    ).fetchone()
    return row is not None


def last_to(connection: sqlite3.Connection, spellings: Sequence[str]) -> int | None:
    """The last message (``seq``) that we wrote to a peer, whether it is out or not."""
    (seq,) = connection.execute(
        "SELECT max(seq) FROM message INDEXED BY message_peer"
        " WHERE peer IN (SELECT value FROM json_each(?)) AND direction = 'outbound'",
        (json.dumps(spellings),),
    ).fetchone()
    return None if seq is None else int(seq)


def awaits_answer(connection: sqlite3.Connection, spellings: Sequence[str], since: int) -> bool:
    """True if behind our message ``since`` (``seq``) a handler wrote to a peer that answers go to."""
    row = connection.execute(
        "SELECT 1 FROM message INDEXED BY message_peer JOIN outbound ON outbound.message = message.seq"
        " WHERE peer IN (SELECT value FROM json_each(?)) AND direction = 'outbound' AND seq > ?"
        " AND outbound.handler IS NOT NULL LIMIT 1",
        (json.dumps(spellings), since),
    ).fetchone()
    return row is not None
