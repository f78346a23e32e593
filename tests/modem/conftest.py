"""A running driver on a scripted modem."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from gsmd.clock import SystemClock
from gsmd.config import ModemConfig
from gsmd.modem import Modem, ModemState, Timeouts

from .recorder import Recorder
from .scripted import ScriptedModem

QUICK = Timeouts(
    command=1.0,
    slow=1.0,
    line=0.5,
    prompt=0.5,
    result=0.2,
    sync=0.2,
    sync_tries=2,
    boot=1.0,
    drain=0.02,
    stray=0.1,
    sim_retry=0.05,
    sim_patience=2.0,
    sim_check=0.2,
    registration=0.1,
    settle=0.1,
    reset=0.2,
    retry_first=0.05,
    retry_max=0.5,
    hot_plug_poll=0.1,
    ussd=1.0,
)
"""Patience for a modem that answers at once; still long for a busy machine."""


class Running:
    """A driver at work, what it told, and the modem it drives."""

    def __init__(self, modem: Modem, recorder: Recorder, scripted: ScriptedModem) -> None:
        self.modem = modem
        self.told = recorder
        self.scripted = scripted

    async def until(self, state: ModemState) -> None:
        await self.told.until(lambda: self.modem.state is state)


Run = Callable[..., Any]


@asynccontextmanager
async def running(
    scripted: ScriptedModem, *, timeouts: Timeouts = QUICK, port: str | None = None, **config: Any
) -> AsyncIterator[Running]:
    """Drive ``scripted`` until the block ends."""
    recorder = Recorder()
    path = port or (str(scripted.link) if scripted.link else scripted.path)
    modem = Modem(
        ModemConfig(name="north", port=path, **config),
        recorder,
        clock=SystemClock(),
        timeouts=timeouts,
    )
    task = asyncio.create_task(modem.run())
    try:
        async with asyncio.timeout(15):
            yield Running(modem, recorder, scripted)
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture
async def drive() -> AsyncIterator[Run]:
    """``await drive(answers, **config)``: a driver that has become ready, unless ``until`` says other."""
    async with AsyncExitStack() as stack:

        async def start(
            answers: dict[str, Any] | None = None,
            *,
            until: ModemState | None = ModemState.READY,
            **config: Any,
        ) -> Running:
            scripted = await stack.enter_async_context(ScriptedModem(answers))
            run = await stack.enter_async_context(running(scripted, **config))
            if until is not None:
                await run.until(until)
            return run

        yield start
