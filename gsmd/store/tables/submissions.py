"""The parts of outbound messages: what was submitted when, and what the network said of it."""

import sqlite3
from typing import NamedTuple

from gsmd.protocol.message import State

UNSENT = frozenset({State.QUEUED, State.SUBMITTING})
"""States of a part that nobody has said to be out."""


class SentPart(NamedTuple):
    """A part that a status report may be about. ``at`` is when it went out (wall)."""

    message: int
    sequence: int
    peer: str
    state: str
    tp_status: int | None
    at: int | None


class PartKey(NamedTuple):
    """One outbound part: the number of its message in the store, and its place in it."""

    message: int
    sequence: int


class PartRow(NamedTuple):
    """One outbound part, for its history."""

    sequence: int
    tpdu: bytes
    state: str
    attempts: int
    modem: str | None
    message_reference: int | None
    sent_at: int | None
    tp_status: int | None
    discharge_time: str | None
    error: str | None


def mark_submitting(
    connection: sqlite3.Connection, seq: int, sequence: int, modem: str, sim: str, submitted_at: int
) -> None:
    """From here on the part may be out. ``submitted_at`` is on the timeline."""
    connection.execute(
        "UPDATE outbound_part SET state = 'submitting', attempts = attempts + 1, modem = ?, sim = ?,"
        " message_reference = NULL, submitted_at = ?, error = NULL WHERE message = ? AND sequence = ?",
        (modem, sim, submitted_at, seq, sequence),
    )


def mark_sent(
    connection: sqlite3.Connection, seq: int, sequence: int, reference: int, at: int
) -> None:
    """The network has the part."""
    connection.execute(
        "UPDATE outbound_part SET state = 'sent', message_reference = ?, sent_at = ?"
        " WHERE message = ? AND sequence = ?",
        (reference, at, seq, sequence),
    )


def mark_found_out(
    connection: sqlite3.Connection, seq: int, sequence: int, reference: int, at: int
) -> None:
    """A report tells that the part is out. If it was tried once, no try is left without a word."""
    mark_sent(connection, seq, sequence, reference, at)
    connection.execute(
        "UPDATE outbound_part SET unanswered_at = NULL"
        " WHERE message = ? AND sequence = ? AND attempts <= 1",
        (seq, sequence),
    )


def mark_part(
    connection: sqlite3.Connection,
    seq: int,
    sequence: int,
    state: State,
    error: str | None,
    *,
    counted: bool = True,
) -> None:
    """Another outcome of a try. ``counted=False``: it never went out, so no limit counts it."""
    connection.execute(
        "UPDATE outbound_part SET state = ?, error = ?, submitted_at = CASE WHEN ? THEN submitted_at END"
        " WHERE message = ? AND sequence = ?",
        (state, error, counted, seq, sequence),
    )


def mark_unanswered(connection: sqlite3.Connection, seq: int, sequence: int, at: int) -> None:
    """The part may be out, and its reference is not known; it was submitted at ``at`` (wall)."""
    connection.execute(
        "UPDATE outbound_part SET unanswered_at = ? WHERE message = ? AND sequence = ?",
        (at, seq, sequence),
    )


def submitted_at(connection: sqlite3.Connection, seq: int, sequence: int) -> int | None:
    """The time (timeline) at which a part was last submitted."""
    (at,) = connection.execute(
        "SELECT submitted_at FROM outbound_part WHERE message = ? AND sequence = ?", (seq, sequence)
    ).fetchone()
    return None if at is None else int(at)


def sim_of(connection: sqlite3.Connection, seq: int, sequence: int) -> str | None:
    """The SIM that a part was last submitted through."""
    (sim,) = connection.execute(
        "SELECT sim FROM outbound_part WHERE message = ? AND sequence = ?", (seq, sequence)
    ).fetchone()
    return None if sim is None else str(sim)


def last_unclear(connection: sqlite3.Connection, modem: str) -> PartKey | None:
    """The part that a modem submitted last, if it may be out and its reference is not known."""
    row = connection.execute(
        "SELECT message, sequence FROM outbound_part WHERE modem = ? AND submitted_at IS NOT NULL"
        " ORDER BY submitted_at DESC LIMIT 1",
        (modem,),
    ).fetchone()
    part = None if row is None else PartKey(*row)
    return part if part is not None and is_unclear(connection, part) else None


def is_unclear(connection: sqlite3.Connection, part: PartKey) -> bool:
    """True if a part waits to be sent again, or for people, and its reference is not known."""
    row = connection.execute(
        "SELECT 1 FROM outbound_part WHERE message = ? AND sequence = ?"
        " AND state IN ('queued', 'uncertain') AND message_reference IS NULL",
        part,
    ).fetchone()
    return row is not None


def under_way(connection: sqlite3.Connection, sim: str) -> list[str]:
    """The recipients of what is being submitted through a SIM: its references are not known yet."""
    rows = connection.execute(
        "SELECT message.peer FROM outbound INDEXED BY outbound_ready"
        " JOIN outbound_part AS part ON part.message = outbound.message"
        " JOIN message ON message.seq = outbound.message"
        " WHERE outbound.queue = 'leased' AND outbound.queue IN ('waiting', 'leased')"
        " AND part.state = 'submitting' AND part.sim = ?",
        (sim,),
    )
    return [peer for (peer,) in rows]


