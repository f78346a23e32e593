"""A play with a daemon that dies in it: phones and a program do their parts, again and again if they have to.

The daemons are those of `tests.crash`: real processes, killed with SIGKILL at a counted point, which they
write down before it. The network, with the phones in it, goes on while they are dead.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from gsmd.client import AsyncClient, NoDaemon
from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem
from gsmd.simulator.phone import Phone
from tests.crash.forge import Forge, Plan

PATIENCE = 120.0
"""Seconds for all lives together, on a machine that has other things to do."""

PAUSE = 0.01
"""Seconds between two looks at a daemon that may be dead."""

_OPEN = frozenset({"queued", "submitting", "uncertain"})


@dataclass
class Stage:
    """What a play is played on."""

    directory: Path
    network: Network
    number: str

    def phone(self, number: str) -> Phone:
        return self.network.phone(number)

    def rows(self, query: str, *values: object) -> list[Any]:
        """What stands in the store once every daemon is dead."""
        path = self.directory / "state" / "gsmd.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()


class Play(Protocol):
    """What happens, and what must have come of it."""

    def begin(self, stage: Stage) -> dict[str, Any]:
        """Before the first daemon lives; what its configuration has beside the modem."""
        ...

    async def act(self, stage: Stage, client: AsyncClient) -> None:
        """The program on the same machine; begun anew whenever the daemon has died on it."""
        ...

    def judge(self, stage: Stage) -> list[str]:
        """What is wrong, now that it is over."""
        ...


@dataclass
class Outcome:
    """``reached``: the points where lives ended; ``passed``: how many points the last life had."""

    reached: list[str]
    passed: int
    faults: list[str]


@dataclass
class Performance:
    """One play, with a number per life: the point at which it dies; the last life lives."""

    play: Play
    directory: Path
    forge: Forge
    kill_at: Sequence[int]
    faults: list[str] = field(default_factory=list)

    async def run(self) -> Outcome:
        """Live, die, live again, and be judged."""
        self.directory.mkdir(parents=True)
        network = Network()
        network.faults.retry_after = 0.05
        sim = Sim(number="+33600000001", slots=30)
        self.stage = Stage(self.directory, network, sim.number)
        reached: list[str] = []
        async with PtyModem(SimulatedModem(sim, network), link=self.directory / "modem"):
            configuration = self._configuration(self.play.begin(self.stage))
            (self.directory / "gsmd.yaml").write_text(yaml.safe_dump(configuration))
            acting = asyncio.create_task(self._act())
            try:
                async with asyncio.timeout(PATIENCE):
                    for kill_at in (*self.kill_at, 0):
                        reached += await self._live(kill_at, acting)
            except TimeoutError:
                self.faults.append(f"not done after {PATIENCE:g} s")
            finally:
                acting.cancel()
                await asyncio.gather(acting, return_exceptions=True)
        if not self.faults:
            self.faults += self.play.judge(self.stage)
        return Outcome(reached, len(self._noted("passed")), self.faults)

    async def _live(self, kill_at: int, acting: "asyncio.Task[None]") -> list[str]:
        """One life, to its death or to the end of the play; the point where it died."""
        for name in ("reached", "passed"):
            (self.directory / name).unlink(missing_ok=True)
        life = self.forge.start(self.directory / "gsmd.yaml", Plan(kill_at))
        try:
            either: set[asyncio.Future[Any]] = {life.ended, acting}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if life.ended.done() and not life.killed:
                self.faults.append(f"it ended by itself with status {life.ended.result()}")
            if acting.done():
                acting.result()
        finally:
            await life.end()
        return self._noted("reached")

    async def _act(self) -> None:
        while True:
            try:
                async with AsyncClient(self.directory / "gsmd.sock") as client:
                    await self.play.act(self.stage, client)
                    return
            except NoDaemon:
                await asyncio.sleep(PAUSE)

    def _noted(self, file: str) -> list[str]:
        """What the last life wrote down; nothing if it had no time to."""
        try:
            return (self.directory / file).read_text().splitlines()
        except FileNotFoundError:
            return []

    def _configuration(self, more: dict[str, Any]) -> dict[str, Any]:
        quick = {"first": 0.02, "max": 0.1}
        return {
            "state_dir": str(self.directory / "state"),
            "socket": {"path": str(self.directory / "gsmd.sock")},
            "modems": [
                {
                    "name": "north",
                    "port": str(self.directory / "modem"),
                    "number": self.stage.number,
                }
            ],
            "outbound": {"retry": quick, "attempts": 20},
            "inbound": {"sweep_every": 1},
            **more,
        }


async def until_handled(client: AsyncClient, count: int) -> None:
    """Wait until so many messages have come in, every handler is done with them, and the answers are out.

    Asked in this order: who has come in may be pending, who is done has answered.
    """
    while True:
        inbound = len((await client.list(direction="inbound", limit=1000)).messages)
        pending = sum(handler.pending for handler in await client.handlers())
        outbound = (await client.list(direction="outbound", limit=1000)).messages
        if inbound >= count and not pending and not {m.state for m in outbound} & _OPEN:
            return
        await asyncio.sleep(PAUSE)


def sent_to(stage: Stage, number: str) -> list[str]:
    """What is wrong with what one phone got: more than one of a message that is not marked."""
    rows = stage.rows(
        "SELECT possible_duplicate FROM message WHERE direction = 'outbound' AND peer = ?", number
    )
    received = len(stage.phone(number).received)
    faults = []
    if len(rows) != 1:
        faults.append(f"{number}: {len(rows)} messages for it")
    if received != 1 and not (received > 1 and any(marked for (marked,) in rows)):
        faults.append(f"{number} has got {received}, and the message is not marked")
    return faults
