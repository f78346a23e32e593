"""``messages.*``: sending, looking, waiting."""

from typing import Any, Literal

import msgspec

from gsmd.protocol import bounds
from gsmd.protocol.message import Direction, Message, Ports, Receipt, State
from gsmd.protocol.method import READ, SEND, Method
from gsmd.protocol.params import Impossible, Unfit
from gsmd.protocol.types import (
    Hex,
    Limit,
    Moment,
    Name,
    Nothing,
    Octet,
    Params,
    Priority,
    Seconds,
    Timestamp,
)


class SendParams(Params, frozen=True):
    """One outbound message as asked for: ``text``, or ``data`` in hex.

    ``not_before`` is a point in wall time, ``validity`` how long the network may try; ``handler`` gets
    the answers; ``in_reply_to`` is the id of the inbound message that this one answers. ``key`` makes it
    idempotent. ``override``: also to somebody who opted out.

    ``receipt``: the handler is told what becomes of it; ``sent``: also on the way there. None: as the handler
    is configured. ``send_within``: if it is not begun by then it expires. ``when_uncertain``: resend or hold.
    ``new``: the key of an earlier message is an error, also where that is the same message.
    ``protocol_id`` is TP-PID, ``udh`` further information elements, in hex, without their length octet.
    """

    to: str
    text: str | None = None
    data: Hex | None = None
    modem: str | None = None
    report: bool | None = None
    flash: bool = False
    validity: Seconds | None = None
    not_before: Moment | None = None
    priority: Priority = 0
    key: str | None = None
    tag: str | None = None
    handler: Name | None = None
    ports: Ports | None = None
    in_reply_to: str | None = None
    override: bool = False
    receipt: bool | Literal["sent"] | None = None
    when_uncertain: Literal["resend", "hold"] | None = None
    send_within: Seconds | None = None
    protocol_id: Octet = 0
    udh: Hex | None = None
    new: bool = False

    def __post_init__(self) -> None:
        if (self.text is None) == (self.data is None):
            raise Unfit("exactly one of text and data", "text")
        if self.receipt and self.handler is None:
            raise Unfit("a receipt needs a handler that gets it", "receipt")
        if self.send_within is not None and not self.send_within > 0:
            raise Impossible("above 0", "send_within")


class ReplaceParams(Params, frozen=True):
    """A message that still waits, and the text that it is to have."""

    id: str
    text: str


class MessageParams(Params, frozen=True):
    """A message, by its id."""

    id: str


class MessageListParams(Params, frozen=True):
    """A choice of messages, newest first. ``after`` is the cursor of the page before.

    ``reasons``: with what each of them waits for.
    """

    direction: Direction | None = None
    state: State | None = None
    peer: str | None = None
    modem: str | None = None
    tag: str | None = None
    since: Moment | None = None
    until: Moment | None = None
    search: str | None = None
    limit: Limit = bounds.USUAL_PAGE
    after: str | None = None
    reasons: bool = False


class WaitParams(Params, frozen=True):
    """A message and the state that it is to come to."""

    id: str
    state: State
    timeout: Seconds | None = None


class Page(msgspec.Struct, frozen=True, omit_defaults=False):
    """A page of messages; ``next`` is the cursor for the following one, None at the end.

    ``reasons``, if they were asked for: by id, why an outbound message is not out yet.
    """

    messages: list[Message]
    next: str | None = None
    reasons: dict[str, str] | msgspec.UnsetType = msgspec.UNSET


class PartRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a message: the content of one TPDU.

    ``pdu`` is hex: the raw frame (with SCA) for inbound parts, the TPDU for outbound ones.
    """

    sequence: int
    state: str
    pdu: str = ""
    modem: str | None = None
    message_reference: int | None = None
    tp_status: int | None = None
    status: str | None = None
    attempts: int = 0
    received_at: Timestamp | None = None
    sent_at: Timestamp | None = None
    discharge_time: str | None = None
    error: str | None = None


class EventRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a message's history."""

    at: Timestamp
    type: str
    detail: dict[str, Any] = {}


class DeliveryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of one handler with a message: ``state`` is waiting, leased, deferred, done or dead.

    ``receipt``: with being told what became of it, where it is an outbound one.
    """

    handler: str
    state: str
    attempts: int = 0
    error: str | None = None
    updated_at: Timestamp | None = None
    receipt: Receipt | msgspec.UnsetType = msgspec.UNSET


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The history of one message: all that is known of it. ``waiting_for`` says why an outbound one is not out yet."""

    message: Message
    parts: list[PartRecord] = []
    events: list[EventRecord] = []
    deliveries: list[DeliveryRecord] = []
    waiting_for: str | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Messages to be sent. ``scheduled`` are not to go yet, ``held`` wait for somebody to decide.

    ``oldest_at`` is when the oldest of the ``queued`` was accepted.
    """

    queued: int
    scheduled: int
    held: int
    oldest_at: Timestamp | None = None


SENDING = Method(
    "messages.send",
    SendParams,
    Message,
    SEND,
    "Accept a message: it is on the daemon's disk once this is answered. With the `key` of an earlier"
    " one nothing is sent: that one is the result; error 6, with its id, if it had another recipient or content.",
    call="send",
)
GET = Method("messages.get", MessageParams, Message, READ, "A message as it is now.", call="get")
SHOW = Method(
    "messages.show",
    MessageParams,
    History,
    READ,
    "The whole history of a message. A unique beginning of its id will do.",
    big=True,
    call="show",
)
LIST = Method(
    "messages.list",
    MessageListParams,
    Page,
    READ,
    "Messages, newest first. A page may be short, even empty, and have a `next`: a search through a"
    " large store is told after a second as far as it has come.",
    big=True,
    call="list",
)
CANCEL = Method(
    "messages.cancel",
    MessageParams,
    Message,
    SEND,
    "Do not send a message that is still waiting; error 6 if it is too late.",
    call="cancel",
)
REPLACE = Method(
    "messages.replace",
    ReplaceParams,
    Message,
    SEND,
    "Send another text in place of one that is still waiting; error 6 if it is too late.",
    call="replace",
)
RETRY = Method(
    "messages.retry",
    MessageParams,
    Message,
    SEND,
    "Send once more what failed, expired, was cancelled or is uncertain; hand over once more what"
    " handlers gave up on.",
    call="retry",
)
WAIT = Method(
    "messages.wait",
    WaitParams,
    Message,
    READ | SEND,
    "The message once it is in that state, beyond it, or at an end; error 7 when the time is over.",
    slow=True,
    call="wait",
)
WAITING = Method(
    "messages.waiting",
    Nothing,
    Waiting,
    READ,
    "The number of messages that are to be sent, and the age of the oldest.",
    call="waiting",
)

METHODS = (SENDING, GET, SHOW, LIST, CANCEL, REPLACE, RETRY, WAIT, WAITING)
