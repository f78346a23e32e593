"""Orders: how an outbound message is to be sent, as its sender asked for it. Where it stands is `outbox`."""

import sqlite3
from typing import NamedTuple


class Order(NamedTuple):
    """The sending options of an outbound message, as it was accepted."""

    destination: str
    route: str  # modem names, comma-separated; '' for any
    priority: int
    due_at: int  # timeline; 0 at once
    not_before: int | None  # wall
    expires_at: int | None  # timeline
    validity: int  # milliseconds
    report: bool
    flash: bool
    handler: str | None
    key: str | None
    override: bool = False
    secret: bool = False
    receipts: str | None = None  # the handler that is told what becomes of it
    receipt_sent: bool = False
    when_uncertain: str | None = None
    send_within: int | None = None  # milliseconds, where that is over before the validity
    protocol_id: int = 0
    udh: str | None = None
    fingerprint: bytes | None = None


class Keyed(NamedTuple):
    """A message with a key. ``fingerprint`` is that of what the key stands for; None if nobody asked to know."""

    seq: int
    fingerprint: bytes | None


def order(connection: sqlite3.Connection, seq: int) -> Order:
    """How a message was accepted."""
    row = connection.execute(
        "SELECT destination, route, priority, due_at, not_before, expires_at, validity, report, flash,"
        " handler, key, override, secret, receipts, receipt_sent, when_uncertain, send_within,"
        " protocol_id, udh, fingerprint FROM outbound WHERE message = ?",
        (seq,),
    ).fetchone()
    return Order._make(row)


def by_key(connection: sqlite3.Connection, key: str) -> Keyed | None:
    """The message accepted under an idempotency key."""
    row = connection.execute(
        "SELECT message, fingerprint FROM outbound WHERE key = ?", (key,)
    ).fetchone()
    return None if row is None else Keyed._make(row)


def when_uncertain(connection: sqlite3.Connection, seq: int) -> str | None:
    """What is to be done if it gets no answer, if that was said of this message."""
    (wish,) = connection.execute(
        "SELECT when_uncertain FROM outbound WHERE message = ?", (seq,)
    ).fetchone()
    return None if wish is None else str(wish)


def terms(connection: sqlite3.Connection, seq: int) -> tuple[str, bool, bool]:
    """``(destination, override, secret)`` of an outbound message."""
    destination, override, secret = connection.execute(
        "SELECT destination, override, secret FROM outbound WHERE message = ?", (seq,)
    ).fetchone()
    return destination, bool(override), bool(secret)


def wants_report(connection: sqlite3.Connection, seq: int) -> bool:
    """True if a status report was asked for."""
    row = connection.execute("SELECT report FROM outbound WHERE message = ?", (seq,)).fetchone()
    return bool(row and row[0])
