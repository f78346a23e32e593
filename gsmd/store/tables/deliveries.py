"""Deliveries: one durable queue per handler of what it has yet to acknowledge.

Theory of operation. A delivery is one message for one handler: one that came in, or a receipt for one of ours
(`receipts`). Its state is the column ``queue``:

    add ──► behind ──promote──► waiting ──lease──► leased ──finish──► done
              ▲                  ▲ ▲ ▲               │ │ └──bury────► dead ──redrive──► waiting or behind
              └── add, redrive   │ │ └──give_back────┘ │
                                 │ └──wake_due── deferred ◄──defer
                                 └── release, release_all (leased and deferred)

- **behind**: an earlier delivery of the same lane to the same handler is open. **waiting**: nothing is before it.
  A lane is a peer, or the receipts of one message: those wait for nobody else, and nobody waits for them.
  Of the open ones (not done, not dead) of a handler and a lane, at most one is anything but behind. So order per
  lane needs no sorting, and taking work is one look at an index, however long the backlog: `lease` takes the
  oldest that wait, and what is behind is not there for it. Whatever ends a delivery (`finish`, `bury`) promotes
  the oldest open one of the same lane, in the same transaction.
- **leased**: in a handler's hands. The attempt is counted when it is taken, not when it comes back: what a crash
  cuts off was an attempt. A worker that goes away gives it back to its old place; a handler that failed
  has it deferred, and the lane's later ones stay behind it meanwhile: a retry never changes the order.
- **done** (acknowledged, or written off with its handler) and **dead** (given up) are settled. `redrive` opens a
  dead one anew, in front of younger ones that are not begun, and counts its tries from there.

`gsmd.core.delivery` leases, finishes, defers, buries and gives back; `gsmd.core.housekeeping` wakes what is due;
a start releases everything, since nothing is in anybody's hands then; `gsmd.core.removal` writes off.
"""

import sqlite3
from collections.abc import Callable, Iterable

import msgspec

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Message, Receipt
from gsmd.store.tables import messages, receipts

READY = "queue IN ('waiting', 'leased', 'dead')"
"""The condition of the index of that name: SQLite uses it where a query says so in these words."""


BEGINS = (
    "CASE WHEN EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_open WHERE handler = :handler AND lane = :lane"
    " AND queue NOT IN ('done', 'dead')) THEN 'behind' ELSE 'waiting' END"
)
"""The queue of an entry that is new, or new again: only the oldest open one of a lane waits."""


class Lease(msgspec.Struct, frozen=True):
    """A delivery taken for a hand-over; ``attempt`` is already counted on disk.

    ``tries`` is how many of the attempts count towards giving up: those since it was last redriven.
    """

    handler: str
    seq: int
    attempt: int
    message: Message
    tries: int
    receipt: Receipt | None = None
    number: int = 0
    """That of the receipt; 0 for the message itself, `receipts.FORM` for the form that it ends."""


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


def add(
    connection: sqlite3.Connection, handler: str, seq: int, peer: str, at: Milliseconds
) -> None:
    """One more message for a handler, behind what the same peer sent before."""
    connection.execute(
        "INSERT INTO delivery (handler, message, lane, queue, updated_at)"
        f" VALUES (:handler, :seq, :lane, {BEGINS}, :at) ON CONFLICT DO NOTHING",
        {"handler": handler, "seq": seq, "lane": peer, "at": at},
    )


