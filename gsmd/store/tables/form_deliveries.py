"""Finished forms as deliveries: a message that ends one, with all answers, beside the message as it came."""

import sqlite3

import msgspec

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Message
from gsmd.store.tables import receipts
from gsmd.store.tables.deliveries import BEGINS


def add(
    connection: sqlite3.Connection, handler: str, seq: int, message: Message, at: Milliseconds
) -> None:
    """One more finished form for a handler: the message that ends it, with the form."""
    connection.execute(
        "INSERT INTO delivery (handler, message, receipt, lane, queue, updated_at, told)"
        f" VALUES (:handler, :seq, :number, :lane, {BEGINS}, :at, :told) ON CONFLICT DO NOTHING",
        {
            "handler": handler,
            "seq": seq,
            "number": receipts.FORM,
            "lane": message.peer,
            "at": at,
            "told": msgspec.json.encode(message.form).decode(),
        },
    )


def wipe(connection: sqlite3.Connection, seq: int) -> None:
    """Forget the answers of a form that was handed over with a message; nobody gets it any more."""
    connection.execute(
        "UPDATE delivery SET told = NULL WHERE message = ? AND receipt = ?", (seq, receipts.FORM)
    )


def is_pending(connection: sqlite3.Connection, handler: str, lanes: str) -> bool:
    """True if a handler has yet to deal with something in one of ``lanes`` (a JSON array)."""
    row = connection.execute(
        "SELECT 1 FROM delivery INDEXED BY delivery_open WHERE handler = ?"
        " AND lane IN (SELECT value FROM json_each(?)) AND queue NOT IN ('done', 'dead') LIMIT 1",
        (handler, lanes),
    ).fetchone()
    return row is not None
