"""Everything that is vendor- or SIM-shaped: modems on serial ports, kept working whatever happens."""

from gsmd.modem.driver import Modem
from gsmd.modem.errors import (
    ModemError,
    ModemUnavailable,
    PinRefused,
    SubmitRefused,
    SubmitUncertain,
    UssdFailed,
)
from gsmd.modem.listener import Listener
from gsmd.modem.state import ModemState
from gsmd.modem.status import Counters, ModemStatus, StorageUse
from gsmd.modem.storage.stored_entry import StoredEntry
from gsmd.modem.timeouts import Timeouts
from gsmd.modem.ussd.answer import UssdReply

__all__ = [
    "Counters",
    "Listener",
    "Modem",
    "ModemError",
    "ModemState",
    "ModemStatus",
    "ModemUnavailable",
    "PinRefused",
    "StorageUse",
    "StoredEntry",
    "SubmitRefused",
    "SubmitUncertain",
    "Timeouts",
    "UssdFailed",
    "UssdReply",
]
