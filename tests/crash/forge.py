"""Starts daemons that are going to die, as cheaply as can be: forked from one that has imported everything."""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]


class Life:
    """One process. ``ended`` has its wait status."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.pid: asyncio.Future[int] = loop.create_future()
        self.ended: asyncio.Future[int] = loop.create_future()

    async def end(self) -> None:
        """Kill it, unless it has ended."""
        pid = await self.pid
        if not self.ended.done():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self.ended

    @property
    def killed(self) -> bool:
        """It has died by SIGKILL."""
        if not self.ended.done():
            return False
        status = self.ended.result()
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


class Forge:
    """Gives life to victims."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lives: dict[int, Life] = {}
        self._numbers = itertools.count()

    def start(self, config: Path, kill_at: int) -> Life:
        """A daemon that dies at its ``kill_at``-th point; 0: never."""
        number = next(self._numbers)
        life = self._lives[number] = Life()
        order: dict[str, Any] = {"life": number, "config": str(config), "kill_at": kill_at}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return life

    async def hear(self) -> None:
        """Learn of the ends of lives, until the process ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            if "pid" in told:
                self._lives[told["life"]].pid.set_result(told["pid"])
            else:
                self._lives.pop(told["life"]).ended.set_result(told["status"])


@asynccontextmanager
async def forge() -> AsyncIterator[Forge]:
    """A process to fork from; it takes its victims with it when it ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.crash.victim",
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    it = Forge(process)
    hearing = asyncio.create_task(it.hear())
    try:
        yield it
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await hearing
