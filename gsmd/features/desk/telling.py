"""Conversations as they are told at the socket."""

import sqlite3
from collections.abc import Sequence

from gsmd.features.desk import table
from gsmd.features.desk.table import NoteRow, ReadRow, Row
from gsmd.protocol import conversations as rows
from gsmd.protocol.conversations import Attention
from gsmd.protocol.message import Message
from gsmd.store.tables import messages
from gsmd.store.tables.messages import moment

_CLOSINGS = 100
"""So many times that a conversation was closed are told."""


def conversations(
    connection: sqlite3.Connection, found: Sequence[Row], *, counted: bool
) -> tuple[list[rows.Conversation], list[str]]:
    """Those of a page; and the peers of those whose newest message is gone, which are not among them."""
    newest = table.newest(connection, [row.last for row in found])
    labels = table.labels_of(connection, [row.peer for row in found])
    told = [
        rows.Conversation(
            peer=row.peer,
            state=Attention(row.state),
            assignee=row.assignee,
            labels=labels.get(row.peer, []),
            snooze_until=moment(row.snooze_until),
            last_message=messages.from_row(newest[row.last]),
            unread=row.unread if counted else None,
        )
        for row in found
        if row.last in newest
    ]
    return told, [row.peer for row in found if row.last not in newest]


def record(connection: sqlite3.Connection, row: Row) -> rows.ConversationRecord:
    """All that is known of one."""
    last = table.newest(connection, [row.last]).get(row.last)
    return rows.ConversationRecord(
        peer=row.peer,
        state=Attention(row.state),
        assignee=row.assignee,
        labels=table.labels_of(connection, [row.peer]).get(row.peer, []),
        snooze_until=moment(row.snooze_until),
        last_message=_message(last),
        received=max(0, row.received - row.deleted),
        sent=row.sent,
        notes=[note(each) for each in table.notes(connection, row.peer)],
        reads=[read_mark(connection, row, each) for each in table.reads(connection, row.peer)],
        closings=_closings(connection, row),
    )


def note(kept: NoteRow) -> rows.Note:
    """A note."""
    return rows.Note(id=kept.seq, peer=kept.peer, at=moment(kept.at), by=kept.by, text=kept.text)


def read_mark(connection: sqlite3.Connection, row: Row, mark: ReadRow) -> rows.ReadMark:
    """A person's place."""
    placed = row._replace(mark=mark.until, seen=mark.received)
    return rows.ReadMark(
        by=mark.by,
        at=moment(mark.at),
        message=table.heard_up_to(connection, row.peer, mark.until),
        unread=placed.unread,
    )


def _message(row: tuple[object, ...] | None) -> Message | None:
    return None if row is None else messages.from_row(row)


def _closings(connection: sqlite3.Connection, row: Row) -> list[rows.Closing]:
    told = [
        rows.Closing(
            opened_at=moment(each.opened_at),
            first_response_at=moment(each.responded_at),
            closed_at=moment(each.closed_at),
            by=each.by,
            assignee=each.assignee,
        )
        for each in table.closings(connection, row.peer, _CLOSINGS)
    ]
    opened = table.opened_at(connection, row)
    if row.state == Attention.CLOSED or opened is None:
        return told
    responded = table.responded_at(connection, row.peer, opened)
    now = rows.Closing(
        opened_at=moment(opened),
        first_response_at=moment(responded),
        assignee=row.assignee,
    )
    return [now, *told]
