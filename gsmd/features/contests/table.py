"""Contests, their codes as marks, what counted, and what was wrong."""

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


_COLUMNS = (
    "id, name, opens_at, closes_at, terms, created_at, configured, seed, commitment, key_commitment,"
    " codes, redeemed, lengths, checked"
)
_AMONG = "peer IN (SELECT value FROM json_each(?))"

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


# entries


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
        f" WHERE {_AMONG} AND contest = ?",
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
        connection.execute(f"DELETE FROM {name} WHERE peer = ?", (peer,)).rowcount
        for name in ("contest_entry", "contest_wrong")
    )


# wrong codes


def wrong_on(
    connection: sqlite3.Connection, contest: int, spellings: Sequence[str], day: str
) -> int:
    """How many wrong codes a number had on a day."""
    (count,) = connection.execute(
        f"SELECT coalesce(sum(count), 0) FROM contest_wrong WHERE {_AMONG} AND contest = ? AND day = ?",
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
