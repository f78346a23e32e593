"""A message as people and programs see it, its states, and which state may follow which.

The JSON shape of `Message` is a public interface: ``docs/protocol.md``.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from gsmd.protocol.types import NetworkTime, Port, Timestamp


class Direction(StrEnum):
    INBOUND = "inbound"  # towards us; the business world's "MO"
    OUTBOUND = "outbound"  # from us; the business world's "MT"


class Kind(StrEnum):
    """The kind of thing that a message carries."""

    TEXT = "text"
    DATA = "data"
    REPORT = "report"  # a status report that matches nothing we sent
    NOTICE = "notice"  # MMS and WAP push notifications, waiting indications, SIM data download


class State(StrEnum):
    """The state of a message in its life. `TRANSITIONS` says which may follow which."""

    RECEIVED = "received"  # on disk; at least one handler has yet to say it is done
    HANDLED = "handled"  # every handler that matched has said it is done
    DEAD = "dead"  # a handler gave up on it; it can be re-driven
    UNDECODABLE = "undecodable"  # kept as evidence

    QUEUED = "queued"
    SUBMITTING = "submitting"  # a part of it is, or may be, on its way to the network
    SENT = "sent"  # the network has every part
    DELIVERED = "delivered"  # the recipient has every part
    FAILED = "failed"
    EXPIRED = "expired"  # its validity ended before it could be sent or delivered
    UNCERTAIN = "uncertain"  # submitted, and no answer came: may or may not be out
    CANCELLED = "cancelled"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.HANDLED, State.DEAD}),
    State.HANDLED: frozenset({State.RECEIVED}),  # re-driven by hand, or completed late
    State.DEAD: frozenset({State.RECEIVED}),  # re-driven
    State.UNDECODABLE: frozenset(),
    # sent: a status report tells that a try without an answer had gone out after all
    State.QUEUED: frozenset(
        {State.SUBMITTING, State.SENT, State.FAILED, State.EXPIRED, State.CANCELLED}
    ),
    State.SUBMITTING: frozenset(
        {State.QUEUED, State.SENT, State.FAILED, State.EXPIRED, State.UNCERTAIN, State.CANCELLED}
    ),
    State.SENT: frozenset({State.DELIVERED, State.FAILED, State.EXPIRED}),
    # a late status report tells that it went out after all
    State.UNCERTAIN: frozenset(
        {State.QUEUED, State.SENT, State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED}
    ),
    State.DELIVERED: frozenset(),
    State.FAILED: frozenset({State.QUEUED, State.DELIVERED}),  # retried by hand; a late report
    State.EXPIRED: frozenset({State.QUEUED, State.DELIVERED}),
    State.CANCELLED: frozenset({State.QUEUED}),
}
"""The whole state machine. A state that is not named as a follower is refused by `advance`."""

_INBOUND = frozenset({State.RECEIVED, State.HANDLED, State.DEAD, State.UNDECODABLE})


def direction_of(state: State) -> Direction:
    """Every state belongs to messages of one direction."""
    return Direction.INBOUND if state in _INBOUND else Direction.OUTBOUND


FINAL: frozenset[State] = frozenset(
    {
        State.HANDLED,
        State.DEAD,
        State.UNDECODABLE,
        State.DELIVERED,
        State.FAILED,
        State.EXPIRED,
        State.CANCELLED,
    }
)
"""Nothing more happens by itself in these."""


class ForbiddenTransition(Exception):
    """A message cannot go from ``source`` to ``target``."""

    def __init__(self, source: State, target: State) -> None:
        super().__init__(f"a message that is {source} cannot become {target}")
        self.source = source
        self.target = target


def advance(source: State, target: State) -> State:
    """``target``, if a message in ``source`` may go there; else `ForbiddenTransition`."""
    if target is not source and target not in TRANSITIONS[source]:
        raise ForbiddenTransition(source, target)
    return target


class Ports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Application port numbers (3GPP TS 23.040 §9.2.3.24.3 and .4)."""

    destination: Port
    source: Port = 0


DAMAGED = "damaged"
"""The reason of a message that came in with something wrong with it, and was handed over as far as it could be read."""


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """The reason of a failure: a word for programs, a sentence for people, and the modem's codes."""

    reason: str
    message: str = ""
    cms: int | None = None
    cme: int | None = None
    command: str | None = None


class FinishedForm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A form that somebody has filled in, with their answers by the names of the questions.

    An answer is null for a question that was left out; one that was not asked is not there. ``fields``: what
    `forms.start` came with.
    """

    name: str
    entry: str
    answers: dict[str, str | bool | int | float | None]
    fields: dict[str, str] = {}


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A whole text or datagram, in either direction; what one TPDU carries of it is a part.

    ``peer`` is the other side: E.164 with ``+`` where the number is international.
    ``data`` is lower-case hex. ``parts`` counts the TPDUs the whole message has.
    ``complete`` is false for an inbound message of which something is missing: parts that never
    came, or the end of one that is damaged; ``error`` (reason ``damaged``) says what is wrong with it.
    ``form`` is there where a handler gets it as the last answer of a form.
    """

    id: str
    direction: Direction
    state: State
    peer: str
    modem: str | None
    kind: Kind
    text: str | None
    data: str | None
    alphabet: str
    class_: int | None = msgspec.field(name="class")
    ports: Ports | None
    parts: int
    complete: bool
    tag: str | None
    in_reply_to: str | None
    possible_duplicate: bool
    created_at: Timestamp
    service_centre_timestamp: NetworkTime | None
    sent_at: Timestamp | None
    delivered_at: Timestamp | None
    error: Failure | None
    form: FinishedForm | UnsetType = UNSET


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an outbound message, as its handler is told: it came to ``state``, at ``at``.

    ``number`` counts the receipts of the message from 1: with the message's id it names the receipt.
    """

    state: State
    number: int
    at: Timestamp


class Reply(msgspec.Struct, frozen=True):
    """A handler's answer to the sender of a message."""

    text: str


def to_wire(message: Message) -> dict[str, Any]:
    """The message as the JSON object of the protocol: times as ISO 8601 with milliseconds."""
    fields: dict[str, Any] = msgspec.to_builtins(message, builtin_types=(datetime,))
    for name in ("created_at", "sent_at", "delivered_at", "service_centre_timestamp"):
        value = fields[name]
        if value is not None:
            fields[name] = iso(value)
    return fields


def receipt_to_wire(receipt: Receipt) -> dict[str, Any]:
    """The receipt as the JSON object of the protocol."""
    return {"state": str(receipt.state), "number": receipt.number, "at": iso(receipt.at)}


def iso(at: datetime) -> str:
    """ISO 8601 as the interface writes it.

    ``…T03:04:05.678Z`` for our own times (UTC, milliseconds), ``…T04:04:03+01:00`` for the
    service centre's (whole seconds, its own offset).
    """
    if at.tzinfo is UTC:
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return at.isoformat()
