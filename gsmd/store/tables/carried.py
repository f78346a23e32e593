"""Messages that carriers have which are programs: how they call them, and their reports."""

import sqlite3
from typing import NamedTuple

from gsmd.protocol.message import State
from gsmd.store.tables.submissions import UNSENT

_OPEN = ", ".join(f"'{state}'" for state in sorted((*UNSENT, State.UNCERTAIN)))
"""States of a part that nobody has said to be out."""


class CarrierReport(NamedTuple):
    """A report as a carrier gave it. ``message`` is an id, where it knew which; ``at`` is ISO 8601."""

    carrier: str
    reference: str
    state: str
    code: str | None
    reason: str | None
    at: str | None
    message: str | None


def add(connection: sqlite3.Connection, carrier: str, reference: str, seq: int) -> None:
    """The carrier calls a message so; the same again is nothing new."""
    connection.execute(
        "INSERT INTO carried (carrier, reference, message) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (carrier, reference, seq),
    )


def messages_of(connection: sqlite3.Connection, carrier: str, reference: str) -> list[int]:
    """The messages that a carrier has called so, the newest first: with some, references begin anew one day."""
    rows = connection.execute(
        "SELECT message FROM carried WHERE carrier = ? AND reference = ? ORDER BY message DESC",
        (carrier, reference),
    )
    return [seq for (seq,) in rows]


def references_of(connection: sqlite3.Connection, seq: int) -> list[tuple[str, str]]:
    """``(carrier, reference)`` under which a message may be known."""
    return connection.execute(
        "SELECT carrier, reference FROM carried WHERE message = ?", (seq,)
    ).fetchall()


def is_of(connection: sqlite3.Connection, seq: int, carrier: str) -> bool:
    """True if a message was submitted to this carrier, whatever came of it."""
    row = connection.execute(
        "SELECT 1 FROM outbound_part WHERE message = ? AND sequence = 1 AND modem = ?",
        (seq, carrier),
    ).fetchone()
    return row is not None


def mark_out(connection: sqlite3.Connection, seq: int, carrier: str, at: int) -> None:
    """The carrier has the whole message: every part that nobody said to be out is."""
    connection.execute(
        "UPDATE outbound_part SET state = 'sent', sent_at = ?, modem = ?, sim = ?"
        f" WHERE message = ? AND state IN ({_OPEN})",
        (at, carrier, carrier, seq),
    )


def mark_sure(connection: sqlite3.Connection, seq: int) -> None:
    """If it was submitted once, no try is left without a word."""
    connection.execute(
        "UPDATE outbound_part SET unanswered_at = NULL WHERE message = ? AND attempts <= 1", (seq,)
    )


def report(
    connection: sqlite3.Connection, seq: int, state: State, at: str | None, error: str | None
) -> None:
    """The network's word on a whole message; nothing that comes later takes ``delivered`` back."""
    connection.execute(
        "UPDATE outbound_part SET state = ?, discharge_time = ?, error = ?"
        " WHERE message = ? AND state != 'delivered'",
        (state, at, error, seq),
    )


def keep_report(connection: sqlite3.Connection, early: CarrierReport, due_at: int) -> None:
    """Keep a report about what is not known yet, until ``due_at`` (timeline)."""
    connection.execute(
        "INSERT INTO early_report (carrier, reference, state, code, reason, at, message, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (*early, due_at),
    )


def take_reports(
    connection: sqlite3.Connection, carrier: str, reference: str
) -> list[CarrierReport]:
    """The reports that came before it was known what a reference stands for; they are kept no more."""
    rows = connection.execute(
        "DELETE FROM early_report WHERE carrier = ? AND reference = ?"
        " RETURNING carrier, reference, state, code, reason, at, message",
        (carrier, reference),
    ).fetchall()
    return [CarrierReport._make(row) for row in rows]


def take_reports_on(connection: sqlite3.Connection, id_: str) -> list[CarrierReport]:
    """The reports that name a message by its id; they are kept no more."""
    rows = connection.execute(
        "DELETE FROM early_report WHERE message = ?"
        " RETURNING carrier, reference, state, code, reason, at, message",
        (id_,),
    ).fetchall()
    return [CarrierReport._make(row) for row in rows]


def take_due_reports(connection: sqlite3.Connection, now: int) -> list[CarrierReport]:
    """The reports that have waited long enough; they are kept no more."""
    rows = connection.execute(
        "DELETE FROM early_report WHERE due_at <= ?"
        " RETURNING carrier, reference, state, code, reason, at, message",
        (now,),
    ).fetchall()
    return [CarrierReport._make(row) for row in rows]


def next_due(connection: sqlite3.Connection) -> int | None:
    """The time (timeline) at which the next early report is given up."""
    (at,) = connection.execute("SELECT min(due_at) FROM early_report").fetchone()
    return None if at is None else int(at)


def tpdus_of(connection: sqlite3.Connection, seq: int) -> list[bytes]:
    """The TPDUs of a message, in order: what it says, also where that is kept nowhere else."""
    rows = connection.execute(
        "SELECT tpdu FROM outbound_part WHERE message = ? ORDER BY sequence", (seq,)
    )
    return [tpdu for (tpdu,) in rows]
