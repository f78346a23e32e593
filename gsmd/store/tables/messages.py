"""The message table: rows to `Message` and back, state changes, what is too old."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, overload

import msgspec

from gsmd.clock import Milliseconds
from gsmd.protocol.message import (
    DAMAGED,
    TRANSITIONS,
    Direction,
    Failure,
    Kind,
    Message,
    Ports,
    State,
    advance,
)
from gsmd.store.tables import clock_history
from gsmd.store.tables.clock_history import Span

COLUMNS = (
    "seq, id, direction, state, peer, modem, kind, text, data, alphabet, class, destination_port,"
    " source_port, parts, complete, tag, in_reply_to, possible_duplicate, created_at,"
    " service_centre_timestamp, sent_at, delivered_at, error"
)
"""The columns that `from_row` reads, in its order."""


def qualified(table: str) -> str:
    """`COLUMNS` for a query with a join."""
    return ", ".join(f"{table}.{column.strip()}" for column in COLUMNS.split(","))


@overload
def moment(at: int) -> datetime: ...
@overload
def moment(at: int | None) -> datetime | None: ...
def moment(at: int | None) -> datetime | None:
    """A wall time of the store as an aware datetime."""
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC)


def milliseconds(at: datetime) -> Milliseconds:
    """An aware datetime as the store keeps it."""
    return Milliseconds(round(at.timestamp() * 1000))


def from_row(row: tuple[Any, ...]) -> Message:
    """The message of a row of `COLUMNS`."""
    (_seq, id_, direction, state, peer, modem, kind, text, data, alphabet, class_, destination_port,
     source_port, parts, complete, tag, in_reply_to, possible_duplicate, created_at,
     service_centre_timestamp, sent_at, delivered_at, error) = row  # fmt: skip
    ports = None if destination_port is None else Ports(destination_port, source_port)
    stamp = service_centre_timestamp
    return Message(
        id=id_,
        direction=Direction(direction),
        state=State(state),
        peer=peer,
        modem=modem,
        kind=Kind(kind),
        text=text,
        data=data,
        alphabet=alphabet,
        class_=class_,
        ports=ports,
        parts=parts,
        complete=bool(complete),
        tag=tag,
        in_reply_to=in_reply_to,
        possible_duplicate=bool(possible_duplicate),
        created_at=datetime.fromtimestamp(created_at / 1000, UTC),
        service_centre_timestamp=None if stamp is None else datetime.fromisoformat(stamp),
        sent_at=moment(sent_at),
        delivered_at=moment(delivered_at),
        error=None if error is None else msgspec.json.decode(error, type=Failure),
    )


def insert(connection: sqlite3.Connection, message: Message, sim: str | None) -> int:
    """Store a new message; returns its ``seq``."""
    ports = message.ports
    stamp = message.service_centre_timestamp
    cursor = connection.execute(
        "INSERT INTO message (id, direction, state, peer, modem, sim, kind, text, data, alphabet,"
        " class, destination_port, source_port, parts, complete, tag, in_reply_to,"
        " possible_duplicate, created_at, service_centre_timestamp, error)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            message.id,
            message.direction,
            message.state,
            message.peer,
            message.modem,
            sim,
            message.kind,
            message.text,
            message.data,
            message.alphabet,
            message.class_,
            ports.destination if ports else None,
            ports.source if ports else None,
            message.parts,
            message.complete,
            message.tag,
            message.in_reply_to,
            message.possible_duplicate,
            milliseconds(message.created_at),
            stamp.isoformat() if stamp else None,
            _failure(message.error),
        ),
    )
    assert cursor.lastrowid is not None
    clock_history.record_era(connection, cursor.lastrowid, milliseconds(message.created_at))
    return cursor.lastrowid


def last_way(connection: sqlite3.Connection, peer: str) -> tuple[str, str] | None:
    """The modem and the SIM through which somebody texted us last, else anybody."""
    for where, values in (("peer = ? AND", (peer,)), ("", ())):
        row = connection.execute(
            f"SELECT modem, sim FROM message WHERE {where} direction = 'inbound' AND modem IS NOT NULL"
            " ORDER BY created_at DESC LIMIT 1",
            values,
        ).fetchone()
        if row is not None:
            return str(row[0]), str(row[1] or "")
    return None


def next_seq(connection: sqlite3.Connection) -> int:
    """The ``seq`` that the next message gets."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone()
    return 1 if row is None else row[0] + 1


