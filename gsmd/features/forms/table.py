"""Forms and their entries: at most one that is open for a number and a SIM."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from gsmd.protocol.forms import Question, QuestionType, Value

Json = dict[str, Value | None]


class Texts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What people are told beside the questions; None: nothing."""

    thanks: str | None = None
    wrong: str = ""
    already: str | None = None
    cancelled: str | None = None


class Form(NamedTuple):
    """A form. ``lifetime``: milliseconds that an entry may be open; ``closed_at`` is wall time."""

    name: str
    questions: Sequence[Question]
    texts: Texts
    attempts: int
    lifetime: int
    once: bool
    created_at: int
    closed_at: int | None
    configured: bool


class Entry(NamedTuple):
    """What one number answers. ``due_at`` is on the timeline, the other times are wall time."""

    seq: int
    id: str
    form: str
    peer: str
    modem: str | None
    state: str
    started_at: int
    finished_at: int | None
    due_at: int
    wrong: int
    answers: Json
    fields: dict[str, str]
    key: str | None
    last: int
    redacted: bool


_FORM = "name, questions, texts, attempts, lifetime, once, created_at, closed_at, configured"
_ENTRY = (
    "seq, id, form, peer, modem, state, started_at, finished_at, due_at, wrong, answers, fields, key, last,"
    " redacted"
)


# forms


def save(connection: sqlite3.Connection, form: Form) -> None:
    """A new form, or an existing one as it is to be from now on: a closed one of the configuration is open again."""
    connection.execute(
        f"INSERT INTO form ({_FORM}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
        " questions = excluded.questions, texts = excluded.texts, attempts = excluded.attempts,"
        " lifetime = excluded.lifetime, once = excluded.once, configured = excluded.configured,"
        " closed_at = iif(configured, closed_at, NULL)",
        (
            form.name,
            msgspec.json.encode(form.questions).decode(),
            msgspec.json.encode(form.texts).decode(),
            *form[3:],
        ),
    )


def get(connection: sqlite3.Connection, name: str) -> Form | None:
    """The form of that name."""
    row = connection.execute(f"SELECT {_FORM} FROM form WHERE name = ?", (name,)).fetchone()
    return None if row is None else _form(row)


def all_of_them(connection: sqlite3.Connection) -> list[Form]:
    """Every form, by name."""
    return [_form(row) for row in connection.execute(f"SELECT {_FORM} FROM form ORDER BY name")]


def is_any(connection: sqlite3.Connection) -> bool:
    """True if there is a form at all."""
    return connection.execute("SELECT 1 FROM form LIMIT 1").fetchone() is not None


def close(connection: sqlite3.Connection, name: str, at: int) -> None:
    """No new entries from ``at`` on."""
    connection.execute("UPDATE form SET closed_at = ? WHERE name = ?", (at, name))


def release(connection: sqlite3.Connection, name: str) -> None:
    """It stands in the configuration no more."""
    connection.execute("UPDATE form SET configured = 0 WHERE name = ?", (name,))


def delete(connection: sqlite3.Connection, name: str) -> None:
    """No more form, and no entries."""
    connection.execute("DELETE FROM form WHERE name = ?", (name,))


# entries


def add(connection: sqlite3.Connection, entry: Entry) -> Entry:
    """One more entry; its ``seq`` is chosen here."""
    (seq,) = connection.execute(
        f"INSERT INTO form_entry ({_ENTRY}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq",
        (*entry[1:10], _json(entry.answers), _json(entry.fields), *entry[12:]),
    ).fetchone()
    return entry._replace(seq=seq)


def entry_with_key(connection: sqlite3.Connection, form: str, key: str) -> Entry | None:
    """The entry of a form that was started with this key."""
    return _first(connection, "form = ? AND key = ?", form, key)


def open_entry(
    connection: sqlite3.Connection,
    peers: Sequence[str],
    modem: str | None,
    now: int,
    message: str | None = None,
) -> Entry | None:
    """The entry that somebody is about to answer through the SIM in a modem; ``peers`` are the spellings of the one number.

    The SIM of an entry is that of its newest message; the one in the modem now is that of ``message`` (its id), else of what
    came through the modem last. Where one of them is not known, it is the modem that counts. ``modem`` None: through whichever.
    """
    return _first(
        connection,
        "peer IN (SELECT value FROM json_each(?1)) AND state = 'open' AND due_at > ?2"
        " AND (?3 IS NULL OR modem IS NULL OR coalesce((SELECT sim FROM message WHERE message.seq = form_entry.last)"
        " = coalesce((SELECT sim FROM message WHERE id = ?4),"
        " (SELECT sim FROM inbound_part WHERE modem = ?3 ORDER BY number DESC LIMIT 1)), modem = ?3))"
        " ORDER BY modem IS NULL, seq DESC",
        json.dumps(peers),
        now,
        modem,
        message,
    )


def has_answered(connection: sqlite3.Connection, form: str, peers: Sequence[str], now: int) -> bool:
    """True if somebody has an entry that is finished, or may still be."""
    row = connection.execute(
        "SELECT 1 FROM form_entry INDEXED BY form_entry_peer WHERE peer IN (SELECT value FROM json_each(?))"
        " AND form = ? AND (state = 'finished' OR state = 'open' AND due_at > ?) LIMIT 1",
        (json.dumps(peers), form, now),
    ).fetchone()
    return row is not None


