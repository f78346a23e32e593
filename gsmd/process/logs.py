"""The destination of log lines: the journal, with fields, or standard error, as plain lines."""

import logging
import os
import sys
from pathlib import Path

from gsmd.config import LogConfig
from gsmd.patterns import pattern
from gsmd.process.journal import JOURNAL, JournalHandler
from gsmd.process.repeat_filter import RepeatFilter

_FRAME = pattern(r"[0-9A-Fa-f]{32,}")

_FORMAT = "%(asctime)s %(levelname)-8s %(message)s"


def configure(config: LogConfig) -> None:
    """Take the level from the configuration; may be done again with another one."""
    handler = _journal() or logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(RepeatFilter())
    if not config.show_text:
        handler.addFilter(without_frames)
    root = logging.getLogger()
    for former in tuple(root.handlers):
        root.removeHandler(former)
        former.close()
    root.addHandler(handler)
    root.setLevel(config.level.upper())


def without_frames(record: logging.LogRecord) -> bool:
    """Blots the frames out of what goes over a modem's line: texts, numbers and codes are in them."""
    if record.name == "gsmd.modem.link.line" and record.levelno == logging.DEBUG:
        record.msg = _FRAME.sub(lambda found: f"({len(found[0])} hex digits)", record.getMessage())
        record.args = ()
    return True


def _journal(path: Path = JOURNAL) -> logging.Handler | None:
    if not _stderr_is_the_journal():
        return None
    try:
        return JournalHandler(path)
    except OSError:  # a namespace without the socket: plain lines arrive all the same
        return None


def _stderr_is_the_journal() -> bool:
    """True if standard error is what systemd connected to the journal (systemd.exec(5), $JOURNAL_STREAM)."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    if not (device.isdigit() and inode.isdigit()):
        return False
    try:
        status = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return (status.st_dev, status.st_ino) == (int(device), int(inode))
