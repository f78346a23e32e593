"""Numbers of waiting messages and the age of the oldest: for `gsmd status` and the metrics."""

import sqlite3

import msgspec

from gsmd.clock import Milliseconds


class Waiting(msgspec.Struct, frozen=True):
    """Messages to be sent. ``oldest_at`` (wall) leaves out those that are not to go yet.

    ``held`` counts those whose fate is uncertain and that wait for somebody to decide.
    """

    queued: int
    scheduled: int
    held: int
    oldest_at: Milliseconds | None


def waiting(connection: sqlite3.Connection, now: Milliseconds) -> Waiting:
    """The outbound queue at ``now`` (wall)."""
    queued, scheduled, oldest = connection.execute(
        "SELECT count(*) FILTER (WHERE coalesce(not_before, 0) <= :now),"
        " count(*) FILTER (WHERE not_before > :now),"
        " min(message) FILTER (WHERE coalesce(not_before, 0) <= :now)"
        " FROM outbound INDEXED BY outbound_open WHERE NOT finished",
        {"now": now},
    ).fetchone()
    (held,) = connection.execute(
        "SELECT count(*) FROM message WHERE direction = 'outbound' AND state = 'uncertain'"
    ).fetchone()
    row = connection.execute("SELECT created_at FROM message WHERE seq = ?", (oldest,)).fetchone()
    return Waiting(queued, scheduled, held, row[0] if row else None)


def incomplete(connection: sqlite3.Connection) -> int:
    """Long messages that still lack parts."""
    (count,) = connection.execute("SELECT count(*) FROM assembly WHERE message IS NULL").fetchone()
    return int(count)
