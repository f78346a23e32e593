"""What people sent to a contest: codes that counted, codes that were wrong, and what waits to be looked at."""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple


class Entry(NamedTuple):
    """A code that counted."""

    seq: int
    peer: str
    prize: str | None
    at: int
    message: str | None


class Sealed(NamedTuple):
    """What was taken out of a message: candidates for a code; ``mistyped``: none of them adds up."""

    contest: int
    marks: Sequence[int]
    mistyped: bool


def enter(
    connection: sqlite3.Connection,
    contest: int,
    peer: str,
    prize: str | None,
    at: int,
    day: str,
    message: str | None,
    key: str | None,
) -> None:
    """A code counted."""
    connection.execute(
        "INSERT INTO contest_entry (contest, peer, prize, at, day, message, key) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (contest, peer, prize, at, day, message, key),
    )


def with_key(connection: sqlite3.Connection, contest: int, key: str) -> Entry | None:
    """The entry that a caller asked for with ``key``."""
    row = connection.execute(
        "SELECT seq, peer, prize, at, message FROM contest_entry WHERE contest = ? AND key = ?",
        (contest, key),
    ).fetchone()
    return None if row is None else Entry(*row)


def counted(
    connection: sqlite3.Connection, contest: int, spellings: Sequence[str], day: str
) -> tuple[int, int]:
    """How many codes of a number counted: in all, and on that day."""
    total, today = connection.execute(
        "SELECT count(*), count(*) FILTER (WHERE day = ?) FROM contest_entry INDEXED BY contest_entry_peer"
        " WHERE peer IN (SELECT value FROM json_each(?)) AND contest = ?",
        (day, json.dumps(spellings), contest),
    ).fetchone()
    return int(total), int(today)


def entries(
    connection: sqlite3.Connection, contest: int, after: int, limit: int, *, won: bool | None
) -> list[Entry]:
    """Entries, oldest first, from behind ``after``; those that won, that did not, or all."""
    rows = connection.execute(
        "SELECT seq, peer, prize, at, message FROM contest_entry WHERE contest = ? AND seq > ?"
        " AND (?3 IS NULL OR (prize IS NOT NULL) = ?3) ORDER BY seq LIMIT ?4",
        (contest, after, won, limit),
    )
    return [Entry(*row) for row in rows]


def entrants(connection: sqlite3.Connection, contest: int) -> list[str]:
    """The numbers that took part, each once."""
    rows = connection.execute(
        "SELECT DISTINCT peer FROM contest_entry WHERE contest = ? ORDER BY peer", (contest,)
    )
    return [peer for (peer,) in rows]


def sizes(connection: sqlite3.Connection, contest: int) -> tuple[int, int]:
    """How many entries there are, of how many numbers."""
    row = connection.execute(
        "SELECT count(*), count(DISTINCT peer) FROM contest_entry WHERE contest = ?", (contest,)
    ).fetchone()
    return int(row[0]), int(row[1])


def of_peer(connection: sqlite3.Connection, peer: str) -> list[tuple[str, int, str | None]]:
    """``(contest, at, prize)`` of somebody's codes that counted."""
    return connection.execute(
        "SELECT name, at, prize FROM contest_entry INDEXED BY contest_entry_peer"
        " JOIN contest ON contest.id = contest WHERE peer = ? ORDER BY seq",
        (peer,),
    ).fetchall()


def erase(connection: sqlite3.Connection, peer: str) -> int:
    """Forget who had which code; the codes stay used."""
    return sum(
        connection.execute(statement, (peer,)).rowcount
        for statement in (
            "DELETE FROM contest_entry WHERE peer = ?",
            "DELETE FROM contest_wrong WHERE peer = ?",
        )
    )


# wrong codes


def wrong_on(
    connection: sqlite3.Connection, contest: int, spellings: Sequence[str], day: str
) -> int:
    """How many wrong codes a number had on a day."""
    (count,) = connection.execute(
        "SELECT coalesce(sum(count), 0) FROM contest_wrong WHERE peer IN (SELECT value FROM json_each(?))"
        " AND contest = ? AND day = ?",
        (json.dumps(spellings), contest, day),
    ).fetchone()
    return int(count)


def count_wrong(connection: sqlite3.Connection, contest: int, peer: str, day: str) -> None:
    """One more wrong code on that day."""
    connection.execute(
        "INSERT INTO contest_wrong (peer, contest, day, count) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE"
        " SET count = iif(day = excluded.day, count + 1, 1), day = excluded.day",
        (peer, contest, day),
    )


# what was taken out of messages


def put_by(connection: sqlite3.Connection, message: str, sealed: Sealed) -> None:
    """Keep what was taken out of a message until it is dealt with."""
    connection.execute(
        "INSERT INTO contest_sealed (message, contest, marks, mistyped) VALUES (?, ?, ?, ?)",
        (message, sealed.contest, json.dumps(sealed.marks), sealed.mistyped),
    )


def taken_out(connection: sqlite3.Connection, message: str) -> Sealed | None:
    """The same again, this once."""
    row = connection.execute(
        "DELETE FROM contest_sealed WHERE message = ? RETURNING contest, marks, mistyped",
        (message,),
    ).fetchone()
    return None if row is None else Sealed(row[0], json.loads(row[1]), bool(row[2]))
