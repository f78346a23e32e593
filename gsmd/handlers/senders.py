"""Files of senders: one number or name a line, with ``*`` at the end for all that begin so."""

import logging
import stat
from pathlib import Path

from gsmd.numbers import plain

logger = logging.getLogger(__name__)

_LARGEST = 64 << 20
"""Octets of a file: a device, or whatever has no end, is none."""

_known: dict[Path, tuple[int, tuple[str, ...]]] = {}
"""The senders read from each file, and the file's time of change then: it is read again only after a change."""


def senders_in(path: Path) -> tuple[str, ...]:
    """The senders in a file; none if it cannot be read, which is logged."""
    try:
        changed = _changed(path)
        if path in _known and _known[path][0] == changed:
            return _known[path][1]
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        logger.warning("nobody matches %s: %s", path, error)
        return ()
    found = (line.partition("#")[0].strip() for line in lines)
    senders = tuple(plain(sender) for sender in found if sender)
    _known[path] = (changed, senders)
    return senders


def _changed(path: Path) -> int:
    """The time of the last change of a file. Errors: OSError, also for what is no file that can be read to its end."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
        raise OSError(f"not a file of at most {_LARGEST >> 20} MiB")
    return status.st_mtime_ns
