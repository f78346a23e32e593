"""The whole of gsmd in one event loop: simulated modems in a network, the daemon, a client."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gsmd.client import AsyncClient
from gsmd.config import parse
from gsmd.core.fleet import BuildModem
from gsmd.daemon import Daemon
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.modem import Modem
from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem

PATIENCE = 60.0
"""Seconds after which something that should happen is taken not to: only a test that fails uses them up."""


@dataclass
class Rig:
    """``modems`` and ``lines`` by name. A daemon is started by `running`, as often as a test likes.

    ``build_modem`` makes the daemon's side of them.
    """

    directory: Path
    network: Network
    modems: dict[str, SimulatedModem] = field(default_factory=dict)
    lines: dict[str, PtyModem] = field(default_factory=dict)
    build_modem: BuildModem = Modem

    @property
    def socket(self) -> Path:
        return self.directory / "gsmd.sock"

    @property
    def sim(self) -> Sim:
        sim = self.modems["north"].sim
        assert sim is not None
        return sim

    def configuration(self, **more: Any) -> str:
        """A configuration for these modems; ``more`` adds or replaces top-level keys."""
        plain = {
            "state_dir": str(self.directory / "state"),
            "socket": {"path": str(self.socket)},
            "modems": [
                {"name": name, "port": str(self.directory / name)} for name in sorted(self.lines)
            ],
        }
        return yaml.safe_dump({**plain, **more})

    @asynccontextmanager
    async def running(self, **more: Any) -> AsyncIterator[AsyncClient]:
        """The daemon at work, and a client; it is stopped in good order at the end."""
        config = parse(self.configuration(**more), "test.yaml", HANDLER_KINDS)
        daemon = Daemon(config, build_modem=self.build_modem)
        task = asyncio.create_task(daemon.run())
        try:
            await self._started(daemon, task)
            async with AsyncClient(self.socket) as client:
                yield client
        finally:
            daemon.stop()
            await task

    async def _started(self, daemon: Daemon, task: "asyncio.Task[None]") -> None:
        """Wait until the socket listens, or the daemon's error."""
        ready = asyncio.create_task(daemon.ready())
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({ready, task}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if task.done():
            await task

    async def ready(self, client: AsyncClient, *names: str) -> None:
        """Wait until these modems (or all) can send."""
        wanted = set(names or self.lines)
        async with asyncio.timeout(PATIENCE):
            async with client.events("modem.state") as events:
                while not wanted <= {m.name for m in await client.modems() if m.state == "ready"}:
                    await anext(aiter(events))


@asynccontextmanager
async def rig(
    directory: Path, modems: Sequence[str] = ("north",), **sim: Any
) -> AsyncIterator[Rig]:
    """Simulated modems, each with a SIM in one network; their ports are ``directory/<name>``."""
    network = Network()
    built = Rig(directory, network)
    async with AsyncExitStack() as stack:
        for position, name in enumerate(modems, 1):
            card = Sim(
                number=f"+3360000000{position}",
                imsi=f"00101000000000{position}",
                iccid=f"890010100000000001{position}",
                **sim,
            )
            modem = SimulatedModem(card, network, imei=f"49015420323751{position}")
            built.modems[name] = modem
            built.lines[name] = await stack.enter_async_context(
                PtyModem(modem, link=directory / name)
            )
        yield built
