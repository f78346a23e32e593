"""What a gateway keeps: one SQLite file that only it can read. The event loop never waits for the disk.

Theory of operation. One thread does all that waits, in the order in which it was asked. What writes and waits at
the same moment shares one transaction and one fsync of the write-ahead log (``synchronous=FULL``); nobody is
answered before the commit has returned. A job that raises undoes itself and no other. The command line may have
the same file open (`Database.at_once`): SQLite keeps the two apart.
"""

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from gsmd.gateways.gateway import CannotServe

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

_BUSY = 10.0
"""Seconds that another process may have the file to itself."""


class _Task:
    """A job, who waits for it, and whether it needs a commit."""

    def __init__(self, job: Job[Any], future: "asyncio.Future[Any]", *, writes: bool) -> None:
        self.job = job
        self.future = future
        self.writes = writes
        self.result: Any = None
        self.error: BaseException | None = None


class Database:
    """The file at ``path``, with the tables that ``steps`` make: SQL scripts, each applied once, in order."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="gsmd-gateway-database", daemon=True)
        self._open = True

    @classmethod
    async def open(cls, path: Path, steps: Sequence[str]) -> "Database":
        """Create or open it, and bring its tables up to date. Errors: `CannotServe`."""
        database = cls(path, await asyncio.to_thread(connect, path, steps))
        database._thread.start()
        return database

    async def write(self, job: Job[T]) -> T:
        """The result of ``job``, once it is on the disk. The job neither commits nor rolls back. Errors: its own, sqlite3.Error."""
        return await self._hand_over(job, writes=True)

    async def read(self, job: Job[T]) -> T:
        """The result of ``job``, which changes nothing."""
        return await self._hand_over(job, writes=False)

    async def close(self) -> None:
        """Do what was asked before, and let go of the file."""
        if self._open:
            self._open = False
            self._tasks.put(None)
            await asyncio.to_thread(self._thread.join)

    async def _hand_over(self, job: Job[T], *, writes: bool) -> T:
        if not self._open:
            raise sqlite3.ProgrammingError(f"{self.path} is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._tasks.put(_Task(job, future, writes=writes))
        return await future

    # -- on the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        going_on = True
        while going_on:
            group: list[_Task] = []
            while going_on and (not group or not self._tasks.empty()):
                task = self._tasks.get()
                if task is None:
                    going_on = False
                else:
                    group.append(task)
            if group:
                self._do(group)
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _do(self, group: list[_Task]) -> None:
        writing = any(task.writes for task in group)
        try:
            self._connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
            for task in group:
                self._one(task)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            for task in group:
                task.error = task.error or error
        with contextlib.suppress(RuntimeError):  # without its loop, nobody waits any more
            group[0].future.get_loop().call_soon_threadsafe(_settle, group)

    def _one(self, task: _Task) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            task.result = task.job(self._connection)
        except BaseException as error:
            if not self._connection.in_transaction:
                raise  # SQLite gave up the whole of it, as on a full disk
            self._connection.execute("ROLLBACK TO job")
            task.error = error
        self._connection.execute("RELEASE job")


def _settle(group: list[_Task]) -> None:
    for task in group:
        if task.future.done():
            continue
        if task.error is not None:
            task.future.set_exception(task.error)
        else:
            task.future.set_result(task.result)


def connect(path: Path, steps: Sequence[str]) -> sqlite3.Connection:
    """A connection to the file, made with mode 0600 if there is none, its tables up to date. Blocks. Errors: `CannotServe`."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives the files beside it the same mode
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(
            path, timeout=_BUSY, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        _migrate(connection, path, steps)
    except OSError as error:
        raise CannotServe(f"{path}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise CannotServe(f"{path}: {error}") from error
    return connection


def _migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[str]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > len(steps):
        connection.execute("ROLLBACK")
        raise CannotServe(f"{path} was written by a newer gsmd: install that version again")
    connection.execute("COMMIT")
    for version in range(found + 1, len(steps) + 1):
        script = f"BEGIN IMMEDIATE;\n{steps[version - 1]}\n;PRAGMA user_version = {version};COMMIT;"
        connection.executescript(script)
