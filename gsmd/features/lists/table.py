"""Lists of people who want to hear of something."""

import sqlite3
from typing import NamedTuple

import msgspec


class Member(NamedTuple):
    """Somebody on a list. ``fields`` fill templates; ``at`` is wall time in milliseconds."""

    peer: str
    fields: dict[str, str]
    at: int
    message: str | None
    actor: str | None = None


def create(connection: sqlite3.Connection, name: str, at: int) -> bool:
    """A list of that name. False if there is one."""
    return bool(
        connection.execute(
            "INSERT INTO list (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, at)
        ).rowcount
    )


def delete(connection: sqlite3.Connection, name: str) -> bool:
    """No more list, and nobody on it. False if there was none."""
    return bool(connection.execute("DELETE FROM list WHERE name = ?", (name,)).rowcount)


def names(connection: sqlite3.Connection) -> list[tuple[str, int, int]]:
    """``(name, created_at, members)`` of every list."""
    return connection.execute(
        "SELECT name, created_at, (SELECT count(*) FROM list_member WHERE list = name)"
        " FROM list ORDER BY name"
    ).fetchall()


def exists(connection: sqlite3.Connection, name: str) -> bool:
    """True if there is such a list."""
    return connection.execute("SELECT 1 FROM list WHERE name = ?", (name,)).fetchone() is not None


def add(connection: sqlite3.Connection, name: str, member: Member) -> bool:
    """One more on a list. False if they were on it; what is new in their fields is kept."""
    fields = msgspec.json.encode(member.fields).decode()
    new = connection.execute(
        "INSERT INTO list_member (list, peer, fields, at, message, actor) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (name, member.peer, fields, *member[2:]),
    ).rowcount
    if not new and member.fields:
        connection.execute(
            "UPDATE list_member SET fields = json_patch(fields, ?) WHERE list = ? AND peer = ?",
            (fields, name, member.peer),
        )
    return bool(new)


def remove(connection: sqlite3.Connection, name: str, peer: str) -> bool:
    """One less on a list. False if they were not on it."""
    return bool(
        connection.execute(
            "DELETE FROM list_member WHERE list = ? AND peer = ?", (name, peer)
        ).rowcount
    )


def members(connection: sqlite3.Connection, name: str, after: str, limit: int) -> list[Member]:
    """The members of a list, by number, from behind ``after``."""
    rows = connection.execute(
        "SELECT peer, fields, at, message, actor FROM list_member WHERE list = ? AND peer > ?"
        " ORDER BY peer LIMIT ?",
        (name, after, limit),
    )
    return [Member(peer, msgspec.json.decode(f), *rest) for peer, f, *rest in rows]


def of_peer(connection: sqlite3.Connection, peer: str) -> list[str]:
    """The lists that somebody is on."""
    rows = connection.execute("SELECT list FROM list_member WHERE peer = ? ORDER BY list", (peer,))
    return [name for (name,) in rows]


def erase(connection: sqlite3.Connection, peer: str) -> int:
    """Take somebody off every list; returns of how many."""
    return connection.execute("DELETE FROM list_member WHERE peer = ?", (peer,)).rowcount
