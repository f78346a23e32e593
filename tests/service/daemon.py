"""A real ``gsmd run`` in a process of its own, with a systemd that the test plays."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.rig import Rig

PATIENCE = 60.0
"""Seconds after which something that should happen is taken not to: a start takes long on a busy machine."""


class Systemd:
    """Hears what the daemon tells at ``NOTIFY_SOCKET``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard: list[dict[str, str]] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    def _read(self) -> None:
        lines = self._socket.recv(4096).decode().splitlines()
        self.heard.append(dict(line.split("=", 1) for line in lines))
        self._news.set()

    def told(self, name: str) -> list[str]:
        """Every value of one variable so far."""
        return [message[name] for message in self.heard if name in message]

    async def hears(self, name: str, times: int = 1) -> dict[str, str]:
        """Wait until ``name`` was told so often; the message with the last of them."""
        async with asyncio.timeout(PATIENCE):
            while True:
                messages = [message for message in self.heard if name in message]
                if len(messages) >= times:
                    return messages[times - 1]
                self._news.clear()
                await self._news.wait()

    async def hears_status(self, part: str) -> None:
        """Wait until a status with these words was told."""
        async with asyncio.timeout(PATIENCE):
            while not any(part in status for status in self.told("STATUS")):
                self._news.clear()
                await self._news.wait()

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self.path.unlink()


class Running:
    """The process. What it writes to standard error is kept in ``log``."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log = ""
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
            self.log += line.decode()
            self._news.set()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def says(self, words: str) -> None:
        """Wait until the log has these words."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.log:
                self._news.clear()
                await self._news.wait()

    async def ended(self) -> int:
        """Wait for its end; the exit code."""
        async with asyncio.timeout(PATIENCE):
            await self._reading
            return await self.process.wait()

    async def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return await self.ended()

    async def close(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._reading


async def start(
    configuration: Path,
    *,
    systemd: Systemd | None = None,
    environment: Mapping[str, str] | None = None,
) -> Running:
    """``gsmd run -c configuration``; it may not be ready yet."""
    variables = {**os.environ, **(environment or {})}
    if systemd is not None:
        variables["NOTIFY_SOCKET"] = str(systemd.path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gsmd", "run", "-c", str(configuration)),
        stderr=asyncio.subprocess.PIPE,
        env=variables,
    )
    return Running(process)


@asynccontextmanager
async def running(
    it: Rig, environment: Mapping[str, str] | None = None, **configuration: object
) -> AsyncIterator[tuple[Running, Systemd]]:
    """A daemon for the modems of ``it``, ready."""
    path = it.directory / "gsmd.yaml"
    path.write_text(it.configuration(**configuration))
    systemd = Systemd(it.directory / "notify")
    daemon = await start(path, systemd=systemd, environment=environment)
    try:
        ready = asyncio.create_task(systemd.hears("READY"))
        ended = asyncio.create_task(daemon.process.wait())
        await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
        assert not ended.done(), f"it ended instead:\n{daemon.log}"
        ended.cancel()
        await ready
        yield daemon, systemd
    finally:
        await daemon.close()
        systemd.close()


def rewrite(it: Rig, **configuration: object) -> None:
    """Another configuration, for a reload."""
    (it.directory / "gsmd.yaml").write_text(it.configuration(**configuration))
