"""The threads that wait for the disk, so that the event loop does not.

Theory of operation. One thread writes. It takes everything that waits (a *group*), and for the group

    BEGIN IMMEDIATE → for each job: SAVEPOINT, the job, RELEASE → COMMIT → answer everybody → shorten the log

so that one fsync of the write-ahead log carries all of it (group commit); a job that is alone needs no savepoint. While that fsync runs, the next
group gathers: under load groups grow by themselves, and nobody waits for company that does not come. Nobody
is answered before COMMIT has returned; that is what "on disk" means everywhere else.

What can fail, and what it means:

- **A job** raises: its savepoint is undone, its caller gets the error, and the others of the group go on. The
  one exception is an error at which SQLite itself gave up the whole transaction (a full disk may do that).
- **The commit** fails (a full disk, an fsync, a disk that went away): nothing of the group is there, and every
  caller gets the error. But when only the fsync failed, the whole transaction stands in the log and can be read
  there: SQLite has rolled it back for this connection, yet a later start would take it for good. So the writer
  *disowns* it: it writes anything at all, which begins at the same place of the log and spoils it. For the same
  reason the connection is kept, whatever happens: a new one would read the log as a later start does.
- **The disk is full**: the reserve is given up (`gsmd.store.engine.reserve`), so that the log can at least be copied
  and used anew.
- **The file is damaged**: it is marked (`files.suspect`), and the next start checks it and sets it aside.

Nothing is tried again here: those who must not give up do that themselves (`Ledger.insist`).

Other threads read, each with a connection that cannot write, one transaction for each job: it sees one state of
the database throughout, and everything that was committed before it began.
"""

import asyncio
import copy
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from gsmd.store.engine import files
from gsmd.store.engine.connections import connect_reader, connect_writer
from gsmd.store.engine.errors import StoreCorrupt, StoreError, StoreFull, translate
from gsmd.store.engine.reserve import Reserve
from gsmd.store.engine.wal import WriteAheadLog

logger = logging.getLogger(__name__)

CommitHook = Callable[[str], None]
"""Called with ``before`` and ``after`` around every commit, on the writer's thread.

A `StoreError` that it raises ``before`` stands for a commit that failed.
"""

GROUP_LIMIT = 1_000
"""Jobs in one transaction, so that the first does not wait for too many others."""


class Job:
    """One function to run, and who waits for it."""

    def __init__(
        self, work: Callable[[sqlite3.Connection], Any], future: asyncio.Future[Any]
    ) -> None:
        self.work = work
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        """The first error stands. A future takes no StopIteration, which a ``next`` raises too easily."""
        if self.error is None:
            stopped = isinstance(error, StopIteration)
            self.error = RuntimeError("a job let a StopIteration out") if stopped else error

    def settle(self) -> None:
        """On the event loop: gives the result to whoever waits, if somebody still does."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


Inbox = queue.SimpleQueue[Job | None]
"""Jobs in order; None ends one thread."""


class Worker(threading.Thread):
    """A thread with a connection of its own.

    The connection is kept whatever happens: SQLite finds back to a good state by itself, while a new
    connection would take up from the log what an fsync that failed has left there.
    """

    def __init__(
        self, name: str, path: Path, inbox: Inbox, connect: Callable[[Path], sqlite3.Connection]
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.path = path
        self.inbox = inbox
        self._connect = connect
        self._connection: sqlite3.Connection | None = None

    def connection(self) -> sqlite3.Connection:
        """The connection, made when it is first needed. Errors: sqlite3.Error, `StoreError`."""
        if self._connection is None:
            self._connection = self._connect(self.path)
        return self._connection

    def disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def judge(self, error: BaseException) -> BaseException:
        """The store's own word for an error, if it is about the store; what was damaged is noted."""
        failure = translate(error, self.path)
        if failure is None:
            return error
        if isinstance(failure, StoreCorrupt):
            logger.critical("the database is damaged: %s", failure)
            files.suspect(self.path)
        return failure


class Reader(Worker):
    """Runs jobs one at a time, each in a read transaction: it sees one state throughout."""

    def __init__(self, number: int, path: Path, inbox: Inbox) -> None:
        super().__init__(f"gsmd-store-reader-{number}", path, inbox, connect_reader)

    def run(self) -> None:
        while (job := self.inbox.get()) is not None:
            if not job.future.cancelled():
                self._read(job)
            _settle([job])
        self.disconnect()

    def _read(self, job: Job) -> None:
        try:
            connection = self.connection()
            connection.execute("BEGIN")
            try:
                job.result = job.work(connection)
            finally:
                connection.execute("ROLLBACK")
        except BaseException as error:  # noqa: BLE001 -- it goes to whoever waits
            job.fail(self.judge(error))


