"""A real engine: nats-server, as many of them as a test likes, killed and started again at will."""

import asyncio
import json
import socket
import subprocess
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from gsmd.fleet.client import AsyncFleetClient
from gsmd.fleet.link import EngineAway, EngineRefused
from gsmd.fleet.setting_up import Wishes, carry_out, examine, plan
from tests.tools import path

PATIENCE = 60.0

PLAIN = Wishes(1, ["default"], 60.0, require_sync=False, monitor=None)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


class Engine:
    """A server on ports of its own, with its store in ``directory``. ``more``: further sections of its configuration."""

    def __init__(
        self, directory: Path, more: str = "", *, sync: bool = False, name: str = "n1"
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.port, self.monitor_port = free_port(), free_port()
        self._configuration = directory / f"{name}.conf"
        interval = "always" if sync else "2m"
        self._configuration.write_text(
            f'server_name: {name}\nlisten: "127.0.0.1:{self.port}"\nhttp: "127.0.0.1:{self.monitor_port}"\n'
            f'jetstream {{ store_dir: "{directory}/{name}", sync_interval: {interval} }}\n{more}\n'
        )
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitor(self) -> str:
        return f"http://127.0.0.1:{self.monitor_port}"

    async def start(self) -> None:
        """Start it, if it is not at work, and wait until JetStream is there."""
        if self.process is not None:
            return
        self.process = subprocess.Popen(
            [path("nats-server"), "-c", str(self._configuration)],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(self._healthy):
                assert self.process.poll() is None, "nats-server did not start"
                await asyncio.sleep(0.02)

    def _healthy(self) -> bool:
        with suppress(OSError, ValueError):
            with urllib.request.urlopen(f"{self.monitor}/healthz", timeout=5) as answer:
                told: Any = json.load(answer)
            return bool(told.get("status") == "ok")
        return False

    @property
    def died(self) -> int | None:
        """The exit code if it ended and nobody asked it to."""
        return None if self.process is None else self.process.poll()

    def kill(self) -> None:
        """As a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """In good order."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None


@asynccontextmanager
async def engines(
    directory: Path, count: int, wishes: Wishes, *, sync: bool = False
) -> AsyncIterator[list[Engine]]:
    """So many engines at work as one, set up."""
    doors = [free_port() for _ in range(count)]
    routes = ", ".join(f'"nats://127.0.0.1:{door}"' for door in doors)
    found = [
        Engine(
            directory / f"engine{number}",
            f'cluster {{ name: fleet, listen: "127.0.0.1:{door}", routes: [{routes}] }}'
            if count > 1
            else "",
            sync=sync,
            name=f"n{number}",
        )
        for number, door in enumerate(doors, 1)
    ]
    try:
        await asyncio.gather(*(each.start() for each in found))
        async with asyncio.timeout(PATIENCE), AsyncFleetClient([e.url for e in found]) as client:
            while True:
                try:
                    await carry_out(client.link, await plan(client.link, wishes))
                    break
                except (EngineAway, EngineRefused):  # they have no leader yet
                    await asyncio.sleep(0.2)
        yield found
    finally:
        for each in found:
            each.kill()


@asynccontextmanager
async def engine(
    directory: Path, wishes: Wishes | None = PLAIN, more: str = "", *, sync: bool = False
) -> AsyncIterator[Engine]:
    """An engine at work, set up (``wishes`` None: bare)."""
    found = Engine(directory / "engine", more, sync=sync)
    await found.start()
    try:
        if wishes is not None:
            async with AsyncFleetClient(found.url) as client:
                await examine(client.link, wishes)
                await carry_out(client.link, await plan(client.link, wishes))
        yield found
    finally:
        found.kill()
