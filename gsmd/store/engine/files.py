"""The database as files: who may read them, who has them open, and setting broken ones aside."""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

from gsmd.store.engine.errors import StoreInUse

FILE_MODE = 0o600  # messages are private; SQLite gives -wal and -shm the mode of the database
DIRECTORY_MODE = 0o750


def beside(path: Path, suffix: str) -> Path:
    """``gsmd.db`` → ``gsmd.db-wal`` and the like."""
    return path.with_name(path.name + suffix)


def make_directory(path: Path) -> None:
    """A directory that only we and our group can enter, if there is none."""
    path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)


def create(path: Path) -> None:
    """A file that only we can read, if there is none, down to the disk."""
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
        sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Makes the names in a directory survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stopped_cleanly(path: Path) -> bool:
    """True if nobody was cut off while it had the database open.

    The last connection to close takes the write-ahead log away; a crash leaves it.
    `suspect` leaves a mark of its own.
    """
    return not beside(path, "-wal").exists() and not beside(path, "-suspect").exists()


def suspect(path: Path) -> None:
    """Has the next start check the database, however clean the stop."""
    with suppress(OSError):  # a disk that refuses this too is noticed at the next start anyway
        beside(path, "-suspect").touch(FILE_MODE)


def trust(path: Path) -> None:
    """Takes the mark of `suspect` away."""
    beside(path, "-suspect").unlink(missing_ok=True)


def set_aside(path: Path) -> Path:
    """Renames the database with its log to the first free ``gsmd.db.corrupt-<n>``; returns that."""
    number = 1
    while beside(path, f".corrupt-{number}").exists():
        number += 1
    target = beside(path, f".corrupt-{number}")
    for suffix in ("-wal", "-shm", ""):  # the database last: until then a crash changes nothing
        if beside(path, suffix).exists():
            beside(path, suffix).rename(beside(target, suffix))
    trust(path)
    sync_directory(path.parent)
    return target


class Lock:
    """One process at a time; the kernel lets go when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = beside(path, "-lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Errors: `StoreInUse`; OSError if the lock's file cannot be made."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, b"%d\n" % os.getpid())
        except BlockingIOError as error:
            holder = os.read(descriptor, 20).strip()
            os.close(descriptor)
            raise StoreInUse(self._path, int(holder) if holder.isdigit() else None) from error
        except OSError as error:
            if error.errno != errno.ENOSPC:  # a full disk costs us the note of who we are, no more
                os.close(descriptor)
                raise
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
