"""Keeps the write-ahead log from growing.

SQLite appends every commit to ``gsmd.db-wal`` and reuses that file from its start once all of it was
copied into the database (a checkpoint) and nobody reads from it. SQLite would copy inside a commit,
with everybody waiting for the answer; we do it after we have answered.

How long the log is cannot be asked: the file is reused, not cut, and opening its index beside SQLite
would cost SQLite its locks (fcntl(2): closing any descriptor releases them). So work is counted.
"""

import sqlite3

COMMITS = 200
CHANGES = 2_000
"""A checkpoint is due after so many commits, or so many rows: half a MiB to 3 MiB of log, mostly."""
LIMIT_PAGES = 16_000
"""From this length on (8 MiB, or up to 64 with the larger pages of older databases) the writer waits for readers, so that the log is used anew."""


class WriteAheadLog:
    """The log as the writer sees it. ``checkpoints`` counts how often it was copied.

    ``to_be_emptied``: after the next commit it is cut to nothing, because of what stands in it.
    """

    def __init__(self) -> None:
        self.checkpoints = 0
        self.to_be_emptied = False
        self._commits = 0
        self._changes_before = 0

    def committed(self, connection: sqlite3.Connection, *, patient: bool) -> None:
        """After a commit: copies the log into the database if that is due.

        ``patient``: those who read now are quick, so that it is worth waiting for them.
        Errors: sqlite3.Error; the log is longer then, and nothing else has happened.
        """
        self._commits += 1
        if self.to_be_emptied:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self.to_be_emptied = bool(busy)
            self.checkpoints += 1
            return
        if self._commits < COMMITS and connection.total_changes - self._changes_before < CHANGES:
            return
        self._commits = 0
        self._changes_before = connection.total_changes
        _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if pages > LIMIT_PAGES and patient:
            connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
        self.checkpoints += 1
