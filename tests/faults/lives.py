"""Starts daemons that are going to die, as cheaply as can be: forked from one that has imported everything."""

import asyncio
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from tests.faults.disk import DiskFault

REPOSITORY = Path(__file__).parents[2]

GAVE_UP = 3
"""The exit status of a daemon that could not open its store, and said so."""


@dataclass(frozen=True)
class Plan:
    """What a life meets: it dies at its ``kill_at``-th point (0: never), on such a disk."""

    kill_at: int = 0
    disk: Literal["real", "kernel", "power"] = "real"
    fault: DiskFault | None = None

    @property
    def troubles(self) -> int:
        """How many there are in it: each is written down when it comes."""
        end = self.fault is not None and self.fault.then_die > 0
        return (self.kill_at > 0) + (self.fault is not None) + end

    def __str__(self) -> str:
        dies = f"killed at {self.kill_at}" if self.kill_at else "lives"
        fault = f", {self.fault}" if self.fault else ""
        return f"{dies} ({self.disk}{fault})"


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

    @property
    def gave_up(self) -> bool:
        """It has ended because of its store, with that reason; systemd would start it again."""
        return self.ended.done() and os.waitstatus_to_exitcode(self.ended.result()) == GAVE_UP


class Forge:
    """Gives life to victims."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lives: dict[int, Life] = {}
        self._numbers = itertools.count()

    def start(self, config: Path, plan: "Plan") -> Life:
        """A daemon that lives, and dies, as planned."""
        number = next(self._numbers)
        life = self._lives[number] = Life()
        order: dict[str, Any] = {"life": number, "config": str(config), **asdict(plan)}
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
        "tests.faults.victim",
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
