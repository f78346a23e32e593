"""The message of ours that an inbound one answers: the last that went to its sender."""

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
