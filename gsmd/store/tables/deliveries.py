"""Deliveries: one durable queue per handler of what it has yet to acknowledge.

Theory of operation. A delivery is one message for one handler. Its state is the column ``queue``:

    add ──► behind ──promote──► waiting ──lease──► leased ──finish──► done
              ▲                  ▲ ▲ ▲               │ │ └──bury────► dead ──redrive──► waiting or behind
              └── add, redrive   │ │ └──give_back────┘ │
                                 │ └──wake_due── deferred ◄──defer
                                 └── release, release_all (leased and deferred)

- **behind**: an earlier delivery of the same peer to the same handler is open. **waiting**: nothing is before it.
  Of the open ones (not done, not dead) of a handler and a peer, at most one is anything but behind. So order per
  peer needs no sorting, and taking work is one look at an index, however long the backlog: `lease` takes the
  oldest that wait, and what is behind is not there for it. Whatever ends a delivery (`finish`, `bury`) promotes
  the oldest open one of the same peer, in the same transaction.
- **leased**: in a handler's hands. The attempt is counted when it is taken, not when it comes back: what a crash
  cuts off was an attempt. A worker that goes away gives it back to its old place; a handler that failed
  has it deferred, and the peer's later ones stay behind it meanwhile: a retry never changes the order.
- **done** (acknowledged, or written off with its handler) and **dead** (given up) are settled. `redrive` opens a
  dead one anew, in front of younger ones that are not begun, and counts its tries from there.

`gsmd.core.delivery` leases, finishes, defers, buries and gives back; `gsmd.core.housekeeping` wakes what is due;
a start releases everything, since nothing is in anybody's hands then; `gsmd.core.removal` writes off.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Message
from gsmd.store.tables import messages

_READY = "queue IN ('waiting', 'leased', 'dead')"
"""The condition of the index of that name: SQLite uses it where a query says so in these words."""


_BEGINS = (
    "CASE WHEN EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_open WHERE handler = :handler AND peer = :peer"
    " AND queue NOT IN ('done', 'dead')) THEN 'behind' ELSE 'waiting' END"
)
"""The queue of an entry that is new, or new again: only the oldest open one of a peer waits."""


class Lease(msgspec.Struct, frozen=True):
    """A delivery taken for a hand-over; ``attempt`` is already counted on disk.

    ``tries`` is how many of the attempts count towards giving up: those since it was last redriven.
    """

    handler: str
    seq: int
    attempt: int
    message: Message
    tries: int


class Backlog(msgspec.Struct, frozen=True):
    """The amount of work that a handler has yet to do."""

    pending: int
    in_flight: int
    dead: int
    oldest_at: int | None


def register(
    connection: sqlite3.Connection, name: str, at: Milliseconds, *, configured: bool
) -> bool:
    """Let a handler collect from now on. False if it already does."""
    new = connection.execute(
        "INSERT INTO handler (name, created_at, configured) VALUES (?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET configured = max(configured, excluded.configured), match = NULL"
        " WHERE configured < excluded.configured RETURNING created_at = ?",
        (name, at, configured, at),
    ).fetchone()
    return bool(new and new[0])


def known(connection: sqlite3.Connection) -> list[str]:
    """Every handler that ever collected."""
    return [name for (name,) in connection.execute("SELECT name FROM handler ORDER BY name")]


def subscribed(connection: sqlite3.Connection) -> list[str]:
    """The handlers that came by a subscription and were never in the configuration."""
    rows = connection.execute("SELECT name FROM handler WHERE NOT configured ORDER BY name")
    return [name for (name,) in rows]


def choose(connection: sqlite3.Connection, name: str, match: str) -> None:
    """``match``, in JSON, is what a handler that is not configured collects from now on."""
    connection.execute("UPDATE handler SET match = ? WHERE name = ?", (match, name))


def choices(connection: sqlite3.Connection) -> dict[str, str]:
    """Those of the handlers that are not configured and do not take everything, in JSON."""
    rows = connection.execute(
        "SELECT name, match FROM handler WHERE NOT configured AND match IS NOT NULL"
    )
    return dict(rows.fetchall())


def unregister(connection: sqlite3.Connection, name: str) -> None:
    """Let a handler collect no more; `write_off` comes first."""
    connection.execute("DELETE FROM handler WHERE name = ?", (name,))


def write_off(
    connection: sqlite3.Connection, handler: str, reason: str, limit: int, at: Milliseconds
) -> list[int]:
    """Be done with up to ``limit`` of what a handler has not; returns the messages."""
    rows = connection.execute(
        "SELECT message FROM delivery INDEXED BY delivery_open WHERE handler = :handler"
        " AND queue NOT IN ('done', 'dead') UNION ALL SELECT message FROM delivery INDEXED BY delivery_ready"
        f" WHERE handler = :handler AND queue = 'dead' AND {_READY} LIMIT :limit",
        {"handler": handler, "limit": limit},
    ).fetchall()
    for (message,) in rows:
        _set(connection, handler, message, "done", reason, at)
    return [message for (message,) in rows]


def add(
    connection: sqlite3.Connection, handler: str, seq: int, peer: str, at: Milliseconds
) -> None:
    """One more message for a handler, behind what the same peer sent before."""
    connection.execute(
        "INSERT INTO delivery (handler, message, peer, queue, updated_at)"
        f" VALUES (:handler, :seq, :peer, {_BEGINS}, :at) ON CONFLICT DO NOTHING",
        {"handler": handler, "seq": seq, "peer": peer, "at": at},
    )


def add_since(
    connection: sqlite3.Connection,
    handler: str,
    first_seq: int,
    at: Milliseconds,
    wanted: Callable[[Message], bool] | None = None,
) -> int:
    """Queue every inbound message from ``first_seq`` on for a new handler, as if it had been there.

    ``wanted`` says of each whether the handler takes it; None: all.
    """
    if wanted is not None:
        return _add_wanted_since(connection, handler, first_seq, at, wanted)
    return connection.execute(
        "INSERT INTO delivery (handler, message, peer, queue, updated_at)"
        " SELECT :handler, seq, peer, iif(row_number() OVER (PARTITION BY peer ORDER BY seq) = 1,"
        " 'waiting', 'behind'), :at FROM message WHERE direction = 'inbound' AND state != 'undecodable'"
        " AND kind != 'report' AND seq >= :first ORDER BY seq"
        # left by a handler of that name that was removed
        " ON CONFLICT DO UPDATE SET queue = excluded.queue, attempts = 0, before = 0, due_at = 0, error = NULL,"
        " updated_at = excluded.updated_at",
        {"handler": handler, "at": at, "first": first_seq},
    ).rowcount


def _add_wanted_since(
    connection: sqlite3.Connection,
    handler: str,
    first_seq: int,
    at: Milliseconds,
    wanted: Callable[[Message], bool],
) -> int:
    # left by a handler of that name that was removed
    connection.execute(
        "DELETE FROM delivery WHERE handler = ? AND message >= ?", (handler, first_seq)
    )
    rows = connection.execute(
        f"SELECT {messages.qualified('message')} FROM message WHERE direction = 'inbound'"
        " AND state != 'undecodable' AND kind != 'report' AND seq >= ? ORDER BY seq",
        (first_seq,),
    )
    count = 0
    for row in rows:
        message = messages.from_row(row)
        if wanted(message):
            add(connection, handler, row[0], message.peer, at)
            count += 1
    return count


def lease(
    connection: sqlite3.Connection, handler: str, limit: int, at: Milliseconds
) -> list[Lease]:
    """Take up to ``limit`` of what waits, oldest first, and count the attempt."""
    rows = connection.execute(
        f"SELECT attempts, before, {messages.qualified('message')} FROM delivery"
        " INDEXED BY delivery_ready JOIN message ON message.seq = delivery.message"
        f" WHERE handler = ? AND queue = 'waiting' AND {_READY} ORDER BY delivery.message LIMIT ?",
        (handler, limit),
    ).fetchall()
    connection.executemany(
        "UPDATE delivery SET queue = 'leased', attempts = attempts + 1, updated_at = ?"
        " WHERE handler = ? AND message = ?",
        [(at, handler, row[2]) for row in rows],
    )
    return [
        Lease(handler, seq, attempts + 1, messages.from_row((seq, *row)), attempts + 1 - before)
        for attempts, before, seq, *row in rows
    ]


def finish(connection: sqlite3.Connection, handler: str, seq: int, at: Milliseconds) -> None:
    """Acknowledged: the next one of the same peer moves up."""
    _set(connection, handler, seq, "done", None, at)
    _promote(connection, handler, seq)


def bury(
    connection: sqlite3.Connection, handler: str, seq: int, reason: str, at: Milliseconds
) -> None:
    """Given up: to the dead letters; the next one of the same peer moves up."""
    _set(connection, handler, seq, "dead", reason, at)
    _promote(connection, handler, seq)


def defer(
    connection: sqlite3.Connection,
    handler: str,
    seq: int,
    reason: str,
    due_at: Milliseconds,
    at: Milliseconds,
) -> None:
    """Again at ``due_at`` (timeline); the peer's later ones wait behind it."""
    _set(connection, handler, seq, "deferred", reason, at)
    connection.execute(
        "UPDATE delivery SET due_at = ? WHERE handler = ? AND message = ?", (due_at, handler, seq)
    )


