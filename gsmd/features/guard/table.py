"""Answers by machines: how much, to whom, and to what."""

import sqlite3


def parts_to(connection: sqlite3.Connection, peer: str, since: int, limit: int) -> int:
    """Parts of the answers to a peer after a wall time; looks at no more than ``limit`` answers."""
    (parts,) = connection.execute(
        "SELECT coalesce(sum(parts), 0) FROM (SELECT parts FROM message INDEXED BY message_peer"
        " WHERE peer = ? AND direction = 'outbound' AND in_reply_to IS NOT NULL AND created_at > ?"
        " LIMIT ?)",
        (peer, since, limit),
    ).fetchone()
    return int(parts)


def parts_to_all(connection: sqlite3.Connection, since: int, limit: int) -> int:
    """Parts of all answers after a wall time; looks at no more than ``limit`` answers."""
    (parts,) = connection.execute(
        "SELECT coalesce(sum(parts), 0) FROM (SELECT parts FROM message INDEXED BY message_answering"
        " WHERE direction = 'outbound' AND in_reply_to IS NOT NULL AND created_at > ? LIMIT ?)",
        (since, limit),
    ).fetchone()
    return int(parts)


def exchanges(
    connection: sqlite3.Connection, peer: str, since: int, limit: int
) -> list[tuple[str, str]]:
    """``(asked, answered)`` of the last answers to a peer after a wall time, newest first."""
    return connection.execute(
        "SELECT coalesce(asked.text, ''), coalesce(answer.text, '')"
        " FROM message AS answer INDEXED BY message_peer"
        " JOIN message AS asked ON asked.id = answer.in_reply_to WHERE answer.peer = ?"
        " AND answer.direction = 'outbound' AND answer.in_reply_to IS NOT NULL"
        " AND answer.created_at > ? ORDER BY answer.created_at DESC LIMIT ?",
        (peer, since, limit),
    ).fetchall()
