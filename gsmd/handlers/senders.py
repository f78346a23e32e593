"""Files of senders: one number or name a line, with ``*`` at the end for all that begin so."""

import logging
from pathlib import Path

from gsmd.numbers import plain

logger = logging.getLogger(__name__)

_known: dict[Path, tuple[int, tuple[str, ...]]] = {}
"""The senders read from each file, and the file's time of change then: it is read again only after a change."""


def senders_in(path: Path) -> tuple[str, ...]:
    """The senders in a file; none if it cannot be read, which is logged."""
    try:
        changed = path.stat().st_mtime_ns
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