def give_back(connection: sqlite3.Connection, handler: str, seq: int, at: Milliseconds) -> None:
    """The handler went away before it answered: it waits again, at its old place."""
    connection.execute(
        "UPDATE delivery SET queue = 'waiting', updated_at = ?"
        " WHERE handler = ? AND message = ? AND queue = 'leased'",
        (at, handler, seq),
    )


def release_all(connection: sqlite3.Connection) -> int:
    """After a start: nothing is in anybody's hands, and what was deferred may be tried at once."""
    leased = connection.execute(
        f"UPDATE delivery SET queue = 'waiting' WHERE queue = 'leased' AND {_READY}"
    ).rowcount
    deferred = connection.execute(
        "UPDATE delivery INDEXED BY delivery_deferred SET queue = 'waiting', due_at = 0"
        " WHERE queue = 'deferred'"
    ).rowcount
    return leased + deferred


def release(connection: sqlite3.Connection, handlers: Iterable[str]) -> None:
    """Take back all that these handlers have in their hands; what was deferred may be tried at once."""
    connection.executemany(
        "UPDATE delivery SET queue = 'waiting', due_at = 0"
        " WHERE handler = ? AND queue IN ('leased', 'deferred')",
        [(handler,) for handler in handlers],
    )


def wake_due(connection: sqlite3.Connection, now: Milliseconds) -> set[str]:
    """Move what is due to the waiting ones; returns the handlers concerned."""
    rows = connection.execute(
        "UPDATE delivery SET queue = 'waiting' WHERE queue = 'deferred' AND due_at <= ? RETURNING handler",
        (now,),
    )
    return {handler for (handler,) in rows.fetchall()}


