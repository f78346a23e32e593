"""The status of a modem, as `modems.list` shows it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec

from gsmd.modem.state import Lifecycle
from gsmd.protocol.modems import Counters, Credit, ModemStatus, StorageUse

__all__ = ["Counters", "Facts", "ModemStatus", "StorageUse", "shown"]


class Facts(msgspec.Struct):
    """Facts that a modem reported about itself. Kept while it is away, forgotten when another takes its place."""

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
    reception: Literal["storage", "direct"] | None = None

    def forget_sim(self) -> None:
        """Another SIM may be in it now."""
        self.imsi = self.iccid = self.number = self.operator = self.smsc = None
        self.storage = None


def shown(
    name: str,
    life: Lifecycle,
    facts: Facts,
    counters: Counters,
    troubles: Iterable[str],
    credit: Credit | None,
) -> ModemStatus:
    """The status of a modem, as it is shown."""
    said = msgspec.structs.asdict(facts)
    del said["family"]
    return ModemStatus(
        name=name,
        state=life.state,
        reason=life.reason,
        since=datetime.fromtimestamp(life.since / 1000, UTC),
        troubles=list(troubles),
        credit=credit,
        counters=msgspec.structs.replace(counters),
        **said,
    )
