"""The traffic on a modem's line, written down: to be read, to be sent with a bug report, to be played again."""

from gsmd.recording.disguise import Disguise
from gsmd.recording.recording import (
    Entry,
    NotARecording,
    Recording,
    Way,
    head_line,
    parse,
    read,
    written,
)

__all__ = [
    "Disguise",
    "Entry",
    "NotARecording",
    "Recording",
    "Way",
    "head_line",
    "parse",
    "read",
    "written",
]
