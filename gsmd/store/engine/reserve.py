"""Room kept for the moment when the disk is full: enough to get out of it.

A full disk alone is not the end: the log's file is used anew, and what is deleted leaves pages that
are used again. But the log can be used anew only after all of it was copied into the database, and for
that the database may have to grow. So some room is taken while there is plenty, and given up for that.
"""

import logging
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from gsmd.store.engine import files

logger = logging.getLogger(__name__)

SIZE = 2 << 20  # octets: by more the database seldom grows between two checkpoints
PLENTY = 2 * SIZE
"""Free room from which on the reserve is taken: nobody shall run out of it for our caution."""

_UNLIMITED = 0x7FFFFFFF


class Reserve:
    """The file ``gsmd.db-reserve``. ``spent``: it was given up, and the database may not grow."""

    def __init__(self, path: Path) -> None:
        self._database = path
        self._path = files.beside(path, "-reserve")
        self.spent = False

    def take(self) -> None:
        """Take the room, if there is plenty and it is not taken yet."""
        if self._path.exists() or not self._plenty():
            return
        with suppress(OSError):  # as good as no plenty
            descriptor = os.open(
                self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, files.FILE_MODE
            )
            try:
                os.posix_fallocate(descriptor, 0, SIZE)
            except OSError:
                self._path.unlink()
                raise
            finally:
                os.close(descriptor)

    def give_up(self) -> bool:
        """Give the room back; whether there was any."""
        if not self._path.exists():
            return False
        self._path.unlink()
        return True

    def spend(self, connection: sqlite3.Connection, *, patient: bool) -> None:
        """The disk is full: get the log copied, and grow no more until there is plenty again.

        What fits where something was deleted can still be written. ``patient``: those who read now
        are quick. Errors: sqlite3.Error if even that does not help.
        """
        if not self.spent:
            logger.warning("%s: the disk is full, the database grows no more", self._database)
        self.give_up()
        self.spent = True
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        kind = "RESTART" if patient else "PASSIVE"
        connection.execute(f"PRAGMA wal_checkpoint({kind})").fetchone()

    def restore(self, connection: sqlite3.Connection) -> None:
        """If there is plenty again: as before."""
        if self.spent and self._plenty():
            connection.execute(f"PRAGMA max_page_count = {_UNLIMITED}")
            self.spent = False
            self.take()
            logger.warning("%s: there is room on the disk again", self._database)

    def _plenty(self) -> bool:
        try:
            disk = os.statvfs(self._database.parent)
        except OSError:
            return False
        return disk.f_bavail * disk.f_frsize >= PLENTY
