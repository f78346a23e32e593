"""Consents: a row for each time that somebody was asked, or agreed; it is kept when it ends."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec


class Consent(NamedTuple):
    """A consent, or the question for one. ``due_at`` is on the timeline, the other times are wall time."""

    seq: int
    list: str
    peer: str
    state: str
    source: str
    asked_at: int | None = None
    due_at: int | None = None
    request: str | None = None
    question: str | None = None
    fields: dict[str, str] = {}  # noqa: RUF012 # a tuple's default, never changed
    given_at: int | None = None
    ended_at: int | None = None
    ended_by: str | None = None
    sim: str | None = None
    modem: str | None = None
    number: str | None = None
    shown: str | None = None
    message: str | None = None
    text: str | None = None
    note: str | None = None
    actor: str | None = None


_COLUMNS = ", ".join(Consent._fields)
_PEERS = "peer IN (SELECT value FROM json_each(?1))"
_OPEN = "state IN ('asked', 'given')"


def add(connection: sqlite3.Connection, consent: Consent) -> Consent:
    """A new one; its ``seq`` is chosen here."""
    marks = ", ".join("?" * len(Consent._fields))
    (seq,) = connection.execute(
        f"INSERT INTO consent ({_COLUMNS}) VALUES ({marks}) RETURNING seq", _values(consent)
    ).fetchone()
    return consent._replace(seq=seq)


def keep(connection: sqlite3.Connection, consent: Consent) -> None:
    """It is like this from now on."""
    columns = ", ".join(f"{name} = ?" for name in Consent._fields)
    connection.execute(
        f"UPDATE consent SET {columns} WHERE seq = ?", (*_values(consent), consent.seq)
    )


def is_given(connection: sqlite3.Connection, lists: Sequence[str], peers: Sequence[str]) -> bool:
    """True if somebody agreed to get one of these lists; ``peers`` are the spellings of the one number."""
    row = connection.execute(
        f"SELECT 1 FROM consent INDEXED BY consent_peer WHERE {_PEERS} AND state = 'given'"
        " AND list IN (SELECT value FROM json_each(?2)) LIMIT 1",
        (json.dumps(peers), json.dumps(lists)),
    ).fetchone()
    return row is not None


def current(connection: sqlite3.Connection, name: str, peers: Sequence[str]) -> Consent | None:
    """The one that somebody gave to a list, or was asked for."""
    found = _all(connection, f"{_PEERS} AND list = ?2 AND {_OPEN} LIMIT 1", json.dumps(peers), name)
    return found[0] if found else None


def asked(connection: sqlite3.Connection, peers: Sequence[str], now: int) -> Consent | None:
    """The one that somebody was asked for last, one whose time (timeline) is not over before all others."""
    found = _all(
        connection,
        f"{_PEERS} AND state = 'asked' ORDER BY due_at > ?2 DESC, asked_at DESC, seq DESC LIMIT 1",
        json.dumps(peers),
        now,
    )
    return found[0] if found else None


def latest_due(connection: sqlite3.Connection) -> int:
    """Until when (timeline) anybody's answer is waited for."""
    (due,) = connection.execute(
        "SELECT max(due_at) FROM consent INDEXED BY consent_asked WHERE state = 'asked'"
    ).fetchone()
    return int(due or 0)


def end(
    connection: sqlite3.Connection,
    name: str | None,
    peers: Sequence[str] | None,
    at: int,
    by: str,
    note: str | None = None,
) -> list[tuple[str, str, str]]:
    """Let what is given to a list, or any, hold no more, and ask no more; ``peers`` None: of everybody.

    Returns ``(list, peer, state)`` of each.
    """
    values = (None if peers is None else json.dumps(peers), name, at, by, note)
    whose = "" if peers is None else f" AND {_PEERS}"
    which = "" if name is None else " AND list = ?2"
    return connection.execute(
        "UPDATE consent SET state = iif(state = 'given', 'withdrawn', 'declined'), ended_at = ?3, ended_by = ?4,"
        f" note = coalesce(?5, note) WHERE {_OPEN}{whose}{which} RETURNING list, peer, state",
        values,
    ).fetchall()


def ended_by_stop(connection: sqlite3.Connection, peers: Sequence[str]) -> list[Consent]:
    """The last ones of somebody to each list, where that held until they said STOP."""
    return _all(
        connection,
        f"{_PEERS} AND ended_by = 'stop' AND given_at IS NOT NULL AND seq IN"
        f" (SELECT max(seq) FROM consent WHERE {_PEERS} GROUP BY list) ORDER BY seq",
        json.dumps(peers),
    )


def of_peer(connection: sqlite3.Connection, peers: Sequence[str]) -> list[Consent]:
    """All of somebody, the newest first."""
    return _all(connection, f"{_PEERS} ORDER BY seq DESC", json.dumps(peers))


def page(connection: sqlite3.Connection, name: str | None, after: int, limit: int) -> list[Consent]:
    """A page of all, or of those to a list, oldest first, from behind ``after`` (``seq``)."""
    which = "" if name is None else " AND list = ?2"
    return _all(connection, f"seq > ?1{which} ORDER BY seq LIMIT ?3", after, name, limit)


def forget(connection: sqlite3.Connection, peer: str, at: int) -> int:
    """Erase what was shown and said, and questions without an answer; that there was a consent stays, as ended."""
    unanswered = connection.execute(
        "DELETE FROM consent WHERE peer = ? AND given_at IS NULL", (peer,)
    ).rowcount
    return (
        unanswered
        + connection.execute(
            "UPDATE consent SET state = 'withdrawn', ended_at = coalesce(ended_at, ?2), ended_by = coalesce(ended_by, 'forgotten'),"
            " fields = '{}', shown = NULL, text = NULL, message = NULL, request = NULL, question = NULL, note = NULL, actor = NULL"
            " WHERE peer = ?1 AND (state = 'given' OR fields != '{}' OR"
            " coalesce(shown, text, message, request, question, note, actor) IS NOT NULL)",
            (peer, at),
        ).rowcount
    )


def redact(connection: sqlite3.Connection, seq: int) -> None:
    """Forget what a message (``seq``) said; that it agreed stays."""
    connection.execute(
        "UPDATE consent SET text = NULL WHERE message = (SELECT id FROM message WHERE seq = ?)",
        (seq,),
    )


def drop_unanswered(connection: sqlite3.Connection, before: int, limit: int) -> None:
    """Forget questions that were over before a time of the timeline, without an answer."""
    connection.execute(
        "DELETE FROM consent WHERE seq IN (SELECT seq FROM consent INDEXED BY consent_asked"
        " WHERE state = 'asked' AND due_at < ? LIMIT ?)",
        (before, limit),
    )


def _values(consent: Consent) -> list[object]:
    values: list[object] = [*consent._replace(fields={})]
    values[0] = consent.seq or None
    values[Consent._fields.index("fields")] = msgspec.json.encode(consent.fields).decode()
    return values


def _all(connection: sqlite3.Connection, where: str, *values: object) -> list[Consent]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM consent WHERE {where}", values)
    return [_consent(row) for row in rows]


def _consent(row: tuple[Any, ...]) -> Consent:
    found = Consent._make(row)
    return found._replace(fields=msgspec.json.decode(row[Consent._fields.index("fields")]))
