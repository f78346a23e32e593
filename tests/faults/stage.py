"""Simulated modems in a network, and daemons that live on them, one after the other.

The modems, the network and whoever talks with the daemon go on while it is dead.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem
from gsmd.simulator.phone import Phone
from tests.faults.lives import Forge, Plan

PATIENCE = 240.0
"""Seconds for all lives together, on a machine that has other things to do."""

NUMBERS = ("+33600000001", "+33600000002")
"""Of our SIMs."""

NAMES = ("north", "south")
IMEIS = ("490154203237518", "356938035643809")

QUICKLY = {"first": 0.02, "max": 0.1}
"""Seconds between tries, in configurations."""


@dataclass
class Stage:
    """``faults``: what gsmd did that it must not. ``restarts``: lives that ended because the store could
    not be opened, with that reason."""

    directory: Path
    forge: Forge
    network: Network = field(default_factory=Network)
    modems: list[SimulatedModem] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    restarts: int = 0

    @property
    def socket(self) -> Path:
        return self.directory / "gsmd.sock"

    @property
    def number(self) -> str:
        """Of our first SIM."""
        return NUMBERS[0]

    def phone(self, number: str) -> Phone:
        return self.network.phone(number)

    @property
    def stored(self) -> int:
        """Messages that lie in the modems' storages."""
        sims = [modem.sim.messages.used for modem in self.modems if modem.sim is not None]
        return sum(sims) + sum(modem.equipment_memory.used for modem in self.modems)

    def configure(self, **more: Any) -> None:
        """A configuration in which nothing is waited for long; ``more`` adds or replaces top-level keys."""
        plain = {
            "state_dir": str(self.directory / "state"),
            "socket": {"path": str(self.socket)},
            "modems": [
                {"name": name, "port": str(self.directory / name), "number": number}
                for name, number in zip(NAMES, NUMBERS[: len(self.modems)], strict=False)
            ],
            "outbound": {"retry": QUICKLY, "attempts": 20},
            "inbound": {"sweep_every": 1},
        }
        (self.directory / "gsmd.yaml").write_text(yaml.safe_dump({**plain, **more}))

    async def live(
        self,
        plans: Iterable[Plan],
        work: Coroutine[Any, Any, None],
        after: Callable[[Plan], None] = lambda _plan: None,
    ) -> list[str]:
        """One life for each plan, each to its death or until ``work`` is over; returns the points reached.

        ``after`` is called with the plan of each life, when it has ended.
        """
        reached: list[str] = []
        working = asyncio.create_task(work)
        try:
            async with asyncio.timeout(PATIENCE):
                for plan in plans:
                    reached += await self._one_life(plan, working)
                    after(plan)
        except TimeoutError:
            self.faults.append(f"not done after {PATIENCE:g} s")
        finally:
            await ended(working)
        return reached

    async def _one_life(self, plan: Plan, working: "asyncio.Task[None]") -> list[str]:
        for name in ("reached", "passed", "operations"):
            (self.directory / name).unlink(missing_ok=True)
        life = self.forge.start(self.directory / "gsmd.yaml", plan)
        try:
            either: set[asyncio.Future[Any]] = {life.ended, working}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if life.gave_up and plan.fault is not None:
                self.restarts += 1
            elif life.ended.done() and not life.killed:
                self.faults.append(f"it ended by itself with status {life.ended.result()}")
            if working.done():
                working.result()
        finally:
            await life.end()
        return self.noted("reached")

    def noted(self, file: str) -> list[str]:
        """What the last life wrote down; nothing if it had no time to."""
        try:
            return (self.directory / file).read_text().splitlines()
        except FileNotFoundError:
            return []

    def rows(self, query: str, *values: object) -> list[Any]:
        """What stands in the store while no daemon lives; nothing if none lived until there was one."""
        path = self.directory / "state" / "gsmd.db"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError:
            return []


@asynccontextmanager
async def stage(
    directory: Path, forge: Forge, modems: int = 1, profile: str = "generic", slots: int = 30
) -> AsyncIterator[Stage]:
    """So many modems of a family, plugged in; their SIMs hold ``slots`` messages."""
    directory.mkdir(parents=True)
    it = Stage(directory, forge)
    it.network.faults.retry_after = 0.05
    async with AsyncExitStack() as stack:
        for number, name, imei in zip(NUMBERS[:modems], NAMES, IMEIS, strict=False):
            sim = Sim(number=number, imsi=f"20801000000000{len(it.modems)}", slots=slots)
            it.modems.append(SimulatedModem(sim, it.network, profile, imei=imei))
            await stack.enter_async_context(PtyModem(it.modems[-1], link=directory / name))
        yield it


async def ended(task: "asyncio.Task[None]") -> None:
    """Cancel a task, as often as it takes: one that is just connecting may not hear the first time."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)


def killed_at(*points: int) -> Sequence[Plan]:
    """Lives that die at these points, and one that lives."""
    return [Plan(point) for point in (*points, 0)]