def answer(connection: sqlite3.Connection, entry: Entry) -> None:
    """Keep what was answered, and through which modem."""
    connection.execute(
        "UPDATE form_entry SET answers = ?, wrong = ?, modem = ?, last = ? WHERE seq = ?",
        (_json(entry.answers), entry.wrong, entry.modem, entry.last, entry.seq),
    )


def end(connection: sqlite3.Connection, entry: Entry, state: str, at: int) -> None:
    """Bring an open entry to its end."""
    connection.execute(
        "UPDATE form_entry SET state = ?, finished_at = ? WHERE seq = ? AND state = 'open'",
        (state, at, entry.seq),
    )


def overdue(connection: sqlite3.Connection, now: int, limit: int) -> list[Entry]:
    """Open entries whose time is over."""
    return _all(connection, "state = 'open' AND due_at <= ? ORDER BY due_at LIMIT ?", now, limit)


def next_end(connection: sqlite3.Connection) -> int | None:
    """When the next open entry is over (timeline)."""
    (at,) = connection.execute("SELECT min(due_at) FROM form_entry WHERE state = 'open'").fetchone()
    return None if at is None else int(at)


def entries(
    connection: sqlite3.Connection,
    form: str,
    state: str | None,
    since: int | None,
    after: int,
    limit: int,
) -> list[Entry]:
    """A page of entries, oldest first, from behind ``after`` (``seq``)."""
    return _all(
        connection,
        "form = ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR started_at >= ?3) AND seq > ?4"
        " ORDER BY seq LIMIT ?5",
        form,
        state,
        since,
        after,
        limit,
    )


def counts(connection: sqlite3.Connection, form: str) -> dict[str, int]:
    """How many entries there are, by state."""
    rows = connection.execute(
        "SELECT state, count(*) FROM form_entry WHERE form = ? GROUP BY state", (form,)
    )
    return dict(rows.fetchall())


def figures(connection: sqlite3.Connection, form: str) -> dict[str, tuple[Any, ...]]:
    """``(answered, mean, promoters, detractors)`` by question; all but the first are of numbers."""
    rows = connection.execute(
        "SELECT json_each.key, count(*), avg(value), sum(value >= 9), sum(value <= 6) FROM form_entry, json_each(answers)"
        " WHERE form = ? AND type != 'null' GROUP BY json_each.key",
        (form,),
    )
    return {key: figure for key, *figure in rows}


def distribution(
    connection: sqlite3.Connection, form: str, question: str, limit: int
) -> dict[str, int]:
    """How often each answer to a question was given, the ``limit`` most frequent ones."""
    rows = connection.execute(
        "SELECT iif(type IN ('true', 'false'), type, value), count(*) AS given FROM form_entry, json_each(answers)"
        " WHERE form = ? AND json_each.key = ? AND type != 'null' GROUP BY 1 ORDER BY given DESC, 1 LIMIT ?",
        (form, question, limit),
    )
    return {str(value): count for value, count in rows}


def of_peer(connection: sqlite3.Connection, peer: str) -> list[Entry]:
    """Somebody's entries."""
    return _all(connection, "peer = ? ORDER BY seq", peer)


def erase(connection: sqlite3.Connection, peer: str) -> int:
    """Forget every entry of a number; returns how many."""
    return connection.execute("DELETE FROM form_entry WHERE peer = ?", (peer,)).rowcount


def redact(connection: sqlite3.Connection, seq: int) -> list[Entry]:
    """Mark the entries whose newest message (``seq``) is not kept; returns those that have ended."""
    connection.execute("UPDATE form_entry SET redacted = 1 WHERE last = ?", (seq,))
    return _all(connection, "last = ? AND state != 'open'", seq)


def keep_only_figures(
    connection: sqlite3.Connection, entry: Entry, questions: Sequence[Question]
) -> None:
    """Forget what an entry says in free words, and what it was started with."""
    said = {each.name for each in questions if each.type in FREE}
    known = {each.name for each in questions}
    kept = {
        name: None if name in said else value
        for name, value in entry.answers.items()
        if name in known
    }
    connection.execute(
        "UPDATE form_entry SET answers = ?, fields = '{}' WHERE seq = ?", (_json(kept), entry.seq)
    )


FREE = frozenset({QuestionType.TEXT, QuestionType.PHONE})
"""Answers in people's own words, and their numbers."""


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _first(connection: sqlite3.Connection, where: str, *values: object) -> Entry | None:
    found = _all(connection, f"{where} LIMIT 1", *values)
    return found[0] if found else None


def _all(connection: sqlite3.Connection, where: str, *values: object) -> list[Entry]:
    rows = connection.execute(f"SELECT {_ENTRY} FROM form_entry WHERE {where}", values)
    return [_entry(row) for row in rows]


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry._make(
        (
            *row[:10],
            msgspec.json.decode(row[10]),
            msgspec.json.decode(row[11]),
            *row[12:14],
            bool(row[14]),
        )
    )


def _form(row: tuple[Any, ...]) -> Form:
    name, questions, texts, attempts, lifetime, once, created_at, closed_at, configured = row
    return Form(
        name,
        msgspec.json.decode(questions, type=list[Question]),
        msgspec.json.decode(texts, type=Texts),
        attempts,
        lifetime,
        bool(once),
        created_at,
        closed_at,
        bool(configured),
    )
