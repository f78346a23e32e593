"""The outbox: the queue of outbound messages.

Theory of operation. A message is taken by one modem and sent part by part; ``outbound.queue`` says where
the message stands, ``outbound_part.state`` what became of each part (`gsmd.store.tables.submissions`).

    add ──► behind ──pass on──► waiting ──lease──► leased ──finish──► done ──reopen──► waiting or behind
     │                            ▲ ▲ ▲             │ │ │
     │                            │ │ └──requeue────┘ │ └──hold──► held ──reopen──► waiting or behind
     └──► deferred ──wake_due─────┘ │                 └──defer──► deferred
                                    └── free: a report tells that a part of a held or deferred one is out

- **behind** and **waiting** are those of a lane (`lanes`): one message of it has its turn, the others are behind.
- **leased**: in a modem's hands (``leased_by``), from the first part to the last. Before Ctrl-Z its part is marked
  ``submitting``; after a crash that, and only that, may be out (`interrupted`). What could not go, through no fault
  of the message, is requeued at its old place; what was refused for now is deferred, and the later ones stay behind.
- **held**: it may be out, and nobody sends it again in silence. It stays until somebody retries or cancels it, or a
  status report tells; the destination's others go on.
- **done**: sent, failed, expired or cancelled; ``finished`` says the same to the indexes, and what is secret is wiped.

`gsmd.core.sending` leases through `gsmd.core.outbound`, which finishes, cancels, expires and reopens;
`gsmd.core.submit_failures` requeues, defers, holds and recovers; `gsmd.core.housekeeping` wakes what is due (`schedule`).
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from gsmd.store.tables import lanes
from gsmd.store.tables.lanes import Lane
from gsmd.store.tables.orders import Order
from gsmd.store.tables.submissions import PartKey

_READY = "queue IN ('waiting', 'leased')"
"""The condition of the index of that name: SQLite uses it where a query says so in these words."""


class Work(NamedTuple):
    """The next part to send of a leased message, and whether more of it follows."""

    seq: int
    id: str
    peer: str
    sequence: int
    total: int
    tpdu: bytes
    attempts: int  # tries of the message so far, without this one
    expires_at: int | None
    priority: int
    sim: str | None  # that of the parts that are out
    hurry: int  # milliseconds by which its validity outlasts the time in which it is to be begun; 0 once it is
    destination: str
    not_before: int | None  # wall, as asked for
    override: int  # goes to those who opted out, too
    secret: int  # its parts are wiped once it is out
    receipts: str | None  # the handler that is told what becomes of it
    last: bool


class Waiting(NamedTuple):
    """The place of a message in the queue."""

    queue: str
    waits: str | None
    due_at: int
    not_before: int | None
    route: str
    attempts: int


def add(connection: sqlite3.Connection, seq: int, order: Order, tpdus: Sequence[bytes]) -> None:
    """Queue an accepted message, behind what goes to the same destination with the same priority."""
    connection.execute(
        "INSERT INTO outbound (message, destination, route, priority, due_at, not_before, expires_at,"
        " validity, report, flash, handler, key, override, secret, receipts, receipt_sent, when_uncertain,"
        " send_within, protocol_id, udh, fingerprint, queue)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            seq,
            *order,
            "deferred"
            if order.due_at
            else lanes.entry_queue(connection, order.destination, order.priority),
        ),
    )
    _add_parts(connection, seq, tpdus)


def _add_parts(connection: sqlite3.Connection, seq: int, tpdus: Sequence[bytes]) -> None:
    connection.executemany(
        "INSERT INTO outbound_part (message, sequence, tpdu, state) VALUES (?, ?, ?, 'queued')",
        [(seq, sequence, tpdu) for sequence, tpdu in enumerate(tpdus, 1)],
    )


def replace(connection: sqlite3.Connection, seq: int, tpdus: Sequence[bytes]) -> None:
    """Other parts in place of those that were to be sent."""
    connection.execute("DELETE FROM outbound_part WHERE message = ?", (seq,))
    _add_parts(connection, seq, tpdus)


def begun(connection: sqlite3.Connection, seq: int) -> None:
    """Something of it is out, or may be: from here on it has as long as its validity says."""
    connection.execute(
        "UPDATE outbound SET expires_at = expires_at - send_within + validity, send_within = NULL"
        " WHERE message = ? AND send_within IS NOT NULL",
        (seq,),
    )


def routes(connection: sqlite3.Connection) -> list[str]:
    """The routes of what waits: one look at the index for each, however long the queue."""
    return [
        route
        for (route,) in connection.execute(
            "WITH RECURSIVE each(route) AS ("
            f" SELECT min(route) FROM outbound WHERE queue = 'waiting' AND {_READY} UNION ALL"
            f" SELECT (SELECT min(route) FROM outbound WHERE queue = 'waiting' AND {_READY} AND route > each.route)"
            " FROM each WHERE each.route IS NOT NULL)"
            " SELECT route FROM each WHERE route IS NOT NULL"
        )
    ]


def lease(connection: sqlite3.Connection, modem: str, routes_: Sequence[str]) -> int | None:
    """Take the first waiting message (by priority, then age) of these routes for a modem."""
    best: tuple[int, int] | None = None
    for route in routes_:
        row = connection.execute(
            f"SELECT priority, message FROM outbound WHERE queue = 'waiting' AND {_READY} AND route = ?"
            " ORDER BY priority DESC, message LIMIT 1",
            (route,),
        ).fetchone()
        if row and (best is None or (-row[0], row[1]) < (-best[0], best[1])):
            best = row
    if best is None:
        return None
    connection.execute(
        "UPDATE outbound SET queue = 'leased', leased_by = ?, waits = NULL WHERE message = ?",
        (modem, best[1]),
    )
    return best[1]


def work(connection: sqlite3.Connection, seq: int, after: int = 0) -> Work | None:
    """The first part of a leased message that is not out; None if all are, or it was cancelled.

    ``after``: only parts behind that one, which is under way.
    """
    row = connection.execute(
        "SELECT message.seq, message.id, message.peer, part.sequence, message.parts, part.tpdu,"
        " outbound.attempts, outbound.expires_at, outbound.priority, (SELECT sim FROM outbound_part"
        " WHERE message = outbound.message AND state IN ('sent', 'delivered') LIMIT 1),"
        " coalesce(outbound.validity - outbound.send_within, 0), outbound.destination, outbound.not_before,"
        " outbound.override, outbound.secret, outbound.receipts FROM outbound"
        " JOIN message ON message.seq = outbound.message"
        " JOIN outbound_part AS part ON part.message = outbound.message"
        " WHERE outbound.message = ? AND outbound.queue = 'leased' AND part.state IN ('queued', 'submitting')"
        " AND part.sequence > ? ORDER BY part.sequence LIMIT 2",
        (seq, after),
    ).fetchall()
    return Work._make((*row[0], len(row) == 1)) if row else None


def waits_for(
    connection: sqlite3.Connection, routes_: Sequence[str], above: int | None = None
) -> bool:
    """True if anything of these routes waits (with a priority above ``above``)."""
    return any(
        connection.execute(
            f"SELECT 1 FROM outbound WHERE queue = 'waiting' AND {_READY} AND route = ? AND priority > ? LIMIT 1",
            (route, -(2**31) if above is None else above),
        ).fetchone()
        for route in routes_
    )


def may_submit(connection: sqlite3.Connection, part: PartKey, modem: str) -> tuple[bool, str]:
    """True if the message is still in this modem's hands, and the state of its part."""
    leased, state = connection.execute(
        "SELECT queue = 'leased' AND leased_by IS ?, state FROM outbound_part AS part"
        " JOIN outbound ON outbound.message = part.message WHERE part.message = ? AND part.sequence = ?",
        (modem, *part),
    ).fetchone()
    return bool(leased), state


