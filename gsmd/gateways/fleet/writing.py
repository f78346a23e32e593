"""The agent's disk, as messages need it: what has to be there before anything else is done, and what may follow with the next.

What is put off is such that losing it costs a question at the next start, and nothing else: it is done in its order, so that the row of a
message is not forgotten before it is known whose message of gsmd's it is.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from gsmd.gateways.database import Database

Job = Callable[[sqlite3.Connection], Any]

_LATER = 0.5
"""Seconds that something is put off, at the most."""


class Disk:
    """Writes to ``database``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put_off: list[Job] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def put_off(self, job: Job) -> None:
        """Do it with the next that is written."""
        self._put_off.append(job)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_LATER, self._due)

    async def write(self, job: Job) -> None:
        """Do it, and what was put off; it is on the disk then. Errors: sqlite3.Error."""
        await self._database.write(partial(_each, jobs=[*self._taken(), job]))

    async def flush(self) -> None:
        """Do what was put off, also what is being done by now; it is on the disk then. Errors: sqlite3.Error."""
        await self._database.write(partial(_each, jobs=self._taken()))

    def _taken(self) -> list[Job]:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        jobs, self._put_off = self._put_off, []
        return jobs

    def _due(self) -> None:
        self._timer = None
        self._writing = asyncio.create_task(self.flush())


def _each(connection: sqlite3.Connection, jobs: list[Job]) -> None:
    for job in jobs:
        job(connection)
