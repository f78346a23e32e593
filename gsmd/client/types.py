"""What the daemon answers, as typed values. Fields that this version does not know are ignored.

Where a newer or older daemon leaves a field out, it has its default.
"""

from datetime import datetime
from typing import Any

import msgspec

from gsmd.protocol.message import Message


class ServerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The daemon. ``uptime`` is in seconds; ``roles`` is what the caller may do.

    ``store`` is why nothing can be put on disk, None if all is well.
    """

    version: str
    protocol: int = 1
    pid: int = 0
    uptime: float = 0.0
    socket: str = ""
    modems: int = 0
    store: str | None = None
    user: str = ""
    roles: list[str] = []


class Page(msgspec.Struct, frozen=True):
    """A page of messages, newest first; ``next`` goes into ``after`` for the following one.

    ``reasons``, if they were asked for: by id, why an outbound message is not out yet.
    """

    messages: list[Message]
    next: str | None = None
    reasons: dict[str, str] = {}


class PartRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What one TPDU carries of a message. ``pdu`` is hex."""

    sequence: int
    state: str
    pdu: str = ""
    modem: str | None = None
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
    detail: dict[str, Any] = {}


class DeliveryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How far one handler is with a message."""

    handler: str
    state: str
    attempts: int = 0
    error: str | None = None
    updated_at: datetime | None = None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known about one message."""

    message: Message
    parts: list[PartRecord] = []
    events: list[EventRecord] = []
    deliveries: list[DeliveryRecord] = []
    waiting_for: str | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Messages to be sent: ``scheduled`` not yet, ``held`` when somebody has decided."""

    queued: int
    scheduled: int
    held: int
    oldest_at: datetime | None = None


class HandlerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A handler and how much waits for it."""

    name: str
    transport: str = ""
    connected: bool = False
    capacity: int = 0
    pending: int = 0
    in_flight: int = 0
    dead: int = 0
    oldest_at: datetime | None = None
    last_error: str | None = None


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a handler gave up on."""

    handler: str
    attempts: int = 0
    reason: str = ""
    at: datetime
    message: Message


class StorageUse(msgspec.Struct, frozen=True, kw_only=True):
    """How full the SIM is, in message slots."""

    name: str | None = None
    used: int | None = None
    total: int | None = None


class ModemStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A modem. ``signal_dbm`` is the received signal strength; ``since`` is when ``state`` began.

    ``troubles``: what speaks against its working well although nothing has failed, each a sentence.
    """

    name: str
    state: str
    reason: str | None = None
    since: datetime | None = None
    port: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    revision: str | None = None
    imei: str | None = None
    imsi: str | None = None
    iccid: str | None = None
    number: str | None = None
    operator: str | None = None
    registration: str | None = None
    roaming: bool | None = None
    signal_dbm: int | None = None
    smsc: str | None = None
    storage: StorageUse | None = None
    troubles: list[str] = []
    counters: dict[str, Any] = {}


class Times(msgspec.Struct, frozen=True):
    """Seconds within which half, nine tenths and 99 of 100 were done."""

    p50: float | None = None
    p90: float | None = None
    p99: float | None = None


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a span of time; ``outbound`` and ``inbound`` count by state, ``groups`` by what was asked."""

    until: datetime
    since: datetime | None = None
    outbound: dict[str, int] = {}
    inbound: dict[str, int] = {}
    accepted: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    received: int = 0
    answered: int = 0
    delivery_rate: float | None = None
    response_rate: float | None = None
    sending_time: Times = Times()
    delivery_time: Times = Times()
    reply_time: Times = Times()
    failures: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []


class AtReply(msgspec.Struct, frozen=True):
    """What the modem answered to a raw command: ``result`` is ``OK`` or the error as it gave it."""

    lines: list[str]
    result: str


class UssdReply(msgspec.Struct, frozen=True):
    """What the network answered; ``session`` says that it waits for the next input."""

    text: str | None
    session: bool


class Event(msgspec.Struct, frozen=True):
    """Something that happened.

    ``type`` is ``lost`` where this client was too slow (``fields["lost"]`` says how many are missing), and
    ``reconnected`` where the daemon was away.
    """

    type: str
    at: datetime
    fields: dict[str, Any]


def event(params: dict[str, Any]) -> Event:
    """The event of a notification's parameters."""
    fields = dict(params)
    return Event(str(fields.pop("type", "")), msgspec.convert(fields.pop("at"), datetime), fields)