def add_receipt(
    connection: sqlite3.Connection, handler: str, seq: int, message: Message, at: Milliseconds
) -> Receipt:
    """One more receipt for a handler: that a message of ours came to the state it has, behind earlier ones for it."""
    (number,) = connection.execute(
        "SELECT coalesce(max(receipt), 0) + 1 FROM delivery WHERE message = ? AND handler = ?",
        (seq, handler),
    ).fetchone()
    connection.execute(
        "INSERT INTO delivery (handler, message, receipt, lane, queue, updated_at, told)"
        f" VALUES (:handler, :seq, :number, :lane, {BEGINS}, :at, :told)",
        {
            "handler": handler,
            "seq": seq,
            "number": number,
            "lane": receipts.lane(seq),
            "at": at,
            "told": receipts.told(message, at),
        },
    )
    return Receipt(state=message.state, number=number, at=messages.moment(at))


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
        "INSERT INTO delivery (handler, message, lane, queue, updated_at)"
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
    # left by a handler of that name that was removed; receipts may have come before it
    connection.execute(
        "DELETE FROM delivery WHERE handler = ? AND message >= ? AND receipt < 1",
        (handler, first_seq),
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
        f"SELECT attempts, before, receipt, told, {messages.qualified('message')} FROM delivery"
        " INDEXED BY delivery_ready JOIN message ON message.seq = delivery.message"
        f" WHERE handler = ? AND queue = 'waiting' AND {READY} ORDER BY delivery.message LIMIT ?",
        (handler, limit),
    ).fetchall()
    connection.executemany(
        "UPDATE delivery SET queue = 'leased', attempts = attempts + 1, updated_at = ?"
        " WHERE handler = ? AND message = ? AND receipt = ?",
        [(at, handler, row[4], row[2]) for row in rows],
    )
    return [
        Lease(
            handler,
            row[4],
            row[0] + 1,
            receipts.as_it_was(messages.from_row(row[4:]), row[2], row[3]),
            row[0] + 1 - row[1],
            receipts.read(row[2], row[3]),
            row[2],
        )
        for row in rows
    ]


def finish(
    connection: sqlite3.Connection, handler: str, seq: int, at: Milliseconds, number: int = 0
) -> None:
    """Acknowledged: the next one of the same lane moves up. ``number``: that of a receipt, here and below."""
    settle(connection, handler, seq, number, "done", None, at)
    _promote(connection, handler, seq, number)


def bury(
    connection: sqlite3.Connection,
    handler: str,
    seq: int,
    reason: str,
    at: Milliseconds,
    number: int = 0,
) -> None:
    """Given up: to the dead letters; the next one of the same lane moves up."""
    settle(connection, handler, seq, number, "dead", reason, at)
    _promote(connection, handler, seq, number)


def defer(
    connection: sqlite3.Connection,
    handler: str,
    seq: int,
    reason: str,
    due_at: Milliseconds,
    at: Milliseconds,
    number: int = 0,
) -> None:
    """Again at ``due_at`` (timeline); the lane's later ones wait behind it."""
    settle(connection, handler, seq, number, "deferred", reason, at)
    connection.execute(
        "UPDATE delivery SET due_at = ? WHERE handler = ? AND message = ? AND receipt = ?",
        (due_at, handler, seq, number),
    )


def give_back(
    connection: sqlite3.Connection, handler: str, seq: int, at: Milliseconds, number: int = 0
) -> None:
    """The handler went away before it answered: it waits again, at its old place."""
    connection.execute(
        "UPDATE delivery SET queue = 'waiting', updated_at = ?"
        " WHERE handler = ? AND message = ? AND receipt = ? AND queue = 'leased'",
        (at, handler, seq, number),
    )


def release_all(connection: sqlite3.Connection) -> int:
    """After a start: nothing is in anybody's hands, and what was deferred may be tried at once."""
    leased = connection.execute(
        f"UPDATE delivery SET queue = 'waiting' WHERE queue = 'leased' AND {READY}"
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


def settle(
    connection: sqlite3.Connection,
    handler: str,
    seq: int,
    number: int,
    queue: str,
    error: str | None,
    at: int,
) -> None:
    """Put a delivery, or a receipt (``number``), into a queue."""
    connection.execute(
        "UPDATE delivery SET queue = ?, error = ?, updated_at = ?"
        " WHERE handler = ? AND message = ? AND receipt = ?",
        (queue, error, at, handler, seq, number),
    )


def _promote(connection: sqlite3.Connection, handler: str, seq: int, number: int) -> None:
    connection.execute(
        "UPDATE delivery SET queue = 'waiting' WHERE handler = :handler AND queue = 'behind'"
        " AND (message, receipt) = (SELECT message, receipt FROM delivery INDEXED BY delivery_open"
        " WHERE handler = :handler AND lane ="
        " (SELECT lane FROM delivery WHERE handler = :handler AND message = :seq AND receipt = :number)"
        " AND queue NOT IN ('done', 'dead') ORDER BY message, receipt LIMIT 1)",
        {"handler": handler, "seq": seq, "number": number},
    )
