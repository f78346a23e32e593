"""Conversations: what people decided of them, noted on them, and have read of them."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from gsmd.features.desk.rules import Standing
from gsmd.protocol.conversations import Attention
from gsmd.store.tables import messages


class Row(NamedTuple):
    """A conversation as the table has it. ``mark`` and ``seen`` are the place of the reader who was asked about."""

    peer: str
    last: int
    heard: int
    received: int
    sent: int
    deleted: int
    state: str
    assignee: str | None
    snooze_until: int | None
    opened_at: int | None
    mark: int | None = None
    seen: int | None = None

    @property
    def unread(self) -> int:
        """The number of messages of theirs that the reader has not read, of those that are still there."""
        if self.heard <= (self.mark or 0):
            return 0
        return max(0, self.received - max(self.seen or 0, self.deleted))


COLUMNS = (
    "c.peer, c.last, c.heard, c.received, c.sent, c.deleted, c.state, c.assignee, c.snooze_until, c.opened_at,"
    " r.until, r.received"
)
"""The columns of `Row`, from ``conversation AS c`` and `READER`."""

READER = "LEFT JOIN conversation_read AS r ON r.peer = c.peer AND r.by = :reader"


class NoteRow(NamedTuple):
    """A note. ``at`` is wall time."""

    seq: int
    peer: str
    at: int
    by: str
    text: str


class ClosingRow(NamedTuple):
    """Once through a conversation, in wall times."""

    opened_at: int
    responded_at: int | None
    closed_at: int
    by: str | None
    assignee: str | None


class ReadRow(NamedTuple):
    """A person's place in a conversation."""

    by: str
    at: int
    until: int
    received: int


def rows(
    connection: sqlite3.Connection, peers: Sequence[str], reader: str | None = None
) -> dict[str, Row]:
    """Those of the conversations that are there, by peer."""
    found = connection.execute(
        f"SELECT {COLUMNS} FROM json_each(:peers) JOIN conversation AS c ON c.peer = value {READER}",
        {"peers": json.dumps(list(peers)), "reader": reader},
    )
    return {row[0]: Row(*row) for row in found}


def labels_of(connection: sqlite3.Connection, peers: Sequence[str]) -> dict[str, list[str]]:
    """The labels of each of these conversations that has some."""
    found: dict[str, list[str]] = {}
    for peer, label in connection.execute(
        "SELECT peer, label FROM json_each(?) JOIN conversation_label ON peer = value ORDER BY label",
        (json.dumps(list(peers)),),
    ):
        found.setdefault(peer, []).append(label)
    return found


def standing(connection: sqlite3.Connection, row: Row) -> Standing:
    """The things that people decided of a conversation."""
    labels = labels_of(connection, [row.peer]).get(row.peer, [])
    return Standing(Attention(row.state), row.assignee, tuple(labels), row.snooze_until)


def save(
    connection: sqlite3.Connection, peer: str, before: Standing, after: Standing, opened: int | None
) -> None:
    """Keep another standing; ``opened``: when it was opened last, if that is new."""
    connection.execute(
        "UPDATE conversation SET state = ?, assignee = ?, snooze_until = ?,"
        " opened_at = coalesce(?, opened_at) WHERE peer = ?",
        (str(after.state), after.assignee, after.snooze_until, opened, peer),
    )
    if before.labels != after.labels:
        connection.execute("DELETE FROM conversation_label WHERE peer = ?", (peer,))
        connection.executemany(
            "INSERT INTO conversation_label (label, peer) VALUES (?, ?)",
            [(label, peer) for label in after.labels],
        )


