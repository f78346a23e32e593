"""Submissions of which no receipt is wanted are written down together, a moment later.

They serve query_sm, cancel_sm and replace_sm only, so no answer waits for them, and an SD card is not written to for
each. Whoever asks for them lets them be written first (`Ledger.settle`). A crash forgets those of the last moment: the
messages are the daemon's and go out; only these questions for them are answered with an error.
"""

import asyncio
import logging
import sqlite3

from gsmd.gateways.database import Database
from gsmd.gateways.smpp import tables
from gsmd.gateways.smpp.tables import Submission

log = logging.getLogger(__name__)

_MOMENT = 0.5
"""Seconds for which they are gathered."""


class Ledger:
    """Rows on their way to the file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows: list[Submission] = []
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()

    def add(self, row: Submission) -> None:
        """Write a row in a moment."""
        self._rows.append(row)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_MOMENT, self._write)

    async def settle(self) -> None:
        """Until all that were added are written."""
        self._write()
        if self._writing:
            await asyncio.wait(self._writing)

    def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        rows, self._rows = self._rows, []
        if rows:
            task = asyncio.create_task(self._put(rows))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def _put(self, rows: list[Submission]) -> None:
        def job(connection: sqlite3.Connection) -> None:
            for row in rows:
                tables.add(connection, row)

        try:
            await self._database.write(job)
        except sqlite3.Error as error:
            log.error("what query_sm and cancel_sm need is not kept: %s", error)  # noqa: TRY400 -- the reason says it