def state_of(connection: sqlite3.Connection, seq: int, sequence: int) -> str:
    """The state of one part."""
    (state,) = connection.execute(
        "SELECT state FROM outbound_part WHERE message = ? AND sequence = ?", (seq, sequence)
    ).fetchone()
    return str(state)


def tries(connection: sqlite3.Connection, seq: int, sequence: int) -> int:
    """The number of times a part was marked as being submitted, whatever came of it."""
    (count,) = connection.execute(
        "SELECT attempts FROM outbound_part WHERE message = ? AND sequence = ?", (seq, sequence)
    ).fetchone()
    return int(count)


def is_begun(connection: sqlite3.Connection, seq: int) -> bool:
    """True if any part of a message is out, or may be."""
    row = connection.execute(
        "SELECT 1 FROM outbound_part WHERE message = ?"
        " AND (state != 'queued' OR unanswered_at IS NOT NULL) LIMIT 1",
        (seq,),
    ).fetchone()
    return row is not None


def was_repeated(connection: sqlite3.Connection, seq: int) -> bool:
    """True if any part of a message was submitted more than once."""
    row = connection.execute(
        "SELECT 1 FROM outbound_part WHERE message = ? AND attempts > 1 LIMIT 1", (seq,)
    ).fetchone()
    return row is not None


def reset_parts(connection: sqlite3.Connection, seq: int) -> None:
    """Mark all parts that are not out as to be sent (again)."""
    connection.execute(
        "UPDATE outbound_part SET state = 'queued' WHERE message = ? AND state NOT IN ('sent', 'delivered')",
        (seq,),
    )


def submitted_since(
    connection: sqlite3.Connection, modem: str, since: int
) -> tuple[int, int | None]:
    """The number of parts a modem submitted since a timeline time, and the time of the first of them."""
    count, first = connection.execute(
        "SELECT count(*), min(submitted_at) FROM outbound_part WHERE modem = ? AND submitted_at > ?",
        (modem, since),
    ).fetchone()
    return count, first


def last_submitted(connection: sqlite3.Connection, modem: str) -> int | None:
    """The time (timeline) at which a modem last submitted a part."""
    (at,) = connection.execute(
        "SELECT max(submitted_at) FROM outbound_part WHERE modem = ? AND submitted_at IS NOT NULL",
        (modem,),
    ).fetchone()
    return None if at is None else int(at)


def sent_parts(
    connection: sqlite3.Connection, sim: str, reference: int, now: int, grace: int
) -> list[SentPart]:
    """Parts a report with this SIM and reference may be about, newest first.

    A part is too old for any once its validity ended ``grace`` milliseconds ago.
    """
    rows = connection.execute(
        "SELECT part.message, part.sequence, message.peer, part.state, part.tp_status, part.sent_at"
        " FROM outbound_part AS part JOIN message ON message.seq = part.message"
        " JOIN outbound ON outbound.message = part.message"
        " WHERE part.sim = ? AND part.message_reference = ?"
        " AND part.submitted_at > ? - ? - coalesce(outbound.validity, 0)"
        " ORDER BY part.submitted_at DESC LIMIT 64",
        (sim, reference, now, grace),
    )
    return [SentPart(*row) for row in rows]


def unanswered_parts(
    connection: sqlite3.Connection, sim: str, earliest: int, latest: int
) -> list[SentPart]:
    """Parts that once got no answer when they were submitted, between two wall times, newest first.

    Also those that went out later: the try that got no answer may be out as well.
    """
    rows = connection.execute(
        "SELECT part.message, part.sequence, message.peer, part.state, part.tp_status, part.unanswered_at"
        " FROM outbound_part AS part JOIN message ON message.seq = part.message"
        " WHERE part.sim = ? AND part.unanswered_at BETWEEN ? AND ?"
        " ORDER BY part.unanswered_at DESC LIMIT 64",
        (sim, earliest, latest),
    )
    return [SentPart(*row) for row in rows]


def report(
    connection: sqlite3.Connection,
    seq: int,
    sequence: int,
    tp_status: int,
    discharge_time: str | None,
    state: State | None,
) -> None:
    """Note the network's word on a sent part; ``state`` where that is final."""
    connection.execute(
        "UPDATE outbound_part SET tp_status = ?, discharge_time = ?, state = coalesce(?, state)"
        " WHERE message = ? AND sequence = ?",
        (tp_status, discharge_time, state, seq, sequence),
    )


def part_states(connection: sqlite3.Connection, seq: int) -> list[str]:
    """The state of every part, in order."""
    rows = connection.execute(
        "SELECT state FROM outbound_part WHERE message = ? ORDER BY sequence", (seq,)
    )
    return [state for (state,) in rows]


def part_rows(connection: sqlite3.Connection, seq: int) -> list[PartRow]:
    """All parts of a message, in order; without the TPDU where it holds a secret."""
    rows = connection.execute(
        "SELECT sequence, CASE WHEN secret THEN x'' ELSE tpdu END, state, part.attempts, modem,"
        " message_reference, sent_at, tp_status, discharge_time, error FROM outbound_part AS part"
        " JOIN outbound USING (message) WHERE message = ? ORDER BY sequence",
        (seq,),
    )
    return [PartRow(*row) for row in rows]