def is_any_at_rest(connection: sqlite3.Connection) -> bool:
    """True if any conversation is not open: only those have to be looked at when a message comes."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM conversation INDEXED BY conversation_state WHERE state = ?)"
    )
    return any(
        connection.execute(query, (str(state),)).fetchone()[0]
        for state in Attention
        if state is not Attention.OPEN
    )


def reopen(connection: sqlite3.Connection, peer: str, at: int) -> str | None:
    """Open a conversation that is not; returns its state before, None if it was open, or is not there."""
    found = connection.execute(
        "SELECT state FROM conversation WHERE peer = ? AND state != 'open'", (peer,)
    ).fetchone()
    if found is None:
        return None
    connection.execute(
        "UPDATE conversation SET state = 'open', snooze_until = NULL,"
        " opened_at = iif(state = 'closed', ?, opened_at) WHERE peer = ?",
        (at, peer),
    )
    return str(found[0])


def next_end(connection: sqlite3.Connection) -> int | None:
    """When the next snooze ends (wall), if any does."""
    row = connection.execute(
        "SELECT min(snooze_until) FROM conversation WHERE snooze_until IS NOT NULL"
    ).fetchone()
    return None if row[0] is None else int(row[0])


def ended(connection: sqlite3.Connection, now: int) -> list[str]:
    """The conversations whose snooze is over."""
    found = connection.execute(
        "SELECT peer FROM conversation WHERE snooze_until <= ? ORDER BY snooze_until LIMIT 1000",
        (now,),
    )
    return [peer for (peer,) in found]


def newest(connection: sqlite3.Connection, seqs: list[int]) -> dict[int, tuple[Any, ...]]:
    """The rows of messages by their numbers."""
    found = connection.execute(
        f"SELECT {messages.qualified('message')} FROM json_each(?) JOIN message ON seq = value",
        (json.dumps(seqs),),
    )
    return {row[0]: row for row in found}


# notes


def note(
    connection: sqlite3.Connection, peer: str, at: int, by: str, text: str, key: str | None
) -> tuple[NoteRow, bool]:
    """Keep a note, once for each key; and whether it is new."""
    seq = connection.execute(
        "INSERT INTO conversation_note (peer, at, by, text, key) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING RETURNING seq",
        (peer, at, by, text, key),
    ).fetchone()
    if seq is not None:
        return NoteRow(seq[0], peer, at, by, text), True
    row = connection.execute(
        "SELECT seq, peer, at, by, text FROM conversation_note WHERE peer = ? AND key = ?",
        (peer, key),
    ).fetchone()
    return NoteRow(*row), False


def notes(connection: sqlite3.Connection, peer: str) -> list[NoteRow]:
    """Those on a conversation, oldest first."""
    found = connection.execute(
        "SELECT seq, peer, at, by, text FROM conversation_note WHERE peer = ? ORDER BY seq", (peer,)
    )
    return [NoteRow(*row) for row in found]


# reading


def read(connection: sqlite3.Connection, row: Row, by: str, until: int, at: int) -> None:
    """Somebody has read a conversation up to a message (``message.seq``); never less than before."""
    unread = count_behind(connection, row.peer, until) if until < row.heard else 0
    connection.execute(
        "INSERT INTO conversation_read (peer, by, until, received, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET until = excluded.until, received = excluded.received, at = excluded.at"
        " WHERE excluded.until >= until",
        (row.peer, by, until, row.received - unread, at),
    )


def count_behind(connection: sqlite3.Connection, peer: str, seq: int) -> int:
    """The number of messages of theirs behind one."""
    return int(
        connection.execute(
            "SELECT count(*) FROM message INDEXED BY message_peer WHERE peer = ? AND seq > ?"
            " AND direction = 'inbound' AND kind != 'report'",
            (peer, seq),
        ).fetchone()[0]
    )


def reads(connection: sqlite3.Connection, peer: str) -> list[ReadRow]:
    """How far whom has read."""
    found = connection.execute(
        "SELECT by, at, until, received FROM conversation_read WHERE peer = ? ORDER BY by", (peer,)
    )
    return [ReadRow(*row) for row in found]


def heard_up_to(connection: sqlite3.Connection, peer: str, seq: int) -> str | None:
    """The id of the newest message of theirs up to one."""
    row = connection.execute(
        "SELECT id FROM message INDEXED BY message_peer WHERE peer = ? AND seq <= ? AND direction = 'inbound'"
        " ORDER BY created_at DESC, seq DESC LIMIT 1",
        (peer, seq),
    ).fetchone()
    return None if row is None else str(row[0])


# times


def opened_at(connection: sqlite3.Connection, row: Row) -> int | None:
    """When it was opened last: by somebody, or by the first message of theirs; of ours if there is none of theirs."""
    if row.opened_at is not None:
        return row.opened_at
    for theirs in (" AND direction = 'inbound'", ""):
        found = connection.execute(
            f"SELECT created_at FROM message INDEXED BY message_peer WHERE peer = ?{theirs}"
            " AND kind != 'report' ORDER BY created_at LIMIT 1",
            (row.peer,),
        ).fetchone()
        if found is not None:
            return int(found[0])
    return None


def responded_at(connection: sqlite3.Connection, peer: str, since: int) -> int | None:
    """When the first message of ours was accepted, from a wall time on."""
    row = connection.execute(
        "SELECT created_at FROM message INDEXED BY message_peer WHERE peer = ? AND created_at >= ?"
        " AND direction = 'outbound' ORDER BY created_at LIMIT 1",
        (peer, since),
    ).fetchone()
    return None if row is None else int(row[0])


def close(connection: sqlite3.Connection, row: Row, at: int, by: str) -> None:
    """Keep the times of a conversation that is being closed."""
    opened = opened_at(connection, row) or at
    connection.execute(
        "INSERT INTO conversation_closing (peer, opened_at, responded_at, closed_at, by, assignee)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (row.peer, opened, responded_at(connection, row.peer, opened), at, by, row.assignee),
    )


def closings(connection: sqlite3.Connection, peer: str, limit: int) -> list[ClosingRow]:
    """The last times that it was closed, newest first."""
    found = connection.execute(
        "SELECT opened_at, responded_at, closed_at, by, assignee FROM conversation_closing"
        " WHERE peer = ? ORDER BY seq DESC LIMIT ?",
        (peer, limit),
    )
    return [ClosingRow(*row) for row in found]


# their end


def mend(connection: sqlite3.Connection, peer: str, spellings: Sequence[str]) -> None:
    """The newest message is not there any more: the one before it is; where there is none, all of it goes."""
    (last,) = connection.execute(
        "SELECT max(seq) FROM message INDEXED BY message_peer"
        " WHERE peer IN (SELECT value FROM json_each(?)) AND kind != 'report'",
        (json.dumps(list(spellings)),),
    ).fetchone()
    if last is None:
        connection.execute("DELETE FROM conversation WHERE peer = ?", (peer,))
    else:
        connection.execute("UPDATE conversation SET last = ? WHERE peer = ?", (last, peer))


def erase(connection: sqlite3.Connection, peer: str) -> int:
    """Erase a conversation with all that was noted of it; returns how many rows."""
    return sum(
        connection.execute(f"DELETE FROM {table} WHERE peer = ?", (peer,)).rowcount
        for table in (
            "conversation_note",
            "conversation_label",
            "conversation_read",
            "conversation_closing",
            "conversation",
        )
    )
