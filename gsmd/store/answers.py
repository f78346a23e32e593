"""What was answered to whom, and what for."""

import sqlite3


def set_keyword(connection: sqlite3.Connection, seq: int, keyword: str) -> None:
    """Which keyword an inbound message was taken for."""
    connection.execute("UPDATE message SET keyword = ? WHERE seq = ?", (keyword, seq))


def count_replies(connection: sqlite3.Connection, peer: str, since: int, limit: int) -> int:
    """How many answers went to a peer after a wall time; counts no further than ``limit``."""
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM message INDEXED BY message_peer WHERE peer = ?"
        " AND direction = 'outbound' AND in_reply_to IS NOT NULL AND created_at > ? LIMIT ?)",
        (peer, since, limit),
    ).fetchone()
    return int(count)


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
