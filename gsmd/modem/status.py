"""What is known about a modem, as `modems.list` shows it."""

from datetime import datetime

import msgspec

from gsmd.modem.state import ModemState


class StorageUse(msgspec.Struct, frozen=True):
    """How full the storage is that new messages go to."""

    name: str
    used: int
    total: int


class Counters(msgspec.Struct):
    """What happened since the daemon started."""

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


class Facts(msgspec.Struct):
    """What the modem has said about itself. Kept while it is away, forgotten when another takes its place."""

    port: str | None = None
    family: str | None = None
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

    def forget_sim(self) -> None:
        """Another SIM may be in it now."""
        self.imsi = self.iccid = self.number = self.operator = self.smsc = None
        self.storage = None


class ModemStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A modem as people and programs see it. ``since`` is when it entered its state."""

    name: str
    state: ModemState
    reason: str
    since: datetime
    port: str | None
    manufacturer: str | None
    model: str | None
    revision: str | None
    imei: str | None
    imsi: str | None
    iccid: str | None
    number: str | None
    operator: str | None
    registration: str | None
    roaming: bool
    signal_dbm: int | None
    smsc: str | None
    storage: StorageUse | None
    counters: Counters
