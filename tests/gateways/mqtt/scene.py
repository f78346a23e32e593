"""A daemon with simulated modems, a broker, the gateway between them, and a program at the broker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import yaml

from gsmd.client import AsyncClient
from gsmd.config import Config, parse
from gsmd.gateways.gateway import Surroundings
from gsmd.gateways.mqtt.gateway import MqttGateway
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.simulator import Phone
from tests.gateways.mqtt.mosquitto import PATIENCE, Program, mosquitto, program
from tests.rig import Rig, rig

ANNA = "+33612345678"
ALL = ("gsmd/#", "homeassistant/#")


class Scene:
    """``client`` is the daemon's, ``program`` hears everything at the broker."""

    def __init__(self, built: Rig, broker: Any) -> None:
        self.rig = built
        self.broker = broker
        self.client: AsyncClient
        self.program: Program
        self.gateway: MqttGateway
        self._daemon: AsyncExitStack | None = None
        self._more: dict[str, Any] = {}

    async def daemon_starts(self, **more: Any) -> None:
        """The daemon at work, its modems ready. ``more``: keys of the configuration, of the gateway's too."""
        self._more = more
        self._daemon = AsyncExitStack()
        self.client = await self._daemon.enter_async_context(self.rig.running(**more))
        await self.rig.ready(self.client)

    async def daemon_stops(self) -> None:
        if self._daemon is not None:
            await self._daemon.aclose()
            self._daemon = None

    def phone(self, number: str = ANNA) -> Phone:
        return self.rig.network.phone(number)

    async def comes(self, text: str, number: str = ANNA) -> None:
        """A text for the modem ``north``."""
        self.phone(number).send(self.rig.sim.number, text)

    @asynccontextmanager
    async def at_work(self, **section: Any) -> AsyncIterator[MqttGateway]:
        """The gateway, ended in good order."""
        surroundings = Surroundings(daemon=self.rig.socket, state_dir=self.rig.directory / "mqtt")
        gateway = self.gateway = MqttGateway(self.config(**section), surroundings)
        ready = asyncio.Event()
        task = asyncio.create_task(gateway.serve(ready.set))
        try:
            async with asyncio.timeout(PATIENCE):
                waiting = asyncio.create_task(ready.wait())
                await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if task.done():
                    await task
            yield gateway
        finally:
            async with asyncio.timeout(PATIENCE):
                await gateway.drain()
                await task

    def config(self, **section: Any) -> Config:
        plain = {"broker": f"mqtt://127.0.0.1:{self.broker.port}"}
        text = yaml.safe_dump({"mqtt": {**plain, **section}})
        return parse(self.rig.configuration(**self._more) + text, "test.yaml", HANDLER_KINDS)


@asynccontextmanager
async def scene(
    directory: Path,
    *broker_settings: str,
    modems: Sequence[str] = ("north",),
    daemon: dict[str, Any] | None = None,
    **section: Any,
) -> AsyncIterator[Scene]:
    """Everything at work, and every modem available at the broker."""
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(rig(directory, modems))
        broker = await stack.enter_async_context(mosquitto(directory, *broker_settings))
        found = Scene(built, broker)
        stack.push_async_callback(found.daemon_stops)
        await found.daemon_starts(**(daemon or {}))
        found.program = await stack.enter_async_context(program(broker, *ALL))
        await stack.enter_async_context(found.at_work(**section))
        for name in modems:
            await found.program.until(f"gsmd/{name}/availability", lambda h: h.payload == b"online")
        yield found
