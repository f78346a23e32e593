"""Receipts: what a handler is told of a message that went out in its name, and what it was when that was so.

Theory of operation. A receipt is a delivery (`deliveries`) of an outbound message, made in the transaction that
brings the message to the state it tells of, and never changed: however late it is handed over, the message in it
is as it was then. So ``failed``, and ``delivered`` later, are two receipts, each true.

``outbound.receipts`` has the handler that wants them, since the message was accepted; a message whose sender did not
ask for any has NULL there, and that look is all it costs. Receipts of one message go in order. They wait for nothing
else, not for an inbound message of the same peer either that nobody settles, and nothing waits for them: the network's
report may overtake the answer of the recipient or come behind it anyway.
"""

import sqlite3
from datetime import datetime
from typing import NamedTuple

import msgspec

from gsmd.clock import Milliseconds
from gsmd.protocol.message import Failure, FinishedForm, Message, Receipt, State
from gsmd.store.tables.messages import moment


class Wish(NamedTuple):
    """Who is to be told of a message. ``sent``: also that it is sent, and that it is uncertain."""

    handler: str
    sent: bool
    report: bool


class _Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was true of the message then."""

    state: State
    at: datetime
    error: Failure | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    possible_duplicate: bool = False


_DECODER = msgspec.json.Decoder(_Told)

FORM = -1
"""The number of a delivery that is neither a message as it came nor a receipt: the form that the message ends."""


def wish(connection: sqlite3.Connection, seq: int) -> Wish | None:
    """The receipts that were asked for of a message; None for none."""
    row = connection.execute(
        "SELECT receipts, receipt_sent, report FROM outbound WHERE message = ?", (seq,)
    ).fetchone()
    return None if row is None or row[0] is None else Wish(row[0], bool(row[1]), bool(row[2]))


def lane(seq: int) -> str:
    """What the receipts of one message share (`deliveries`). No peer is called so: a sender's name is shorter."""
    return f"receipts of {seq}"


def told(message: Message, at: Milliseconds) -> str:
    """What a receipt keeps of the message as it is at ``at`` (wall)."""
    kept = _Told(
        state=message.state,
        at=moment(at),
        error=message.error,
        sent_at=message.sent_at,
        delivered_at=message.delivered_at,
        possible_duplicate=message.possible_duplicate,
    )
    return msgspec.json.encode(kept).decode()


def read(number: int, told_: str | None) -> Receipt | None:
    """The receipt of a delivery; None if it is of the message itself."""
    if told_ is None or number == FORM:
        return None
    then = _DECODER.decode(told_)
    return Receipt(state=then.state, number=number, at=then.at)


def as_it_was(message: Message, number: int, told_: str | None) -> Message:
    """The message as a delivery tells of it: as it was then, with the form that it ends, or as it is."""
    if told_ is None:
        return message
    if number == FORM:
        form = msgspec.json.decode(told_, type=FinishedForm)
        return msgspec.structs.replace(message, form=form)
    then = _DECODER.decode(told_)
    return msgspec.structs.replace(
        message,
        state=then.state,
        error=then.error,
        sent_at=then.sent_at,
        delivered_at=then.delivered_at,
        possible_duplicate=then.possible_duplicate,
    )
