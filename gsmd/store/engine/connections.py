"""Connections to the database: how they are set up, and whether the file can be trusted."""

import sqlite3
import time
from pathlib import Path

from gsmd.store.engine.errors import StoreCorrupt, StoreError

BUSY_TIMEOUT_MS = 5_000  # for somebody with the sqlite3 shell; we are the only daemon
CHECK_SECONDS = 20.0
"""The longest time that a start may spend on reading a large database for mistakes."""

BACKSTOP_PAGES = 8_000

PAGE_SIZE = 512
"""Octets, of new databases. A commit writes whole pages, and a message changes a little of many:
small pages wear a card less (docs/decisions/0011-small-pages.md)."""

_STEPS_BETWEEN_LOOKS = 20_000  # of SQLite's virtual machine: some milliseconds


def connect_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes. A commit returns when it is on the disk.

    `gsmd.store.engine.threads.Writer` empties the write-ahead log, after it has answered. SQLite would do it
    inside a commit, with everybody waiting, so it is told to come in only far behind.
    """
    connection = _connect(f"{path.absolute().as_uri()}?mode=rw")
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        _use_log(connection, path)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {BACKSTOP_PAGES}")
        connection.execute("PRAGMA foreign_keys = ON")
        # what is wiped is overwritten where that takes no further page
        connection.execute("PRAGMA secure_delete = FAST")
        _try_to_write(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _try_to_write(connection: sqlite3.Connection) -> None:
    """Write and undo it, so that a file that cannot be written to says so now. Errors: sqlite3.Error.

    The lock alone is no proof: SQLite takes a file that refuses to be opened for writing as one to be read,
    and in the mode of the log such a file can still be locked.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(f"PRAGMA user_version = {version}")
    finally:
        connection.execute("ROLLBACK")


def _use_log(connection: sqlite3.Connection, path: Path) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreError(f"{path}: no write-ahead log on this file system (it stays at {mode})")


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    connection = _connect(f"{path.absolute().as_uri()}?mode=ro")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect(uri: str) -> sqlite3.Connection:
    # isolation_level None: transactions are ours, Python's module starts none of its own
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, cached_statements=256)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def empty_log(connection: sqlite3.Connection) -> None:
    """Copies the whole log into the database, down to the disk. Errors: sqlite3.Error if that cannot be done.

    What a start finds in the log may never have reached the disk: whoever wrote it was killed before its
    fsync, or the fsync failed, and the kernel still shows it. Later commits would stand behind a hole.
    """
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def check(connection: sqlite3.Connection, path: Path, seconds: float = CHECK_SECONDS) -> bool:
    """Reads the database for mistakes; False if it is too large to be read in the time.

    Errors: `StoreCorrupt` with the first mistakes.
    """
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
    try:
        found = [row[0] for row in connection.execute("PRAGMA quick_check(5)")]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return False
        raise
    finally:
        connection.set_progress_handler(None, 0)
    if found != ["ok"]:
        raise StoreCorrupt(f"{path}: {'; '.join(found)}")
    return True
