"""Drivers at work, on scripted and on simulated modems."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gsmd.clock import SystemClock
from gsmd.config import ModemConfig
from gsmd.modem import Modem, ModemState, Timeouts
from gsmd.modem.link.line import Line
from gsmd.modem.port.port import open_port
from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem

from .recorder import Recorder
from .scripted import ScriptedModem

PATIENCE = 15.0
"""Seconds after which something that should happen is taken not to: generous, for busy machines."""

QUICK = Timeouts(
    command=1.0,
    slow=1.5,
    line=0.7,
    prompt=0.6,
    unprompted=0.2,
    result=0.3,
    sync=0.4,
    sync_tries=2,
    boot=1.0,
    drain=0.02,
    stray=0.1,
    text=0.2,
    ussd_more=0.1,
    ussd_release=0.2,
    ussd_empty=0.5,
    sim_retry=0.05,
    sim_patience=3.0,
    sim_check=0.2,
    registration=0.1,
    search=1.0,
    settle=0.1,
    reset=0.15,
    reset_command=2.0,
    retry_first=0.05,
    retry_max=0.4,
    hot_plug_poll=0.1,
    ussd=2.0,
)
"""Patience for a modem that answers at once; still long for a busy machine."""


@dataclass
class Running:
    """A driver at work and what it told the core."""

    modem: Modem
    told: Recorder

    async def until(self, state: ModemState) -> None:
        """Wait for a state."""
        await self.told.until(lambda: self.modem.state is state)

    async def ready(self) -> None:
        """Wait until it can send."""
        await self.told.until(lambda: self.modem.can_send)


@dataclass
class Scripted(Running):
    """… on a scripted modem."""

    device: ScriptedModem


@dataclass
class Simulated(Running):
    """… on a simulated modem in a network."""

    network: Network
    device: SimulatedModem
    port: PtyModem

    @property
    def number(self) -> str:
        assert self.device.sim is not None
        return self.device.sim.number


@asynccontextmanager
async def at_work(
    port: str | None, *, timeouts: Timeouts = QUICK, **config: Any
) -> AsyncIterator[Running]:
    """Drive the modem at ``port`` until the block ends."""
    told = Recorder()
    extra = {name: config.pop(name) for name in ("state_dir", "finder") if name in config}
    modem = Modem(
        ModemConfig(name="north", port=port, **config),
        told,
        clock=SystemClock(),
        timeouts=timeouts,
        **extra,
    )
    task = asyncio.create_task(modem.run())
    try:
        async with asyncio.timeout(PATIENCE):
            yield Running(modem, told)
    finally:
        task.cancel()
        await asyncio.wait({task})


Drive = Callable[..., Any]


@pytest.fixture
async def drive(tmp_path: Path) -> AsyncIterator[Drive]:
    """``await drive({command: answer}, **config)``: a driver on a scripted modem, ready if not ``until`` else."""
    numbers = itertools.count(1)
    async with AsyncExitStack() as stack:

        async def start(
            answers: dict[str, Any] | None = None,
            *,
            until: ModemState | None = ModemState.READY,
            **config: Any,
        ) -> Scripted:
            # never by the name of its pty: that may be another test's next
            link = config.pop("link", tmp_path / f"modem{next(numbers)}")
            device = await stack.enter_async_context(ScriptedModem(answers, link=link))
            running = await stack.enter_async_context(at_work(str(link), **config))
            run = Scripted(running.modem, running.told, device)
            if until is not None:
                await run.until(until)
            return run

        yield start


@pytest.fixture
async def simulate(tmp_path: Path) -> AsyncIterator[Drive]:
    """``await simulate("huawei", **config)``: a driver on a simulated modem, ready if not ``until`` else."""
    numbers = itertools.count(1)
    async with AsyncExitStack() as stack:

        async def start(
            profile: str = "generic",
            *,
            until: ModemState | None = ModemState.READY,
            sim: Sim | None = None,
            prepare: Callable[[SimulatedModem], None] = lambda _device: None,
            **config: Any,
        ) -> Simulated:
            network = Network()
            card = sim or Sim(
                imsi="208010000000001", iccid="8933010000000000001", number="+33600000001"
            )
            device = SimulatedModem(card, network, profile)
            prepare(device)
            link = config.pop("link", tmp_path / f"modem{next(numbers)}")
            port = await stack.enter_async_context(PtyModem(device, link=link))
            running = await stack.enter_async_context(at_work(str(link), **config))
            run = Simulated(running.modem, running.told, network, device, port)
            if until is not None:
                await run.until(until)
            return run

        yield start


@dataclass
class OpenLine:
    """A line to a scripted modem, without a driver."""

    line: Line
    device: ScriptedModem
    notices: list[str]
    lost: list[str]


@pytest.fixture
async def connect() -> AsyncIterator[Drive]:
    """``await connect({command: answer})``: an open line to a scripted modem."""
    async with AsyncExitStack() as stack:

        async def start(
            answers: dict[str, Any] | None = None, timeouts: Timeouts = QUICK
        ) -> OpenLine:
            device = await stack.enter_async_context(ScriptedModem(answers))
            port = await open_port(device.path, 115_200)
            stack.push_async_callback(port.close)
            notices: list[str] = []
            lost: list[str] = []
            line = Line(port, timeouts, lambda event: notices.append(event.line), lost.append)
            return OpenLine(line, device, notices, lost)

        async with asyncio.timeout(PATIENCE):
            yield start