def is_leased(connection: sqlite3.Connection, seq: int, modem: str) -> bool:
    """True if the message is still in this modem's hands."""
    row = connection.execute(
        "SELECT 1 FROM outbound WHERE message = ? AND queue = 'leased' AND leased_by = ?",
        (seq, modem),
    ).fetchone()
    return row is not None


def start_over(connection: sqlite3.Connection, seq: int) -> None:
    """All parts are to be sent, those that are out once more."""
    connection.execute(
        "UPDATE outbound_part SET state = 'queued', message_reference = NULL, tp_status = NULL,"
        " discharge_time = NULL WHERE message = ?",
        (seq,),
    )


def reroute(connection: sqlite3.Connection, seq: int, modem: str) -> None:
    """The rest must go through this modem: the first part is out, and parts join by sender."""
    connection.execute("UPDATE outbound SET route = ? WHERE message = ?", (modem, seq))


def requeue(connection: sqlite3.Connection, seq: int, waits: str | None) -> None:
    """Back to the waiting ones, at its old place."""
    connection.execute(
        "UPDATE outbound SET queue = 'waiting', leased_by = NULL, waits = ? WHERE message = ?",
        (waits, seq),
    )


def defer(
    connection: sqlite3.Connection, seq: int, due_at: int, waits: str, *, counted: bool = True
) -> None:
    """Not before ``due_at`` (timeline); counts a try."""
    connection.execute(
        "UPDATE outbound SET queue = 'deferred', leased_by = NULL, attempts = attempts + ?, due_at = ?,"
        " waits = ? WHERE message = ?",
        (counted, due_at, waits, seq),
    )


