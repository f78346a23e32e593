"""Tasks that run beside a session and end with it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from gsmd.modem.errors import ModemError

log = logging.getLogger(__name__)


class Background:
    """Tasks whose failures are logged and never spread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
        """Run ``work`` until it ends or `cancel` is called: then it may not even have begun."""
        task = asyncio.create_task(self._guard(work, what), name=f"{self._name}: {what}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _task: work.close())
        return task

    async def cancel(self) -> None:
        """End all of it, and wait until it has ended."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _guard(self, work: Coroutine[Any, Any, None], what: str) -> None:
        try:
            await work
        except ModemError as error:
            log.info("modem %s: %s: %s", self._name, what, error.reason)
        except Exception:
            log.exception("modem %s: %s failed", self._name, what)
