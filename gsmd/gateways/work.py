"""What a gateway does beside its serving: tasks that end with it, and with which it ends.

Theory of operation. Work that should go on for as long as the gateway serves, and fails, is no small thing: half of the
gateway would be gone while its process looks healthy. So `until` raises what it failed with, the process ends, and
whoever started it starts it again (`gsmd.gateways.running`). Work that is one thing of many is only logged.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Coroutine
from typing import Any

from gsmd.gateways.gateway import CannotServe

log = logging.getLogger(__name__)

_AGAIN = 0.5
"""Seconds until a task that goes on is cancelled again."""


class Work:
    """The tasks of a gateway."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failure: BaseException | None = None
        self._failed = asyncio.Event()

    def start(self, work: Coroutine[Any, Any, Any], *, vital: bool = True) -> "asyncio.Task[Any]":
        """Do it from now on. ``vital``: the gateway cannot go on without it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._vital_done if vital else self._done)
        return task

    async def until(self, event: asyncio.Event) -> None:
        """Wait until ``event``. Errors: that of a vital task; `CannotServe` where it could not write to the disk."""
        waiting = {asyncio.create_task(each.wait()) for each in (event, self._failed)}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        if isinstance(self._failure, sqlite3.Error):
            raise CannotServe(f"what is kept: {self._failure}") from self._failure
        if self._failure is not None:
            raise self._failure

    def stop(self, task: "asyncio.Task[Any]") -> None:
        """It is to end, soon."""
        self.start(_ended({task}), vital=False)

    async def end(self) -> None:
        """Cancel all of it, and wait for that."""
        await _ended(self._tasks)

    def _vital_done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failure = self._failure or error
            self._failed.set()

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a defect", exc_info=error)


async def _ended(tasks: "set[asyncio.Task[Any]]") -> None:
    """Cancel until they have ended: `asyncio.wait_for`, in libraries, may swallow a cancellation before Python 3.12."""
    waiting = {*tasks}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=_AGAIN)
