"""The outbound queue as time passes: what is due, what has expired, what a clock that was set moves."""

import sqlite3

from gsmd.clock import Milliseconds


def wake_due(connection: sqlite3.Connection, now: Milliseconds) -> int:
    """Move what is due to the waiting ones; returns how many."""
    return connection.execute(
        "UPDATE outbound SET queue = 'waiting', waits = NULL WHERE queue = 'deferred' AND due_at <= ?",
        (now,),
    ).rowcount


def reschedule(connection: sqlite3.Connection, wall: int, now: int) -> None:
    """After the wall clock jumped: what was asked for a wall time is due at that wall time."""
    connection.execute(
        "UPDATE outbound SET due_at = :now + max(0, not_before - :wall),"
        " expires_at = :now + max(0, not_before - :wall) + coalesce(send_within, validity)"
        " WHERE queue = 'deferred' AND not_before IS NOT NULL AND attempts = 0",
        {"now": now, "wall": wall},
    )


def release_deferred(connection: sqlite3.Connection) -> None:
    """After a start: back-offs begin anew; a wall time that was asked for is kept."""
    connection.execute(
        "UPDATE outbound SET due_at = 0 WHERE queue = 'deferred' AND (not_before IS NULL OR attempts > 0)"
    )


def expired(connection: sqlite3.Connection, now: Milliseconds) -> list[tuple[int, bool]]:
    """Messages whose time ended while they waited, and whether that was the time in which to begin."""
    rows = connection.execute(
        "SELECT message, send_within IS NOT NULL FROM outbound WHERE expires_at <= ? AND expires_at IS NOT NULL AND NOT finished"
        " AND queue IN ('waiting', 'behind', 'deferred') LIMIT 500",
        (now,),
    )
    return [(seq, bool(hurry)) for seq, hurry in rows]


def next_due(connection: sqlite3.Connection) -> Milliseconds | None:
    """The time (timeline) at which the next deferred message is due or the next waiting one expires."""
    (at,) = connection.execute(
        "SELECT min(at) FROM (SELECT min(due_at) AS at FROM outbound WHERE queue = 'deferred' UNION ALL"
        " SELECT min(expires_at) FROM outbound WHERE expires_at IS NOT NULL AND NOT finished"
        " AND queue IN ('waiting', 'behind', 'deferred'))"
    ).fetchone()
    return None if at is None else Milliseconds(at)
