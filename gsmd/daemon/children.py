"""Programs that run as long as the daemon does: ``gsmd run --all`` has the gateways beside it.

Theory of operation. Each is started when the daemon is ready, and again when it ends: after a pause that grows while
it ends soon. Exit code 4 says that the configuration is wrong for it: then it waits for the next reload. They are
stopped before the daemon drains, the last one first, so that what they have asked for is still answered. A daemon
that is killed takes them along: each holds the reading end of a pipe whose other end goes with the daemon.
"""

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence

log = logging.getLogger(__name__)

Commands = Mapping[str, Sequence[str]]
"""The command line of each program, by its name."""

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before a program that ended is started again."""

LONG = 60.0
"""Seconds after which an end is no sign of trouble at the start."""

GRACE = 35.0
"""Seconds that a program may take to end: somewhat longer than a gateway drains."""

_CONFIGURATION = 4

_OURS = ("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "STATE_DIRECTORY")
"""What systemd told us, and means nobody else."""


def own_command(*arguments: str) -> list[str]:
    """The command line of another gsmd of this installation."""
    isolated = ["-I"] if sys.flags.isolated else []
    return [sys.executable, *isolated, "-m", "gsmd", *arguments]


class Children:
    """The programs. `run` until `stop`."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._processes: dict[str, Process] = {}
        self._stopping = False
        self._reloaded = asyncio.Event()
        self._held, self._ours = os.pipe()

    async def run(self) -> None:
        """Start them, and start them again when they end."""
        try:
            async with asyncio.TaskGroup() as group:
                for name, command in self._commands.items():
                    group.create_task(self._keep(name, command))
        finally:
            os.close(self._ours)
            os.close(self._held)

    def reload(self) -> None:
        """Each reads its configuration again; those that a wrong one ended are started."""
        self._reloaded.set()
        self._reloaded = asyncio.Event()
        for process in self._processes.values():
            _signal(process, signal.SIGHUP)

    async def stop(self, hurry: asyncio.Event) -> None:
        """End them, the last one first. With ``hurry`` nothing is waited for."""
        self._stopping = True
        self._reloaded.set()
        for name in reversed(list(self._commands)):
            if (process := self._processes.get(name)) is not None:
                await _end(process, hurry)

    async def _keep(self, name: str, command: Sequence[str]) -> None:
        loop = asyncio.get_running_loop()
        attempt = 0
        while not self._stopping:
            started = loop.time()
            code = await self._once(name, command)
            if self._stopping or code == 0:
                return
            attempt = attempt + 1 if loop.time() - started < LONG else 1
            await self._pause(name, code, PAUSES[min(attempt, len(PAUSES)) - 1])

    async def _once(self, name: str, command: Sequence[str]) -> int:
        """Run it to its end; the exit code, negative for a signal."""
        environment = {key: value for key, value in os.environ.items() if key not in _OURS}
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            env={**environment, "GSMD_PARENT_PIPE": str(self._held)},
            pass_fds=(self._held,),
            process_group=0,  # Ctrl-C is for us, and we tell them
        )
        self._processes[name] = process
        log.info("gateway %s runs as process %d", name, process.pid)
        try:
            return await process.wait()
        finally:
            del self._processes[name]

    async def _pause(self, name: str, code: int, seconds: float) -> None:
        reloaded = self._reloaded
        if code == _CONFIGURATION:
            log.error("gateway %s does not start by this configuration; it waits for another", name)
            await reloaded.wait()
            return
        log.error("gateway %s ended with %d; again in %g s", name, code, seconds)
        try:
            async with asyncio.timeout(seconds):
                await reloaded.wait()
        except TimeoutError:
            pass


async def _end(process: Process, hurry: asyncio.Event) -> None:
    _signal(process, signal.SIGTERM)
    ended = asyncio.ensure_future(process.wait())
    hurried = asyncio.ensure_future(hurry.wait())
    await asyncio.wait({ended, hurried}, timeout=GRACE, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    if not ended.done():
        _signal(process, signal.SIGKILL)
    await ended


def _signal(process: Process, number: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(number)
