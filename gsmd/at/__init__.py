"""The grammar of AT commands and the state of one transaction, without I/O.

It knows of SMS only the ``>`` prompt and the notices that have a second line.
"""

from gsmd.at.channel import CTRL_Z, ESCAPE, Channel
from gsmd.at.codes import Severity
from gsmd.at.errors import AtError, ChannelBusy, MalformedReply
from gsmd.at.events import (
    Command,
    Event,
    InformationText,
    Prompt,
    Reply,
    Stray,
    StrayKind,
    Unsolicited,
)
from gsmd.at.results import FinalResult

__all__ = [
    "CTRL_Z",
    "ESCAPE",
    "AtError",
    "Channel",
    "ChannelBusy",
    "Command",
    "Event",
    "FinalResult",
    "InformationText",
    "MalformedReply",
    "Prompt",
    "Reply",
    "Severity",
    "Stray",
    "StrayKind",
    "Unsolicited",
]
