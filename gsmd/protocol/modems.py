"""``modems.*``: looking at modems, and what administrators may do to them."""

from typing import Literal

import msgspec

from gsmd.protocol.events import Done
from gsmd.protocol.method import ADMIN, READ, SEND, Method
from gsmd.protocol.types import Command, Moment, Nothing, OneLine, Params, Seconds, Timestamp


class ModemParams(Params, frozen=True):
    """A modem, by its name in the configuration."""

    modem: str


class UnlockParams(Params, frozen=True):
    """``pin`` None: the one of the configuration."""

    modem: str
    pin: str | None = None


class AtParams(Params, frozen=True):
    """A raw AT command."""

    modem: str
    command: Command
    timeout: Seconds | None = None


class UssdParams(Params, frozen=True):
    """A USSD code, or the next input of a session."""

    modem: str
    code: OneLine
    timeout: Seconds | None = None


class RecordParams(Params, frozen=True):
    """``after``: the number of the last entry seen; 0: from now on. ``timeout``: how long to wait for the next, at most and if not given 10 s."""

    modem: str
    after: int = 0
    timeout: Seconds | None = None


class StorageUse(msgspec.Struct, frozen=True):
    """The fill level of the storage that new messages go to, in message slots."""

    name: str
    used: int
    total: int


class Counters(msgspec.Struct):
    """Counts of events since the daemon started."""

    sent: int = 0
    refused: int = 0
    uncertain: int = 0
    read: int = 0
    deleted: int = 0
    timeouts: int = 0
    restarts: int = 0
    reconnects: int = 0
    resets: int = 0
    calls: int = 0


class Credit(msgspec.Struct, frozen=True):
    """The balance of a prepaid SIM: ``amount`` as the network told it in ``text``; null if that has no figure."""

    amount: float | None
    at: Timestamp
    text: str


class ModemStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A modem as people and programs see it.

    ``signal_dbm`` is the received signal strength; ``since`` is when ``state`` began. ``troubles``: what speaks
    against its working well although nothing has failed, each a sentence. ``reception``: whether it stores what comes
    in, or hands it over at once; null while that is not known.
    """

    name: str
    state: str
    reason: str = ""
    since: Timestamp | None = None
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
    roaming: bool = False
    signal_dbm: int | None = None
    smsc: str | None = None
    storage: StorageUse | None = None
    troubles: list[str] = []
    credit: Credit | None = None
    counters: Counters = msgspec.field(default_factory=Counters)
    reception: Literal["storage", "direct"] | None = None


class CarrierCounters(msgspec.Struct):
    """Counts of a carrier's messages since the daemon started."""

    sent: int = 0
    refused: int = 0
    uncertain: int = 0
    reports: int = 0
    received: int = 0


class CarrierStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier that is a program: ``attached`` or ``away``, ``since`` when, and why it gets nothing now.

    ``user`` and ``pid`` are those of the program; ``limits`` are in words, for people.
    """

    name: str
    state: Literal["attached", "away"]
    reason: str = ""
    since: Timestamp | None = None
    user: str | None = None
    pid: int | None = None
    in_flight: int = 0
    max_in_flight: int = 0
    number: str | None = None
    limits: str = ""
    counters: CarrierCounters = msgspec.field(default_factory=CarrierCounters)


class ModemList(msgspec.Struct, frozen=True):
    """Every modem of the configuration, and every carrier that is a program."""

    modems: list[ModemStatus]
    carriers: list[CarrierStatus] = []


class AtReply(msgspec.Struct, frozen=True):
    """The modem's answer to a raw command: ``result`` is ``OK`` or the error as it gave it."""

    lines: list[str]
    result: str


class UssdReply(msgspec.Struct, frozen=True):
    """The network's answer; ``session`` says that it waits for the next input."""

    text: str | None
    session: bool = False


class LineEntry(msgspec.Struct, frozen=True):
    """Octets (hex) that went ``to`` the modem or came ``from`` it at once; a ``remark`` is text.

    ``at``: seconds on a clock of the daemon's. PINs are blotted out, nothing else is.
    """

    number: int
    at: float
    way: Literal["to", "from", "remark"]
    octets: str


class LinePage(msgspec.Struct, frozen=True):
    """Entries in order. ``next``: the ``after`` of the next time. ``lost``: how many are missing before them."""

    entries: list[LineEntry]
    next: int
    lost: int = 0


class ModemHistoryParams(Params, frozen=True):
    """``since``: a week ago unless given; ``until``: now."""

    modem: str
    since: Moment | None = None
    until: Moment | None = None


class ModemHistoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A modem as it was from ``at`` on. Signal in dBm; lowest and highest since the row before.

    ``state`` ``off``: gsmd itself was off, and nothing is known.
    """

    at: Timestamp
    state: str
    reason: str = ""
    registration: str | None = None
    roaming: bool = False
    operator: str | None = None
    signal_dbm: int | None = None
    lowest_dbm: int | None = None
    highest_dbm: int | None = None


class ModemHistory(msgspec.Struct, frozen=True):
    """Rows in order: one when anything but the signal changed, and one an hour."""

    modem: str
    since: Timestamp
    until: Timestamp
    rows: list[ModemHistoryRow]


LIST = Method(
    "modems.list",
    Nothing,
    ModemList,
    READ,
    "Every modem as it is now; `carriers` has the programs that carry messages, attached or away.",
    call="modems",
    returns="modems",
)
GET = Method(
    "modems.get",
    ModemParams,
    ModemStatus,
    READ,
    "One modem as it is now. `troubles` speak against its working well although nothing has failed, each a"
    " sentence; `credit` is `{amount, at, text}` if it is asked for.",
    call="modem",
)
RESET = Method(
    "modems.reset", ModemParams, ModemStatus, ADMIN, "Restart a modem.", slow=True, call="reset"
)
UNLOCK = Method(
    "modems.unlock",
    UnlockParams,
    ModemStatus,
    ADMIN,
    "Give a SIM its PIN; without `pin` the one of the configuration.",
    slow=True,
    call="unlock",
)
AT = Method(
    "modems.at",
    AtParams,
    AtReply,
    ADMIN,
    "A raw AT command; `result` is `OK` or the error as the modem put it.",
    slow=True,
    call="at",
)
USSD = Method(
    "modems.ussd",
    UssdParams,
    UssdReply,
    SEND,
    "A USSD code; with `session: true` the next code is the answer to a menu.",
    slow=True,
    call="ussd",
)
CANCEL_USSD = Method(
    "modems.cancel_ussd",
    ModemParams,
    Done,
    SEND,
    "Leave the menu of a USSD session without an answer; nothing happens if there is none.",
    call="cancel_ussd",
)

RECORD = Method(
    "modems.record",
    RecordParams,
    LinePage,
    ADMIN,
    "The traffic on a modem's line, as it comes; kept while somebody asks at least once a minute.",
    slow=True,
    big=True,
    call="record",
)

HISTORY = Method(
    "modems.history",
    ModemHistoryParams,
    ModemHistory,
    READ,
    "State, registration and signal of a modem over time: a row when it changed, and one an hour; kept for 400 days.",
    big=True,
    call="modem_history",
)

METHODS = (LIST, GET, HISTORY, RESET, UNLOCK, AT, USSD, CANCEL_USSD, RECORD)
