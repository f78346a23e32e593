"""The content of a modem's storage slots, as far as it was read since the modem started."""

import logging

from gsmd.modem.storage.stored_entry import StoredEntry

log = logging.getLogger(__name__)

MOST_TRIES = 5
"""Deletions of one slot that may fail before it is left alone."""


class Slots:
    """Remembers frames by slot, and deletions that did not work."""

    def __init__(self) -> None:
        self._frames: dict[tuple[str, int], str] = {}
        self._failures: dict[tuple[str, int], int] = {}
        self._freed: dict[tuple[str, int], str] = {}

    def holds(self, entry: StoredEntry) -> bool:
        """Remember what was read; False if it is a slot that is left alone because it will not go."""
        key = entry.storage, entry.index
        if self._freed.pop(key, None) == entry.frame:
            self.failed(entry, "the modem said OK and kept it")
        elif self._frames.get(key, entry.frame) != entry.frame:
            self._failures.pop(key, None)  # another message: it has its own tries
        self._frames[key] = entry.frame
        return not self.is_stuck(entry)

    def knows(self, entry: StoredEntry) -> bool:
        """True if the slot holds just this."""
        return self._frames.get((entry.storage, entry.index)) == entry.frame

    def is_stuck(self, entry: StoredEntry) -> bool:
        """True if deleting it has failed too often."""
        return self._failures.get((entry.storage, entry.index), 0) >= MOST_TRIES

    def freed(self, entry: StoredEntry) -> None:
        """The modem says that the slot is empty."""
        key = entry.storage, entry.index
        self._frames.pop(key, None)
        self._freed[key] = entry.frame

    def failed(self, entry: StoredEntry, reason: str) -> None:
        """It is still there."""
        key = entry.storage, entry.index
        self._failures[key] = self._failures.get(key, 0) + 1
        if self._failures[key] == MOST_TRIES:
            log.warning("slot %s %d will not be freed, and is left alone: %s", *key, reason)