class Writer(Worker):
    """Runs everything that waits in one transaction with one commit.

    ``commits`` counts transactions, each of them one fsync of the log; ``jobs`` what was in them.
    ``trouble`` is what the last transaction had with the disk or the file.
    """

    def __init__(self, path: Path, inbox: Inbox, on_commit: CommitHook | None) -> None:
        super().__init__("gsmd-store-writer", path, inbox, connect_writer)
        self._on_commit = on_commit
        self.commits = 0
        self.jobs = 0
        self.trouble: StoreError | None = None
        self.log = WriteAheadLog()
        self.reserve = Reserve(path)
        self.snapshots = 0
        """The number of backups that hold on to the log: there is no use in waiting for them."""

    def run(self) -> None:
        going_on = True
        while going_on:
            group, going_on = self._group()
            if group:
                self._commit(group)
                _settle(group)
                self._shorten_log()
        self._finish()

    def _group(self) -> tuple[list[Job], bool]:
        """All jobs that wait, at least one, and whether more may come."""
        job = self.inbox.get()
        group: list[Job] = []
        while job is not None:
            group.append(job)
            if len(group) == GROUP_LIMIT or self.inbox.empty():
                return group, True
            job = self.inbox.get()
        return group, False

    def _commit(self, group: Sequence[Job]) -> None:
        try:
            connection = self.connection()
            self.reserve.restore(connection)
            connection.execute("BEGIN IMMEDIATE")
            run = self._run if len(group) > 1 else self._run_alone
            for job in group:
                if not job.future.cancelled():
                    run(connection, job)
            self._announce("before")
            connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 -- it goes to everybody who waits
            failure = self.judge(error)
            self.trouble = failure if isinstance(failure, StoreError) else self.trouble
            self._disown()
            if isinstance(failure, StoreFull):
                self._make_room()
            for job in group:
                job.fail(copy.copy(failure))
            return
        self.commits += 1
        self.jobs += len(group)
        damages = (job.error for job in group if isinstance(job.error, StoreError))
        self.trouble = next(damages, None)
        self._announce("after")

    def _run(self, connection: sqlite3.Connection, job: Job) -> None:
        connection.execute("SAVEPOINT job")
        try:
            job.result = job.work(connection)
        except BaseException as error:
            if not connection.in_transaction:
                raise  # on a full disk SQLite may give up the whole transaction
            connection.execute("ROLLBACK TO job")
            job.fail(self.judge(error))
        _require_transaction(connection)
        connection.execute("RELEASE job")

    def _run_alone(self, connection: sqlite3.Connection, job: Job) -> None:
        """A job that shares the transaction with nobody: to undo it is to undo all."""
        try:
            job.result = job.work(connection)
        except BaseException as error:
            if not connection.in_transaction:
                raise
            connection.execute("ROLLBACK")
            connection.execute("BEGIN IMMEDIATE")
            job.fail(self.judge(error))
        _require_transaction(connection)

    def _announce(self, moment: str) -> None:
        if self._on_commit is not None:
            self._on_commit(moment)

    def _disown(self) -> None:
        """Makes sure that what was answered with an error is not there after a crash either.

        When only the fsync fails, the whole transaction stands in the log, and recovery would take it
        for good. Writing anything, confirmed or not, begins at the same place and spoils it.
        """
        with suppress(sqlite3.Error, StoreError):
            connection = self.connection()
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")

    def _make_room(self) -> None:
        try:
            self.reserve.give_up()  # a connection may need room to begin with
            self.reserve.spend(self.connection(), patient=self.snapshots == 0)
        except (sqlite3.Error, StoreError, OSError) as error:
            logger.warning("there is no room for the write-ahead log either: %s", error)

    def _shorten_log(self) -> None:
        if self._connection is None:
            return
        try:
            self.log.committed(self._connection, patient=self.snapshots == 0)
        except sqlite3.Error as error:
            logger.warning("the write-ahead log grows: %s", self.judge(error))

    def _finish(self) -> None:
        """The last connection to close copies the log into the database and takes it away."""
        with suppress(sqlite3.Error):
            if self._connection is not None:
                self._connection.execute("PRAGMA optimize")
        self.disconnect()


def _require_transaction(connection: sqlite3.Connection) -> None:
    if not connection.in_transaction:
        raise RuntimeError("a job ended the transaction that it shares with others")


def _settle(jobs: Sequence[Job]) -> None:
    def settle() -> None:
        for job in jobs:
            job.settle()

    # without its loop, nobody waits any more
    with suppress(RuntimeError):
        jobs[0].future.get_loop().call_soon_threadsafe(settle)
