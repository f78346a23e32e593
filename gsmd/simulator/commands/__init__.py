"""The commands a simulated modem knows, a file per subject; importing this fills the table."""

from gsmd.simulator.commands import (
    basic,
    calls,
    equipment,
    identity,
    indications,
    messages,
    network,
    phonebook,
    security,
    sending,
    service,
    ussd,
)
from gsmd.simulator.commands.table import (
    NAMES,
    TABLE,
    Answer,
    Command,
    Later,
    Needs,
    NoResult,
    Prompt,
)

__all__ = [
    "NAMES",
    "TABLE",
    "Answer",
    "Command",
    "Later",
    "Needs",
    "NoResult",
    "Prompt",
    "basic",
    "calls",
    "equipment",
    "identity",
    "indications",
    "messages",
    "network",
    "phonebook",
    "security",
    "sending",
    "service",
    "ussd",
]
