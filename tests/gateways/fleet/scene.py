"""Boxes, each a daemon with simulated modems and its agent, behind one engine; programs put messages in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import yaml

from gsmd.client import AsyncClient
from gsmd.config import parse
from gsmd.fleet.client import AsyncFleetClient
from gsmd.gateways.fleet.gateway import FleetGateway
from gsmd.gateways.gateway import Surroundings
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.simulator import Network, Phone, PtyModem, Sim, SimulatedModem
from tests.gateways.fleet.engine import PATIENCE, PLAIN, Engine, engine
from tests.rig import Rig

ANNA = "+33612345678"


class Box:
    """``client`` is the daemon's. Daemon and agent come and go one by one."""

    def __init__(self, name: str, rig: Rig, url: str) -> None:
        self.name = name
        self.rig = rig
        self.client: AsyncClient
        self.agent: FleetGateway
        self._url = url
        self._daemon: AsyncExitStack | None = None
        self._agent: asyncio.Task[None] | None = None

    async def daemon_starts(self, **more: Any) -> None:
        self._daemon = AsyncExitStack()
        self.client = await self._daemon.enter_async_context(self.rig.running(**more))
        await self.rig.ready(self.client)

    async def daemon_stops(self) -> None:
        if self._daemon is not None:
            await self._daemon.aclose()
            self._daemon = None

    async def agent_starts(self, **section: Any) -> None:
        """The agent, once it takes messages, or says why it does not."""
        surroundings = Surroundings(daemon=self.rig.socket, state_dir=self.rig.directory / "fleet")
        text = yaml.safe_dump({"fleet": {"servers": [self._url], "box": self.name, **section}})
        config = parse(self.rig.configuration() + text, "test.yaml", HANDLER_KINDS)
        self.agent = FleetGateway(config, surroundings)
        ready = asyncio.Event()
        self._agent = asyncio.create_task(self.agent.serve(ready.set))
        async with asyncio.timeout(PATIENCE):
            await ready.wait()

    async def at_work(self) -> None:
        await until(lambda: self.agent.status().startswith("at work"))

    async def agent_stops(self) -> None:
        """In good order."""
        if self._agent is not None:
            async with asyncio.timeout(PATIENCE):
                await self.agent.drain()
                await self._agent
            self._agent = None

    async def agent_dies(self) -> None:
        """Whatever it has in its hands."""
        if self._agent is not None:
            self._agent.cancel()
            await asyncio.gather(self._agent, return_exceptions=True)
            self._agent = None


class Scene:
    """``fleet`` is a program's client; ``boxes`` by name."""

    def __init__(self, directory: Path, network: Network, found: Engine) -> None:
        self.directory = directory
        self.network = network
        self.engine = found
        self.fleet: AsyncFleetClient
        self.boxes: dict[str, Box] = {}

    def phone(self, number: str = ANNA) -> Phone:
        return self.network.phone(number)

    async def state(self, id_: str, *states: str) -> dict[str, Any]:
        """The message, once the register has it in one of these states."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.fleet.show(id_)
                if found is not None and found["state"] in states:
                    return found
                await asyncio.sleep(0.05)


async def until(fits: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not fits():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def boxes_of(
    directory: Path, url: str, network: Network, names: tuple[str, ...], modems: int = 1
) -> AsyncIterator[dict[str, Box]]:
    """Boxes with modems, nothing at work yet."""
    async with AsyncExitStack() as stack:
        found = {}
        for position, name in enumerate(names, 1):
            place = directory / name
            place.mkdir()
            rig = Rig(place, network)
            for modem in range(1, modems + 1):
                digits = f"{position:02}{modem:02}"
                card = Sim(
                    number=f"+3360000{digits}",
                    imsi=f"00101000000{digits}",
                    iccid=f"8900101000000000{digits}",
                )
                played = SimulatedModem(card, network, imei=f"49015420323{digits}")
                rig.modems[f"m{modem}"] = played
                rig.lines[f"m{modem}"] = await stack.enter_async_context(
                    PtyModem(played, link=place / f"m{modem}")
                )
            found[name] = Box(name, rig, url)
        yield found
        for box in reversed(found.values()):
            await box.agent_dies()
            await box.daemon_stops()


@asynccontextmanager
async def scene(
    directory: Path,
    *names: str,
    modems: int = 1,
    daemon: dict[str, Any] | None = None,
    **section: Any,
) -> AsyncIterator[Scene]:
    """Everything at work."""
    async with AsyncExitStack() as stack:
        found = Scene(
            directory, Network(), await stack.enter_async_context(engine(directory, PLAIN))
        )
        found.boxes = await stack.enter_async_context(
            boxes_of(directory, found.engine.url, found.network, names, modems)
        )
        found.fleet = await stack.enter_async_context(AsyncFleetClient(found.engine.url))
        for box in found.boxes.values():
            await box.daemon_starts(**(daemon or {}))
            await box.agent_starts(**section)
        for box in found.boxes.values():
            await box.at_work()
        yield found