def hold(connection: sqlite3.Connection, seq: int, waits: str) -> None:
    """Until somebody decides (`gsmd retry`, `gsmd cancel`); the destination's others go on."""
    lane = lanes.of(connection, seq)
    connection.execute(
        "UPDATE outbound SET queue = 'held', leased_by = NULL, waits = ? WHERE message = ?",
        (waits, seq),
    )
    lanes.pass_on(connection, lane)


def finish(connection: sqlite3.Connection, seq: int) -> None:
    """Take a message out of the queue: nothing more to send; the next one to the same destination moves up."""
    _finish(connection, seq, lanes.of(connection, seq))


def finish_work(connection: sqlite3.Connection, work: Work) -> None:
    """The same for what a carrier has in its hands."""
    lane = Lane(work.destination, work.priority, "leased", work.not_before, work.secret)
    _finish(connection, work.seq, lane)


def _finish(connection: sqlite3.Connection, seq: int, lane: Lane) -> None:
    connection.execute(
        "UPDATE outbound SET queue = 'done', finished = 1, leased_by = NULL, waits = NULL WHERE message = ?",
        (seq,),
    )
    if lane.secret:
        connection.execute("UPDATE outbound_part SET tpdu = x'' WHERE message = ?", (seq,))
    lanes.pass_on(connection, lane)


def free(connection: sqlite3.Connection, seq: int) -> None:
    """Let what was held or deferred go on: a part of it turned out to be out."""
    lane = lanes.of(connection, seq)
    held = lane.queue == "held"
    queue = lanes.entry_queue(connection, lane.destination, lane.priority) if held else "waiting"
    connection.execute(
        "UPDATE outbound SET queue = ?, leased_by = NULL, waits = NULL WHERE message = ?",
        (queue, seq),
    )


def reopen(connection: sqlite3.Connection, seq: int, now: int) -> None:
    """Queue a finished or held message once more, with its tries and its validity from the start."""
    destination, priority = connection.execute(
        "SELECT destination, priority FROM outbound WHERE message = ?", (seq,)
    ).fetchone()
    connection.execute(
        "UPDATE outbound SET queue = ?, finished = 0, attempts = 0, due_at = 0, expires_at = ? + validity, send_within = NULL,"
        " not_before = NULL, waits = NULL WHERE message = ?",
        (lanes.entry_queue(connection, destination, priority), now, seq),
    )


def interrupted(
    connection: sqlite3.Connection, modem: str | None
) -> list[tuple[int, int | None, str | None]]:
    """After a start: ``(seq, sequence, modem)`` of what was leased, by one modem or by any.

    ``sequence`` is that of the part that may be out, None if none is.
    """
    rows = connection.execute(
        "SELECT outbound.message, part.sequence, part.modem FROM outbound INDEXED BY outbound_ready"
        " LEFT JOIN outbound_part AS part ON part.message = outbound.message AND part.state = 'submitting'"
        " WHERE outbound.queue = 'leased' AND outbound.queue IN ('waiting', 'leased')"
        " AND (:modem IS NULL OR outbound.leased_by = :modem)",
        {"modem": modem},
    ).fetchall()
    return sorted(rows, key=lambda row: row[0])


def queue_of(connection: sqlite3.Connection, seq: int) -> str:
    """In which queue a message stands."""
    (queue,) = connection.execute("SELECT queue FROM outbound WHERE message = ?", (seq,)).fetchone()
    return str(queue)


def waiting(connection: sqlite3.Connection, seq: int) -> Waiting | None:
    """The place of a message in the queue; None if it is no outbound message."""
    return waiting_among(connection, [seq]).get(seq)


def waiting_among(connection: sqlite3.Connection, seqs: Sequence[int]) -> dict[int, Waiting]:
    """The place of each of these messages in the queue, if it is an outbound one."""
    rows = connection.execute(
        "SELECT message, queue, waits, due_at, not_before, route, attempts FROM json_each(?)"
        " JOIN outbound ON message = value",
        (json.dumps(seqs),),
    )
    return {seq: Waiting(*row) for seq, *row in rows}
