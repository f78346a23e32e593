"""The lanes of the outbox: what goes to one destination with one priority goes one after the other.

Theory of operation. As in `deliveries`: at most one message of a lane that is open, neither held nor asked for a wall time, is
anything but ``behind``: it has its turn. Whatever ends its turn passes it on to the oldest, in the same transaction.
What is asked for a time stands apart.
"""

import sqlite3
from typing import NamedTuple


class Lane(NamedTuple):
    """The lane of a message: what it shares with those that go one after the other, and its place among them."""

    destination: str
    priority: int
    queue: str
    not_before: int | None
    secret: int


def entry_queue(connection: sqlite3.Connection, destination: str, priority: int) -> str:
    """The queue in which a message begins: behind what has its turn, or waiting."""
    row = connection.execute(
        "SELECT 1 FROM outbound INDEXED BY outbound_open WHERE destination = ? AND priority = ?"
        " AND NOT finished AND queue != 'held' AND not_before IS NULL LIMIT 1",
        (destination, priority),
    ).fetchone()
    return "behind" if row else "waiting"


def of(connection: sqlite3.Connection, seq: int) -> Lane:
    """The lane of a message."""
    return Lane._make(
        connection.execute(
            "SELECT destination, priority, queue, not_before, secret FROM outbound WHERE message = ?",
            (seq,),
        ).fetchone()
    )


def pass_on(connection: sqlite3.Connection, lane: Lane) -> None:
    """If the message that left ``lane`` had its turn, the oldest of those behind it has it now."""
    if lane.queue in {"behind", "held"} or lane.not_before is not None:
        return
    row = connection.execute(
        "SELECT message, queue FROM outbound INDEXED BY outbound_open WHERE destination = ? AND priority = ?"
        " AND NOT finished AND queue != 'held' AND not_before IS NULL ORDER BY message LIMIT 1",
        (lane.destination, lane.priority),
    ).fetchone()
    if row is not None and row[1] == "behind":
        connection.execute("UPDATE outbound SET queue = 'waiting' WHERE message = ?", (row[0],))
