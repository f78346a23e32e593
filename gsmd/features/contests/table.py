"""Contests, their codes as marks, and what these win."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from gsmd.protocol.contests import PerNumber, Prize, Replies


class Terms(msgspec.Struct, frozen=True):
    """What a contest goes by."""

    per_number: PerNumber
    replies: Replies
    prizes: list[Prize]


class Contest(NamedTuple):
    """A contest. Times are wall time in milliseconds."""

    id: int
    name: str
    opens_at: int | None
    closes_at: int | None
    terms: Terms
    created_at: int
    configured: bool
    seed: str
    commitment: str
    key_commitment: str
    codes: int
    redeemed: int
    lengths: frozenset[int]
    checked: bool


class Code(NamedTuple):
    """A code; ``prize`` is the position of what it wins at once."""

    mark: int
    prize: int | None
    redeemed: bool


_COLUMNS = (
    "id, name, opens_at, closes_at, terms, created_at, configured, seed, commitment, key_commitment,"
    " codes, redeemed, lengths, checked"
)

# contests


def save(connection: sqlite3.Connection, contest: Contest) -> None:
    """A new contest, or an existing one as it is to be from now on; secrets and codes stay. Closed stays closed."""
    terms = msgspec.json.encode(contest.terms).decode()
    connection.execute(
        "INSERT INTO contest (name, opens_at, closes_at, terms, created_at, configured, seed, commitment, key_commitment)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET opens_at = excluded.opens_at,"
        " closes_at = CASE WHEN closes_at <= excluded.created_at THEN closes_at ELSE excluded.closes_at END,"
        " terms = excluded.terms, configured = excluded.configured",
        (*contest[1:4], terms, *contest[5:10]),
    )


def get(connection: sqlite3.Connection, name: str) -> Contest | None:
    """The contest of that name."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM contest WHERE name = ?", (name,)).fetchone()
    return None if row is None else _contest(row)


def all_of_them(connection: sqlite3.Connection) -> list[Contest]:
    """Every contest, by name."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM contest ORDER BY name")
    return [_contest(row) for row in rows]


def close(connection: sqlite3.Connection, contest: int, at: int) -> None:
    """No code counts from ``at`` on."""
    connection.execute("UPDATE contest SET closes_at = ? WHERE id = ?", (at, contest))


def delete(connection: sqlite3.Connection, contest: int, limit: int) -> bool:
    """Drop up to ``limit`` of its codes; True once none is left and the contest is no more."""
    gone = connection.execute(
        "DELETE FROM contest_code WHERE mark IN (SELECT mark FROM contest_code WHERE contest = ? LIMIT ?)",
        (contest, limit),
    ).rowcount
    if gone == limit:
        return False
    connection.execute("DELETE FROM contest WHERE id = ?", (contest,))
    return True


# codes


def add(
    connection: sqlite3.Connection,
    contest: Contest,
    marks: Sequence[int],
    lengths: Iterable[int],
    *,
    checked: bool,
) -> int:
    """More codes; returns how many were not there. In the order of the store, so that it is quick, if sorted."""
    before = connection.total_changes
    connection.executemany(
        "INSERT OR IGNORE INTO contest_code (mark, contest) VALUES (?, ?)",
        ((mark, contest.id) for mark in marks),
    )
    added = connection.total_changes - before
    connection.execute(
        "UPDATE contest SET codes = codes + ?, lengths = ?, checked = checked AND ? WHERE id = ?",
        (added, json.dumps(sorted(contest.lengths.union(lengths))), checked, contest.id),
    )
    return added


def code(connection: sqlite3.Connection, contest: int, mark: int) -> Code | None:
    """The code with this mark."""
    row = connection.execute(
        "SELECT mark, prize, redeemed FROM contest_code WHERE mark = ? AND contest = ?",
        (mark, contest),
    ).fetchone()
    return None if row is None else Code(row[0], row[1], bool(row[2]))


def unused(connection: sqlite3.Connection, contest: int) -> Iterator[int]:
    """The marks of all codes that are still good."""
    rows = connection.execute(
        "SELECT mark FROM contest_code WHERE contest = ? AND redeemed IS NULL", (contest,)
    )
    return (mark for (mark,) in rows)


def used_among(connection: sqlite3.Connection, marks: Sequence[int]) -> set[int]:
    """Which of these were used."""
    rows = connection.execute(
        "SELECT mark FROM contest_code JOIN json_each(?) ON mark = value WHERE redeemed = 1",
        (json.dumps(marks),),
    )
    return {mark for (mark,) in rows}


def take(connection: sqlite3.Connection, contest: int, mark: int) -> bool:
    """Use a code up. False if it was already: nothing is used twice."""
    taken = connection.execute(
        "UPDATE contest_code SET redeemed = 1 WHERE mark = ? AND redeemed IS NULL", (mark,)
    ).rowcount
    if taken:
        connection.execute("UPDATE contest SET redeemed = redeemed + 1 WHERE id = ?", (contest,))
    return bool(taken)


# prizes


def prizes_at_hand(connection: sqlite3.Connection, contest: int) -> dict[int, int]:
    """The codes that would win at once, and what."""
    rows = connection.execute(
        "SELECT mark, prize FROM contest_code INDEXED BY contest_code_prize"
        " WHERE contest = ? AND prize IS NOT NULL AND redeemed IS NULL",
        (contest,),
    )
    return dict(rows.fetchall())


def prizes_won(connection: sqlite3.Connection, contest: int) -> dict[int, int]:
    """How often each prize was won at once."""
    rows = connection.execute(
        "SELECT prize, count(*) FROM contest_code INDEXED BY contest_code_prize"
        " WHERE contest = ? AND prize IS NOT NULL AND redeemed = 1 GROUP BY prize",
        (contest,),
    )
    return dict(rows.fetchall())


def set_prizes(connection: sqlite3.Connection, prizes: Mapping[int, int | None]) -> None:
    """What these codes win from now on, unless they were used."""
    connection.executemany(
        "UPDATE contest_code SET prize = ? WHERE mark = ? AND redeemed IS NULL",
        [(prize, mark) for mark, prize in sorted(prizes.items())],
    )


def renumber_won(connection: sqlite3.Connection, contest: int, places: Mapping[int, int]) -> None:
    """Prizes that were won have other positions now; those that are no prizes any more have none: −1."""
    connection.execute(
        "UPDATE contest_code SET prize = coalesce((SELECT value FROM json_each(?) WHERE key = cast(prize AS TEXT)), -1)"
        " WHERE contest = ? AND prize IS NOT NULL AND redeemed = 1",
        (json.dumps(places), contest),
    )


def _contest(row: tuple[Any, ...]) -> Contest:
    return Contest._make(
        (
            *row[:4],
            msgspec.json.decode(row[4], type=Terms),
            *row[5:12],
            frozenset(json.loads(row[12])),
            bool(row[13]),
        )
    )
