"""Inbound parts and the assemblies of long messages."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from gsmd.clock import Milliseconds


class RawPart(NamedTuple):
    """A frame as it came from a modem, with its transport identity."""

    id: str
    sim: str
    modem: str
    frame: str
    received_at: Milliseconds


class AssemblyKey(NamedTuple):
    """The common properties of the parts of one long message (3GPP TS 23.040 §9.2.3.24.1)."""

    sim: str
    peer: str
    reference: int
    width: int
    total: int


class Assembly(NamedTuple):
    """A long message that lacks parts; ``message`` once it was published incomplete."""

    id: int
    service_centre_time: int | None
    message: int | None
    sequences: frozenset[int]


def add_part(connection: sqlite3.Connection, part: RawPart) -> bool:
    """Keep a raw frame. False if the same part was read before (it is counted)."""
    (seen,) = connection.execute(
        "INSERT INTO inbound_part (id, sim, modem, frame, received_at, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET seen = seen + 1, seen_at = excluded.seen_at RETURNING seen",
        (*part, part.received_at),
    ).fetchone()
    return bool(seen == 1)


def settle_part(
    connection: sqlite3.Connection, id_: str, message: int | None, error: str | None = None
) -> None:
    """The part belongs to a message (or to none yet), and what was wrong with it, if that is new."""
    connection.execute(
        "UPDATE inbound_part SET message = ?, error = coalesce(?, error) WHERE id = ?",
        (message, error, id_),
    )


def open_assemblies(connection: sqlite3.Connection, key: AssemblyKey) -> list[Assembly]:
    """Assemblies with this key that lack parts, newest first."""
    rows = connection.execute(
        "SELECT id, service_centre_time, message FROM assembly WHERE sim = ? AND peer = ?"
        " AND reference = ? AND width = ? AND total = ? ORDER BY id DESC",
        key,
    ).fetchall()
    return [
        Assembly(id_, time, message, frozenset(sequence for sequence, _ in parts(connection, id_)))
        for id_, time, message in rows
    ]


def start_assembly(
    connection: sqlite3.Connection,
    key: AssemblyKey,
    service_centre_time: int | None,
    due_at: Milliseconds,
) -> int:
    """A new assembly, to be published incomplete at ``due_at`` (timeline)."""
    cursor = connection.execute(
        "INSERT INTO assembly (sim, peer, reference, width, total, service_centre_time, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*key, service_centre_time, due_at),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def join_assembly(connection: sqlite3.Connection, part: str, assembly: int, sequence: int) -> None:
    """Put a part into its assembly."""
    connection.execute(
        "UPDATE inbound_part SET assembly = ?, sequence = ? WHERE id = ?",
        (assembly, sequence, part),
    )


def parts(connection: sqlite3.Connection, assembly: int) -> list[tuple[int, str]]:
    """``(sequence, frame)`` of an assembly, in order."""
    return connection.execute(
        "SELECT sequence, frame FROM inbound_part WHERE assembly = ? ORDER BY sequence", (assembly,)
    ).fetchall()


def part_ids(connection: sqlite3.Connection, assembly: int) -> list[str]:
    """Identities of the parts of an assembly, in order."""
    rows = connection.execute(
        "SELECT id FROM inbound_part WHERE assembly = ? ORDER BY sequence", (assembly,)
    )
    return [id_ for (id_,) in rows]


def publish_assembly(connection: sqlite3.Connection, assembly: int, message: int) -> None:
    """All its parts belong to ``message``; the assembly stays open for late parts."""
    connection.execute(
        "UPDATE inbound_part SET message = ? WHERE assembly = ?", (message, assembly)
    )
    connection.execute("UPDATE assembly SET message = ? WHERE id = ?", (message, assembly))


def close_assembly(connection: sqlite3.Connection, assembly: int, message: int) -> None:
    """True if no part is missing any more."""
    connection.execute(
        "UPDATE inbound_part SET message = ?, assembly = NULL WHERE assembly = ?",
        (message, assembly),
    )
    connection.execute("DELETE FROM assembly WHERE id = ?", (assembly,))


def sim_of(connection: sqlite3.Connection, assembly: int) -> str:
    """The SIM that an assembly's parts came to."""
    (sim,) = connection.execute("SELECT sim FROM assembly WHERE id = ?", (assembly,)).fetchone()
    return str(sim)


def raw_parts(connection: sqlite3.Connection, assembly: int) -> list[RawPart]:
    """The parts of an assembly as they came, in order."""
    rows = connection.execute(
        "SELECT id, sim, modem, frame, received_at FROM inbound_part WHERE assembly = ? ORDER BY sequence",
        (assembly,),
    )
    return [RawPart(*row) for row in rows]


def drop_assembly(connection: sqlite3.Connection, assembly: int) -> None:
    """Its parts cannot be joined; what becomes of them is said elsewhere."""
    connection.execute("DELETE FROM assembly WHERE id = ?", (assembly,))


def due_assemblies(connection: sqlite3.Connection, now: Milliseconds) -> list[tuple[int, str, int]]:
    """``(id, modem, total)`` of what has waited long enough for its missing parts."""
    return connection.execute(
        "SELECT assembly.id, (SELECT modem FROM inbound_part WHERE assembly = assembly.id LIMIT 1), total"
        " FROM assembly WHERE message IS NULL AND due_at <= ? ORDER BY due_at LIMIT 100",
        (now,),
    ).fetchall()


def next_due(connection: sqlite3.Connection) -> Milliseconds | None:
    """The time (timeline) at which the next assembly is published incomplete, or a stray report listed."""
    row = connection.execute(
        "SELECT min(at) FROM (SELECT min(due_at) AS at FROM assembly WHERE message IS NULL"
        " UNION ALL SELECT min(due_at) FROM stray_report)"
    ).fetchone()
    return None if row[0] is None else Milliseconds(row[0])


def history(
    connection: sqlite3.Connection, message: int
) -> list[tuple[int, str, str, int, int, str | None]]:
    """``(sequence, frame, modem, received_at, seen, error)`` of a message's parts, in order."""
    return connection.execute(
        "SELECT sequence, frame, modem, received_at, seen, error FROM inbound_part"
        " WHERE message = ? ORDER BY sequence",
        (message,),
    ).fetchall()


def wipe(connection: sqlite3.Connection, parts: Sequence[str]) -> None:
    """Forget what these parts said; that they were read stays known."""
    connection.executemany(
        "UPDATE inbound_part SET frame = '' WHERE id = ?", [(part,) for part in parts]
    )
