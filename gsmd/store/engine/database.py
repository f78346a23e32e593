"""The database as the rest of gsmd sees it: write, read, back up, close. The loop never waits for a disk."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from gsmd.store.engine import backup, files
from gsmd.store.engine.connections import CHECK_SECONDS
from gsmd.store.engine.errors import StoreError, from_system
from gsmd.store.engine.migrations import SCHEMA
from gsmd.store.engine.opening import SetAside, make_ready
from gsmd.store.engine.threads import CommitHook, Inbox, Job, Reader, Writer

T = TypeVar("T")

READERS = 2
"""So that statistics over a million messages do not hold up a look at one."""


class Database:
    """One SQLite file, used by one process, from one event loop.

    ``set_aside`` tells of a damaged database that was found in its place: the daemon has to say so.
    """

    def __init__(self, path: Path, lock: files.Lock, on_commit: CommitHook | None) -> None:
        self.path = path
        self.set_aside: SetAside | None = None
        self._lock = lock
        self._writes: Inbox = queue.SimpleQueue()
        self._reads: Inbox = queue.SimpleQueue()
        self._writer = Writer(path, self._writes, on_commit)
        self._readers = [Reader(number, path, self._reads) for number in range(1, READERS + 1)]
        self._open = True

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        schema: Path = SCHEMA,
        on_commit: CommitHook | None = None,
        check_seconds: float = CHECK_SECONDS,
    ) -> "Database":
        """Creates or opens the database, brings its schema up to date, and starts the threads.

        After a crash the file is checked first, for at most ``check_seconds``; if it is damaged, it is
        renamed to ``<path>.corrupt-<n>``, an empty one takes its place and ``set_aside`` says so.
        Errors: `StoreError`, `StoreInUse`, `StoreReadOnly`, `StoreFull`, `StoreTooNew`.
        """
        lock = files.Lock(path)
        set_aside = await asyncio.to_thread(_lock_and_make_ready, lock, path, schema, check_seconds)
        database = cls(path, lock, on_commit)
        database.set_aside = set_aside
        for thread in (database._writer, *database._readers):
            thread.start()
        return database

    @property
    def commits(self) -> int:
        """Transactions so far, each of them one fsync of the write-ahead log."""
        return self._writer.commits

    @property
    def trouble(self) -> StoreError | None:
        """The reason why the last thing that was to be written is not there, if that was the store's fault."""
        return self._writer.trouble

    @property
    def jobs(self) -> int:
        """Jobs that those transactions carried."""
        return self._writer.jobs

    @property
    def checkpoints(self) -> int:
        """The number of times the log was copied into the database: two fsyncs more, and a third when it is used anew."""
        return self._writer.log.checkpoints

    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Runs ``job`` on the writer's thread; returns its result when it is on the disk.

        Whatever waits at that moment shares one transaction and one fsync. What the job raises undoes
        the job, and nothing else, and is raised here. The job must neither commit nor roll back (so no
        ``executescript``). If the waiting is cancelled, the job may be done nevertheless.
        Errors: `StoreFull`, `StoreError`: then nothing of it is there, not after a crash either.
        """
        return await self._hand_over(self._writes, job)

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Runs ``job`` on a reader's thread, with a connection that cannot write.

        It sees one state of the database throughout, with everything in it that was written before.
        """
        return await self._hand_over(self._reads, job)

    async def empty_log(self) -> None:
        """Copies the write-ahead log into the database and cuts it to nothing: what was erased is in neither.

        If somebody reads for long just then, it is done after a later commit. Errors: `StoreError`.
        """
        self._writer.log.to_be_emptied = True
        for _ in range(2):  # the log is emptied after a commit, and before the next
            await self.write(lambda _connection: None)

    async def _hand_over(self, inbox: Inbox, work: Callable[[sqlite3.Connection], T]) -> T:
        if not self._open:
            raise StoreError(f"{self.path} is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        inbox.put(Job(work, future))
        return await future

    async def backup(self, target: Path, progress: backup.Progress | None = None) -> None:
        """Copies the database, as it is now, into ``target``, a file that stands by itself.

        ``progress`` is called on the loop. Cancelling stops it and leaves nothing behind.
        Errors: `StoreError` and its kinds.
        """
        if not self._open:
            raise StoreError(f"{self.path} is closed")
        loop = asyncio.get_running_loop()
        stop = threading.Event()

        def report(done: int, total: int) -> None:
            if progress is not None:
                loop.call_soon_threadsafe(progress, done, total)

        self._writer.snapshots += 1
        copying = asyncio.ensure_future(
            asyncio.to_thread(backup.copy, self.path, target, report, stop)
        )
        try:
            await asyncio.shield(copying)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait([copying])
            raise
        finally:
            self._writer.snapshots -= 1

    async def close(self) -> None:
        """Do what was handed over before, and let go of the file. Nothing happens the second time."""
        if not self._open:
            return
        self._open = False
        await asyncio.to_thread(self._stop_threads)
        self._lock.release()

    def _stop_threads(self) -> None:
        # the writer last: the last connection to close puts everything into the one file
        for _ in self._readers:
            self._reads.put(None)
        for reader in self._readers:
            reader.join()
        self._writes.put(None)
        self._writer.join()


def _lock_and_make_ready(
    lock: files.Lock, path: Path, schema: Path, check_seconds: float
) -> SetAside | None:
    try:
        files.make_directory(path.parent)
        lock.acquire()
    except OSError as error:
        raise from_system(error, path) from error
    try:
        return make_ready(path, schema, check_seconds)
    except BaseException:
        lock.release()
        raise