def next_due(connection: sqlite3.Connection) -> Milliseconds | None:
    """The time (timeline) at which the next deferred delivery is due."""
    (at,) = connection.execute(
        "SELECT min(due_at) FROM delivery WHERE queue = 'deferred'"
    ).fetchone()
    return None if at is None else Milliseconds(at)


def all_settled(connection: sqlite3.Connection, seq: int) -> tuple[bool, bool]:
    """True if no handler has this message before it, and true if one gave up on it."""
    still_open, dead = connection.execute(
        "SELECT coalesce(sum(queue NOT IN ('done', 'dead')), 0), coalesce(sum(queue = 'dead'), 0)"
        " FROM delivery WHERE message = ?",
        (seq,),
    ).fetchone()
    return not still_open, bool(dead)


def redrive(
    connection: sqlite3.Connection, handler: str, seq: int | None, limit: int, at: Milliseconds
) -> list[int]:
    """Dead letters wait again, the oldest ``limit`` of a handler or one; returns their messages."""
    rows = connection.execute(
        "SELECT message, peer FROM delivery INDEXED BY delivery_ready"
        f" WHERE handler = :handler AND queue = 'dead' AND {_READY} AND (:seq IS NULL OR message = :seq) ORDER BY message LIMIT :limit",
        {"handler": handler, "seq": seq, "limit": limit},
    ).fetchall()
    for message, peer in rows:
        connection.execute(
            "UPDATE delivery SET before = attempts, due_at = 0, error = NULL, updated_at = :at,"
            f" queue = {_BEGINS} WHERE handler = :handler AND message = :seq",
            {"handler": handler, "seq": message, "peer": peer, "at": at},
        )
    return [message for message, _ in rows]


