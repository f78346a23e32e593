"""Deliveries that somebody decides about: given up for good with their handler, or open once more."""

import sqlite3
from typing import NamedTuple

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Receipt
from gsmd.store.tables import receipts
from gsmd.store.tables.deliveries import BEGINS, READY, settle


class Settled(NamedTuple):
    """A delivery that somebody decided about."""

    seq: int
    receipt: Receipt | None


def write_off(
    connection: sqlite3.Connection, handler: str, reason: str, limit: int, at: Milliseconds
) -> list[Settled]:
    """Be done with up to ``limit`` of what a handler has not."""
    rows = connection.execute(
        "SELECT message, receipt, told FROM delivery INDEXED BY delivery_open WHERE handler = :handler"
        " AND queue NOT IN ('done', 'dead') UNION ALL"
        " SELECT message, receipt, told FROM delivery INDEXED BY delivery_ready"
        f" WHERE handler = :handler AND queue = 'dead' AND {READY} LIMIT :limit",
        {"handler": handler, "limit": limit},
    ).fetchall()
    for message, number, _ in rows:
        settle(connection, handler, message, number, "done", reason, at)
    return [Settled(message, receipts.read(number, told)) for message, number, told in rows]


def redrive(
    connection: sqlite3.Connection, handler: str, seq: int | None, limit: int, at: Milliseconds
) -> list[Settled]:
    """Dead letters wait again, the oldest ``limit`` of a handler, or those of one message."""
    rows = connection.execute(
        "SELECT message, receipt, told, lane FROM delivery INDEXED BY delivery_ready"
        f" WHERE handler = :handler AND queue = 'dead' AND {READY} AND (:seq IS NULL OR message = :seq)"
        " ORDER BY message, receipt LIMIT :limit",
        {"handler": handler, "seq": seq, "limit": limit},
    ).fetchall()
    for message, number, _, lane in rows:
        connection.execute(
            "UPDATE delivery SET before = attempts, due_at = 0, error = NULL, updated_at = :at,"
            f" queue = {BEGINS} WHERE handler = :handler AND message = :seq AND receipt = :number",
            {"handler": handler, "seq": message, "number": number, "lane": lane, "at": at},
        )
    return [Settled(message, receipts.read(number, told)) for message, number, told, _ in rows]


def renew(
    connection: sqlite3.Connection, handler: str, seq: int, peer: str, at: Milliseconds
) -> bool:
    """A delivery that is settled, or that there never was, is open; False if it was."""
    ended = connection.execute(
        f"UPDATE delivery SET queue = {BEGINS}, before = attempts, due_at = 0, error = NULL, updated_at = :at"
        " WHERE handler = :handler AND message = :seq AND receipt = :form AND queue IN ('done', 'dead')",
        {"handler": handler, "seq": seq, "lane": peer, "at": at, "form": receipts.FORM},
    )
    if ended.rowcount or _ends_form(connection, handler, seq):
        return bool(ended.rowcount)
    changed = connection.execute(
        "INSERT INTO delivery (handler, message, lane, queue, updated_at)"
        f" VALUES (:handler, :seq, :lane, {BEGINS}, :at) ON CONFLICT DO UPDATE SET queue = excluded.queue,"
        " before = attempts, due_at = 0, error = NULL, updated_at = :at WHERE queue IN ('done', 'dead')",
        {"handler": handler, "seq": seq, "lane": peer, "at": at},
    )
    return changed.rowcount > 0


def _ends_form(connection: sqlite3.Connection, handler: str, seq: int) -> bool:
    """True if a handler got a message, or is to get it, as the end of a form."""
    row = connection.execute(
        "SELECT 1 FROM delivery WHERE handler = ? AND message = ? AND receipt = ?",
        (handler, seq, receipts.FORM),
    ).fetchone()
    return row is not None
