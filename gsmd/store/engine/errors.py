"""Errors of the store. Nothing that was to be written is there after any of these."""

import errno
import os
import sqlite3
from pathlib import Path


class StoreError(Exception):
    """The store cannot do it: disk, file or connection, not the caller's fault. Trying later may work."""


class StoreFull(StoreError):
    """No room on the disk. Works again by itself as soon as there is."""


class StoreReadOnly(StoreError):
    """The database, its directory or its file system does not let itself be written to."""


class StoreCorrupt(StoreError):
    """The file contradicts itself. The next `Database.open` checks it and sets it aside."""


class StoreTooNew(StoreError):
    """The database was written by a newer gsmd. ``found`` and ``known`` are schema versions."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} was written by a newer gsmd (its schema is {found}, this one knows {known}): "
            "install that version again, or start with a backup from before it"
        )
        self.found = found
        self.known = known


class StoreInUse(StoreError):
    """Another process has it open. ``pid`` is that process, None if it is not known."""

    def __init__(self, path: Path, pid: int | None) -> None:
        whom = f"process {pid}" if pid else "another process"
        super().__init__(f"{path} is in use by {whom}: one daemon at a time")
        self.pid = pid


_PRIMARY = 0xFF  # sqlite3's extended result codes carry the primary one in their low octet
_KINDS: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_CORRUPT: StoreCorrupt,
    sqlite3.SQLITE_NOTADB: StoreCorrupt,
    sqlite3.SQLITE_IOERR: StoreError,
    sqlite3.SQLITE_CANTOPEN: StoreError,
    sqlite3.SQLITE_BUSY: StoreError,
    sqlite3.SQLITE_LOCKED: StoreError,
    sqlite3.SQLITE_NOMEM: StoreError,
    sqlite3.SQLITE_PROTOCOL: StoreError,
    sqlite3.SQLITE_PERM: StoreError,
}
_LITTLE = 64 << 10  # octets: what SQLite needs to begin anything


def translate(error: BaseException, path: Path) -> StoreError | None:
    """The store's own error for what SQLite says of the file at ``path``; None for other errors."""
    if isinstance(error, StoreError):
        return error
    if _is_no_text(error):
        return StoreCorrupt(f"{path}: {error}")
    if not isinstance(error, sqlite3.Error):
        return None
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    kind = _KINDS.get(code & _PRIMARY)
    if kind is StoreError:  # not every step of SQLite's has a word for it
        kind = _state_of_disk(path)
    return None if kind is None else kind(f"{path}: {error} ({error.sqlite_errorname})")


def _is_no_text(error: BaseException) -> bool:
    """True if a text in a column or in the schema is none: damage that SQLite does not look for."""
    return isinstance(error, UnicodeDecodeError) or (
        isinstance(error, sqlite3.OperationalError) and "decode to UTF-8" in str(error)
    )


def from_system(error: OSError, path: Path) -> StoreError:
    """The store's own error for what the operating system says of ``path``."""
    kind = StoreError
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        kind = StoreFull
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        kind = StoreReadOnly
    return kind(f"{path}: {error.strerror}")


def _state_of_disk(path: Path) -> type[StoreError]:
    """The error for the state of the file system itself, if that can be seen."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return StoreError
    if disk.f_flag & os.ST_RDONLY:  # the kernel makes it so after errors of the disk's
        return StoreReadOnly
    return StoreFull if disk.f_bavail * disk.f_frsize < _LITTLE else StoreError