def renew(
    connection: sqlite3.Connection, handler: str, seq: int, peer: str, at: Milliseconds
) -> bool:
    """A delivery that is settled, or that there never was, is open; False if it was."""
    changed = connection.execute(
        "INSERT INTO delivery (handler, message, peer, queue, updated_at)"
        f" VALUES (:handler, :seq, :peer, {_BEGINS}, :at) ON CONFLICT DO UPDATE SET queue = excluded.queue,"
        " before = attempts, due_at = 0, error = NULL, updated_at = :at WHERE queue IN ('done', 'dead')",
        {"handler": handler, "seq": seq, "peer": peer, "at": at},
    )
    return changed.rowcount > 0


def backlog(connection: sqlite3.Connection, handler: str) -> Backlog:
    """Counts for one handler."""
    pending, oldest = connection.execute(
        "SELECT count(*), min(message) FROM delivery INDEXED BY delivery_open"
        " WHERE handler = ? AND queue NOT IN ('done', 'dead')",
        (handler,),
    ).fetchone()
    in_flight, dead = (_count(connection, handler, queue) for queue in ("leased", "dead"))
    row = connection.execute("SELECT created_at FROM message WHERE seq = ?", (oldest,)).fetchone()
    return Backlog(pending, in_flight, dead, row[0] if row else None)


def _count(connection: sqlite3.Connection, handler: str, queue: str) -> int:
    (count,) = connection.execute(
        "SELECT count(*) FROM delivery INDEXED BY delivery_ready"
        f" WHERE handler = ? AND queue = ? AND {_READY}",
        (handler, queue),
    ).fetchone()
    return int(count)


def dead_letters(
    connection: sqlite3.Connection, handler: str | None, limit: int, before: int | None
) -> list[tuple[str, int, str, int, Message]]:
    """``(handler, attempts, reason, at, message)``, newest message first; of all handlers if none is named."""
    names = known(connection) if handler is None else [handler]
    rows = [row for name in names for row in _dead_letters(connection, name, limit, before)]
    rows.sort(key=lambda row: row[4], reverse=True)
    return [(*row[:4], messages.from_row(row[4:])) for row in rows[:limit]]


def _dead_letters(
    connection: sqlite3.Connection, handler: str, limit: int, before: int | None
) -> list[tuple[Any, ...]]:
    return connection.execute(
        "SELECT delivery.handler, attempts, coalesce(delivery.error, ''), updated_at,"
        f" {messages.qualified('message')} FROM delivery INDEXED BY delivery_ready"
        " JOIN message ON message.seq = delivery.message"
        f" WHERE handler = ? AND queue = 'dead' AND {_READY} AND delivery.message < ?"
        " ORDER BY delivery.message DESC LIMIT ?",
        (handler, 2**62 if before is None else before, limit),
    ).fetchall()


def history(
    connection: sqlite3.Connection, seq: int
) -> list[tuple[str, str, int, str | None, int]]:
    """``(handler, queue, attempts, error, updated_at)`` for one message."""
    return connection.execute(
        "SELECT handler, queue, attempts, error, updated_at FROM delivery WHERE message = ? ORDER BY handler",
        (seq,),
    ).fetchall()


def _set(
    connection: sqlite3.Connection, handler: str, seq: int, queue: str, error: str | None, at: int
) -> None:
    connection.execute(
        "UPDATE delivery SET queue = ?, error = ?, updated_at = ? WHERE handler = ? AND message = ?",
        (queue, error, at, handler, seq),
    )


def _promote(connection: sqlite3.Connection, handler: str, seq: int) -> None:
    connection.execute(
        "UPDATE delivery SET queue = 'waiting' WHERE handler = :handler AND queue = 'behind' AND message ="
        " (SELECT min(message) FROM delivery INDEXED BY delivery_open WHERE handler = :handler"
        " AND peer = (SELECT peer FROM delivery WHERE handler = :handler AND message = :seq)"
        " AND queue NOT IN ('done', 'dead'))",
        {"handler": handler, "seq": seq},
    )
