"""What callers ask of the core and what they get, apart from the `Message` itself."""

from collections.abc import Awaitable
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeVar

import msgspec

from gsmd.message import Direction, Message, Ports, State
from gsmd.store.engine.errors import StoreError, StoreFull, StoreReadOnly


class Code(IntEnum):
    """Why a request was refused; the error codes of the protocol (docs/protocol.md)."""

    REFUSED = 1  # by the recipient, the network or a rule
    NOT_FOUND = 2
    INVALID = 3  # the right shape, an impossible value
    NOT_PERMITTED = 4
    MODEM_UNAVAILABLE = 5
    CONFLICT = 6
    TIMEOUT = 7


class Refused(Exception):
    """A request that is not carried out.

    ``reason`` is one word for programs, ``field`` names the parameter at fault;
    both, and whatever else is known (``cms``, ``cme``, ``command``), are in ``data``.
    """

    def __init__(
        self, code: Code, message: str, *, reason: str, field: str | None = None, **details: Any
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data: dict[str, Any] = {"reason": reason}
        if field is not None:
            self.data["field"] = field
        self.data.update({name: value for name, value in details.items() if value is not None})


T = TypeVar("T")


async def stored(work: Awaitable[T]) -> T:
    """What ``work`` returns; the store's refusals as the callers know refusals."""
    try:
        return await work
    except StoreFull as error:
        raise Refused(Code.REFUSED, f"the disk is full: {error}", reason="store_full") from error
    except StoreReadOnly as error:
        message = f"the database cannot be written to: {error}"
        raise Refused(Code.REFUSED, message, reason="store_read_only") from error
    except StoreError as error:
        raise Refused(Code.REFUSED, str(error), reason="store") from error


class SendRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One outbound message as asked for. ``validity`` is in seconds; ``data`` is hex.

    ``not_before`` is a point in wall time; ``handler`` the handler that the answers go to.
    ``in_reply_to`` is the id of the inbound message that this one answers. ``override``: also to
    somebody who opted out. ``secret`` is a piece of the text that is kept nowhere once it is out.
    """

    to: str
    text: str | None = None
    data: str | None = None
    modem: str | None = None
    report: bool | None = None
    flash: bool = False
    validity: float | None = None
    not_before: datetime | None = None
    priority: int = 0
    key: str | None = None
    tag: str | None = None
    handler: str | None = None
    ports: Ports | None = None
    in_reply_to: str | None = None
    override: bool = False
    secret: str | None = None


class MessageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages to list, newest first. ``after`` is the cursor of the page before.

    ``reasons``: with what each of them waits for.
    """

    direction: Direction | None = None
    state: State | None = None
    peer: str | None = None
    modem: str | None = None
    tag: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str | None = None
    limit: int = 100
    after: str | None = None
    reasons: bool = False


class Page(msgspec.Struct, frozen=True):
    """A page of a listing; ``next`` is the cursor for the following one, None at the end.

    ``reasons``, if they were asked for: by id, why an outbound message is not out yet.
    """

    messages: list[Message]
    next: str | None
    reasons: dict[str, str] | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Messages to be sent. ``scheduled`` are not to go yet, ``held`` wait for somebody to decide.

    ``oldest_at`` is when the oldest of the ``queued`` was accepted.
    """

    queued: int
    scheduled: int
    held: int
    oldest_at: datetime | None


class HandlerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A handler as `handlers.list` shows it.

    ``pending`` counts messages not yet acknowledged, ``dead`` those it gave up on.
    ``oldest_at`` is when the oldest pending message came in.
    """

    name: str
    transport: str
    connected: bool
    capacity: int
    pending: int
    in_flight: int
    dead: int
    oldest_at: datetime | None
    last_error: str | None


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a handler gave up on, with the reason."""

    handler: str
    attempts: int
    reason: str
    at: datetime
    message: Message


class PartRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What one TPDU carries of a message, as `messages.show` tells it.

    ``pdu`` is hex: the raw frame (with SCA) for inbound parts, the TPDU for outbound ones.
    """

    sequence: int
    state: str
    pdu: str
    modem: str | None
    message_reference: int | None = None
    tp_status: int | None = None
    status: str | None = None
    attempts: int = 0
    received_at: datetime | None = None
    sent_at: datetime | None = None
    discharge_time: str | None = None
    error: str | None = None


class EventRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a message's story."""

    at: datetime
    type: str
    detail: dict[str, Any]


class DeliveryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How far one handler is with a message: ``state`` is waiting, leased, deferred, done or dead."""

    handler: str
    state: str
    attempts: int
    error: str | None
    updated_at: datetime | None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known about one message. ``waiting_for`` says why an outbound one is not out yet."""

    message: Message
    parts: list[PartRecord]
    events: list[EventRecord]
    deliveries: list[DeliveryRecord]
    waiting_for: str | None = None
