"""The history of one message: its parts, its events, and the progress of its handlers."""

import sqlite3
from collections.abc import Callable

from msgspec import UNSET

from gsmd import pdu
from gsmd.protocol.message import Direction, State
from gsmd.protocol.messages import DeliveryRecord, EventRecord, History, PartRecord
from gsmd.store.tables import delivery_listing, events, inbox, messages, outbox, submissions
from gsmd.store.tables.outbox import Waiting

WhyWaiting = Callable[[Waiting], str | None]
"""Explains where a message stands in the queue, for people."""


def history_of(connection: sqlite3.Connection, seq: int, why_waiting: WhyWaiting) -> History:
    """The whole history; ``why_waiting`` explains a message that is not out yet."""
    message = messages.get(connection, seq)
    inbound = message.direction is Direction.INBOUND
    waiting = outbox.waiting(connection, seq)
    return History(
        message=message,
        parts=_inbound_parts(connection, seq, message.state)
        if inbound
        else _outbound_parts(connection, seq),
        events=[
            EventRecord(at=messages.moment(at), type=type_, detail=detail)
            for at, type_, detail in events.history(connection, seq)
        ],
        deliveries=[
            DeliveryRecord(
                handler=record.handler,
                state=record.queue,
                attempts=record.attempts,
                error=record.error,
                updated_at=messages.moment(record.updated_at),
                receipt=UNSET if record.receipt is None else record.receipt,
            )
            for record in delivery_listing.history(connection, seq)
        ],
        waiting_for=why_waiting(waiting) if waiting and message.state is State.QUEUED else None,
    )


def _inbound_parts(connection: sqlite3.Connection, seq: int, state: State) -> list[PartRecord]:
    return [
        PartRecord(
            sequence=sequence,
            state="undecodable" if state is State.UNDECODABLE else "received",
            pdu=frame,
            modem=modem,
            attempts=seen,
            received_at=messages.moment(received_at),
            error=error,
        )
        for sequence, frame, modem, received_at, seen, error in inbox.history(connection, seq)
    ]


def _outbound_parts(connection: sqlite3.Connection, seq: int) -> list[PartRecord]:
    return [
        PartRecord(
            sequence=part.sequence,
            state=part.state,
            pdu=part.tpdu.hex().upper(),
            modem=part.modem,
            message_reference=part.message_reference,
            tp_status=part.tp_status,
            status=None if part.tp_status is None else pdu.classify_status(part.tp_status).reason,
            attempts=part.attempts,
            sent_at=messages.moment(part.sent_at),
            discharge_time=part.discharge_time,
            error=part.error,
        )
        for part in submissions.part_rows(connection, seq)
    ]
