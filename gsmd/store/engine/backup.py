"""A copy of the database while it is in use."""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from gsmd.store.engine import files
from gsmd.store.engine.connections import connect_reader
from gsmd.store.engine.errors import StoreError, from_system, translate

Progress = Callable[[int, int], None]
"""Pages copied, and pages there are in all."""

PAGES_AT_A_TIME = 256


def copy(source: Path, target: Path, progress: Progress, stop: threading.Event) -> None:
    """Copies the database as it is now; ``target`` appears when it is whole and on the disk.

    An older file there is replaced. Blocks, but nobody else: it reads from one snapshot, so what is
    written meanwhile neither waits nor makes it begin again. Errors: `StoreError`.
    """
    if target.exists() and target.samefile(source):
        raise StoreError(f"{target} is the database itself")
    partial = files.beside(target, ".partial")
    try:
        _fill(source, partial, progress, stop)
        partial.replace(target)
        files.sync_directory(target.parent)
    except sqlite3.Error as error:
        raise translate(error, target) or StoreError(f"{target}: {error}") from error
    except OSError as error:
        raise from_system(error, target) from error
    finally:
        partial.unlink(missing_ok=True)


def _fill(source: Path, partial: Path, progress: Progress, stop: threading.Event) -> None:
    def report(_status: int, remaining: int, total: int) -> None:
        if stop.is_set():
            raise StoreError("the backup was cancelled")
        progress(total - remaining, total)

    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, files.FILE_MODE))
    with closing(connect_reader(source)) as reader, closing(sqlite3.connect(partial)) as writer:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # takes the snapshot
        reader.backup(writer, pages=PAGES_AT_A_TIME, progress=report)
        reader.execute("ROLLBACK")
        # one file that stands by itself; SQLite has it on the disk when this returns
        writer.execute("PRAGMA journal_mode = DELETE").fetchone()