def get(connection: sqlite3.Connection, seq: int) -> Message:
    """The message with this ``seq``; KeyError if there is none."""
    row = connection.execute(f"SELECT {COLUMNS} FROM message WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        raise KeyError(seq)
    return from_row(row)


def find(connection: sqlite3.Connection, id_: str) -> tuple[int, Message] | None:
    """``seq`` and message for an id."""
    row = connection.execute(f"SELECT {COLUMNS} FROM message WHERE id = ?", (id_,)).fetchone()
    return None if row is None else (row[0], from_row(row))


def sim_of(connection: sqlite3.Connection, id_: str) -> str | None:
    """The SIM that a message came to, or went out by."""
    row = connection.execute("SELECT sim FROM message WHERE id = ?", (id_,)).fetchone()
    return None if row is None else row[0]


def starting_with(connection: sqlite3.Connection, prefix: str, limit: int = 2) -> list[str]:
    """Ids that begin with ``prefix``, at most ``limit``."""
    rows = connection.execute(
        "SELECT id FROM message WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
        (prefix, prefix + "\U0010ffff", limit),
    )
    return [id_ for (id_,) in rows]


def known_among(connection: sqlite3.Connection, peers: Sequence[str]) -> list[str]:
    """Those of ``peers`` that any message came from or went to."""
    rows = connection.execute(
        "SELECT value FROM json_each(?)"
        " WHERE EXISTS (SELECT 1 FROM message INDEXED BY message_peer WHERE peer = value)",
        (json.dumps(list(peers)),),
    )
    return [peer for (peer,) in rows]


def is_known(connection: sqlite3.Connection, peer: str) -> bool:
    """True if any message came from a peer or went there."""
    return bool(known_among(connection, (peer,)))


def set_state(
    connection: sqlite3.Connection,
    seq: int,
    state: State,
    *,
    error: Failure | None = None,
    **columns: Any,
) -> bool:
    """Move a message to ``state``, as far as `TRANSITIONS` allows it; False if it was in that state already.

    ``columns`` are further columns to set. An earlier error goes with its state, but for what is wrong with
    a message that came in. Errors: `ForbiddenTransition`.
    """
    if error is None:
        # mostly nothing was wrong, and it comes from another state: then one look does
        values = (state, *columns.values(), seq)
        if connection.execute(_simple_move(state, *columns), values).rowcount:
            return True
    before, said = connection.execute(
        "SELECT state, error FROM message WHERE seq = ?", (seq,)
    ).fetchone()
    advance(State(before), state)
    damaged = said is not None and msgspec.json.decode(said, type=Failure).reason == DAMAGED
    failure = said if error is None and damaged else _failure(error)
    update(connection, seq, state=str(state), error=failure, **columns)
    return bool(before != state)


@cache
def _simple_move(state: State, *columns: str) -> str:
    """The statement that moves a message without an error to ``state`` from any other that may come before."""
    sources = ", ".join(
        f"'{source}'" for source, targets in TRANSITIONS.items() if state in targets
    )
    more = "".join(f', "{name}" = ?' for name in columns)
    return f"UPDATE message SET state = ?{more} WHERE seq = ? AND error IS NULL AND state IN ({sources})"


def update(connection: sqlite3.Connection, seq: int, **columns: Any) -> None:
    """Set columns of one message."""
    assignments = ", ".join(f'"{name}" = ?' for name in columns)
    connection.execute(
        f"UPDATE message SET {assignments} WHERE seq = ?",
        (*columns.values(), seq),
    )


class Purged(NamedTuple):
    """The result of one step of a purge: ``after`` is where the next one begins, None at the end."""

    gone: int
    after: int | None


def purge(connection: sqlite3.Connection, span: Span, after: int, limit: int) -> Purged:
    """Look at ``limit`` messages from created_at ``after`` on; delete the finished ones of the span among them.

    With all that hangs on them. What still waits for anything (a handler, the network) stays, and so
    does what a modem still holds: read once more, it would be a new message. A receipt for a handler
    that never was there keeps nothing: it may be a slip of the pen.
    """
    looked_at = connection.execute(
        "SELECT seq, created_at FROM message WHERE created_at < ? AND created_at > ?"
        " ORDER BY created_at LIMIT ?",
        (span.created_before, after, limit),
    ).fetchall()
    if not looked_at:
        return Purged(0, None)
    last = looked_at[-1][1]
    gone = connection.execute(
        "DELETE FROM message WHERE created_at > ? AND created_at <= ? AND seq >= ? AND seq < ?"
        " AND state NOT IN ('queued', 'submitting', 'uncertain')"
        " AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.message = seq"
        " AND queue NOT IN ('done', 'dead')"
        " AND (receipt = 0 OR EXISTS (SELECT 1 FROM handler WHERE name = delivery.handler)))"
        " AND NOT EXISTS (SELECT 1 FROM inbound_part WHERE inbound_part.message = seq AND seen_at >= ?)",
        (after, last, span.first, span.end, span.created_before),
    ).rowcount
    return Purged(gone, last)


def date_anew(connection: sqlite3.Connection, before: Milliseconds, jump: int) -> int:
    """Put right the times that were taken (since ``before`` is impossible) before the clock was set."""
    return connection.execute(
        "UPDATE message SET created_at = created_at + :jump, sent_at = sent_at + :jump,"
        " delivered_at = delivered_at + :jump WHERE created_at < :before",
        {"jump": jump, "before": before},
    ).rowcount


def _failure(error: Failure | None) -> str | None:
    return None if error is None else msgspec.json.encode(error).decode()
