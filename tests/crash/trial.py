"""One trial: messages go both ways, the daemon dies on the way, and the network is the judge."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gsmd import pdu
from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem
from tests.crash.forge import Forge, Plan
from tests.crash.program import Program, whole
from tests.crash.situations import NUMBERS, SITUATIONS, Situation

PATIENCE = 120.0
"""Seconds for a trial to come to its end."""

UNHARMED = Plan()

NAMES = ("north", "south")
IMEIS = ("490154203237518", "356938035643809")


@dataclass
class Verdict:
    """What a trial showed. ``faults`` is empty if gsmd kept its promise."""

    reached: list[str]
    passed: int
    operations: list[str]
    """Of the disk, in the last life."""
    faults: list[str]
    duplicates: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)
    restarts: int = 0
    """Lives that ended because the store could not be opened, with that reason."""
    disturbed: bool = False
    """Another program of this machine opened our modem's port: the trial shows nothing."""


@dataclass
class Trial:
    """``plans`` has one entry per life; after them comes ``rest``, in which nothing happens."""

    directory: Path
    forge: Forge
    plans: tuple[Plan, ...]
    profile: str = "generic"
    slots: int = 30
    situation: Situation = SITUATIONS["both-ways"]
    rest: Plan = UNHARMED
    faults: list[str] = field(default_factory=list)
    restarts: int = 0

    async def run(self) -> Verdict:
        """Live, die, live again, and be judged."""
        self.directory.mkdir(parents=True)
        self.network = Network()
        self.network.faults.retry_after = 0.05
        self.program = Program(self.directory / "gsmd.sock", self.situation)
        reached: list[str] = []
        async with AsyncExitStack() as stack:
            self.modems = [
                await self._plug_in(stack, number) for number in range(self.situation.modems)
            ]
            self.situation.prepare(self.network, self.modems)
            self._configure()
            for arrival in self.situation.arrivals:
                self.network.phone(arrival.sender).send(self.situation.to, arrival.text)
            program = asyncio.create_task(self.program.run())
            try:
                for plan in (*self.plans, self.rest):
                    reached += await self._live(plan)
            except TimeoutError:
                self.faults.append(f"not done after {PATIENCE:g} s: {self._where()}")
            finally:
                await _ended(program)
        self._judge()
        return self._verdict(reached)

    async def _plug_in(self, stack: AsyncExitStack, number: int) -> SimulatedModem:
        sim = Sim(number=NUMBERS[number], imsi=f"20801000000000{number}", slots=self.slots)
        modem = SimulatedModem(sim, self.network, self.profile, imei=IMEIS[number])
        await stack.enter_async_context(PtyModem(modem, link=self.directory / NAMES[number]))
        return modem

    async def _live(self, plan: Plan) -> list[str]:
        """One life, to its death or to the end of the work; what befell it."""
        self._forget("reached", "passed", "operations")
        life = self.forge.start(self.directory / "gsmd.yaml", plan)
        async with asyncio.timeout(PATIENCE):
            while not life.ended.done() and not self._done():
                await asyncio.sleep(0.005)
        if life.ended.done() and not life.killed:
            if life.gave_up and plan.fault is not None:
                self.restarts += 1
            else:
                self.faults.append(f"it ended by itself with status {life.ended.result()}")
        async with asyncio.timeout(PATIENCE):
            await life.end()
        if plan.disk != "kernel":  # what is there may not be on the disk itself yet
            self.program.acknowledged |= set(self._on_disk())
        return self._noted("reached")

    def _noted(self, file: str) -> list[str]:
        """What the last life wrote down; nothing if it had no time to."""
        try:
            return (self.directory / file).read_text().splitlines()
        except FileNotFoundError:
            return []

    # the judge

    def _done(self) -> bool:
        ends = [end for _text, end in self.situation.sent.values()]
        handled = ["handled"] * len(self.situation.arrivals)
        return whole(self.program, [*ends, *handled]) and not self._left

    @property
    def _left(self) -> int:
        """Messages that lie in the modems' storages."""
        sims = [modem.sim.messages.used for modem in self.modems if modem.sim is not None]
        return sum(sims) + sum(modem.equipment_memory.used for modem in self.modems)

    def _judge(self) -> None:
        if self._left:
            self.faults.append(f"{self._left} messages stay in the storage")
        for arrival in self.situation.arrivals:
            ids = self.program.seen.get(arrival.text, set())
            if len(ids) != 1:
                self.faults.append(f"{arrival.text[:10]!r} has the ids {ids}")
        for order in self.situation.orders:
            ids = self.program.accepted.get(order.key or order.to, set())
            if len(ids) > 1 or not ids <= self.program.state.keys() or (order.key and not ids):
                self.faults.append(f"{order} was accepted as {ids}")
        for number, (text, end) in self.situation.sent.items():
            self._judge_sent(number, text if end in {"sent", "delivered"} else None)

    def _judge_sent(self, number: str, text: str | None) -> None:
        received = [message.text for message in self.network.phone(number).received]
        if set(received) != ({text} if text else set()):
            self.faults.append(f"{number} received {received}")
        submits = [
            pdu.decode(item.tpdu, outgoing=True)
            for item in self.network.submitted
            if item.destination == number
        ]
        times = Counter(repr(each.user_data) for each in submits if isinstance(each, pdu.Submit))
        rows = [
            m
            for m in self.program.state.values()
            if m["peer"] == number and m["direction"] == "outbound"
        ]
        if len(rows) != 1:
            self.faults.append(f"{len(rows)} messages to {number}")
        elif max(times.values(), default=0) > 1 and not rows[0]["possible_duplicate"]:
            self.faults.append(f"sent twice to {number} and not marked")

    def _verdict(self, reached: list[str]) -> Verdict:
        messages = self.program.state.values()
        return Verdict(
            reached=reached,
            passed=len(self._noted("passed")),
            operations=self._noted("operations"),
            faults=self.faults + self.program.faults,
            duplicates=sum(message["possible_duplicate"] for message in messages),
            refusals=self.program.refusals,
            restarts=self.restarts,
            disturbed="is held by" in "".join(self._noted("daemon.log")),
        )

    def _on_disk(self) -> list[str]:
        """Ids of the messages whose acknowledgement is in the store of a daemon that is dead."""
        path = self.directory / "state" / "gsmd.db"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                rows = connection.execute(
                    "SELECT message.id FROM delivery JOIN message ON message.seq = delivery.message"
                    " WHERE queue = 'done'"
                ).fetchall()
        except sqlite3.OperationalError:
            return []  # it died before there was a store
        return [id_ for (id_,) in rows]

    def _where(self) -> str:
        states = [f"{m['direction']} {m['state']}" for m in self.program.state.values()]
        return ", ".join([*states, f"{self._left} in the storage"])

    def _forget(self, *names: str) -> None:
        for name in names:
            (self.directory / name).unlink(missing_ok=True)

    def _configure(self) -> None:
        working = NAMES[: self.situation.modems]
        away = {order.more["modem"] for order in self.situation.orders if "modem" in order.more}
        more = self.situation.modem_config
        config = {
            "state_dir": str(self.directory / "state"),
            "socket": {"path": str(self.directory / "gsmd.sock")},
            "modems": [
                {"name": n, "port": str(self.directory / n), **more} for n in [*working, *away]
            ],
            "routes": [{"to": "*", "modems": list(working)}],
            "outbound": {
                "report": self.situation.reports,
                "retry": {"first": 0.02, "max": 0.1},
                "attempts": 20,
            },
            "inbound": {"sweep_every": 1},
            "handlers": [
                {"name": "crm", "socket": True, "retry": {"first": 0.02, "max": 0.1}},
            ],
            **self.situation.config,
        }
        (self.directory / "gsmd.yaml").write_text(yaml.safe_dump(config))


async def _ended(task: "asyncio.Task[None]") -> None:
    """Cancel a task, as often as it takes: one that is just connecting may not hear the first time."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)
