"""Status reports that match nothing yet: the +CMGS answer may come after them."""

import sqlite3


def add(
    connection: sqlite3.Connection, part: str, sim: str, recipient: str, reference: int, due_at: int
) -> None:
    """Keep a report that matches nothing yet."""
    connection.execute(
        "INSERT INTO stray_report (part, sim, recipient, message_reference, due_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (part, sim, recipient, reference, due_at),
    )


def due(connection: sqlite3.Connection, now: int) -> list[tuple[str, str, str, str]]:
    """``(part, modem, sim, frame)`` of reports that nothing will match any more."""
    return connection.execute(
        "SELECT part, modem, stray_report.sim, frame FROM stray_report"
        " JOIN inbound_part ON inbound_part.id = part WHERE due_at <= ? LIMIT 100",
        (now,),
    ).fetchall()


def of_sim(connection: sqlite3.Connection, sim: str) -> list[tuple[str, str, str]]:
    """``(part, recipient, frame)`` of the reports of a SIM that match nothing yet."""
    return connection.execute(
        "SELECT part, recipient, frame FROM stray_report INDEXED BY stray_report_reference"
        " JOIN inbound_part ON inbound_part.id = part WHERE stray_report.sim = ?",
        (sim,),
    ).fetchall()


def drop(connection: sqlite3.Connection, part: str) -> None:
    connection.execute("DELETE FROM stray_report WHERE part = ?", (part,))
