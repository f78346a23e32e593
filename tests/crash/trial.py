"""One trial: messages go both ways, the daemon dies on the way, and the network is the judge."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crash.program import Program, whole
from tests.crash.situations import SITUATIONS, Situation
from tests.faults.judge import Sent, sent_in_silence, submitted
from tests.faults.lives import Forge, Plan
from tests.faults.stage import NAMES, QUICKLY, Stage, ended, stage

UNHARMED = Plan()


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

    async def run(self) -> Verdict:
        """Live, die, live again, and be judged."""
        situation = self.situation
        async with stage(
            self.directory, self.forge, situation.modems, self.profile, self.slots
        ) as self.stage:
            self.program = Program(self.stage.socket, situation)
            situation.prepare(self.stage.network, self.stage.modems)
            self._configure()
            for arrival in situation.arrivals:
                self.stage.phone(arrival.sender).send(situation.to, arrival.text)
            program = asyncio.create_task(self.program.run())
            try:
                plans = (*self.plans, self.rest)
                reached = await self.stage.live(plans, self._all_done(), self._after)
            finally:
                await ended(program)
        return self._verdict(reached, [*self.stage.faults, *self.program.faults, *self._judged()])

    async def _all_done(self) -> None:
        sent = [end for _text, end in self.situation.sent.values()]
        handled = ["handled"] * len(self.situation.arrivals)
        while not whole(self.program, [*sent, *handled]) or self.stage.stored or self._untold():
            await asyncio.sleep(0.005)

    def _untold(self) -> list[str]:
        """What the program was to be told of, and has not been told the end of."""
        by_number = {message["peer"]: message for message in self._outbound}
        found = []
        for order in self.situation.orders:
            if "receipt" in order.more:
                told = self.program.told.get(by_number.get(order.to, {}).get("id", ""), {})
                if not told or told[max(told)] != order.ends:
                    found.append(f"the end of {order.key} is told as {told}")
        return found

    def _after(self, plan: Plan) -> None:
        """Learn which acknowledgements are on the disk: those are never asked for again."""
        if plan.disk != "kernel":  # what is there may not be on the disk itself yet
            self.program.acknowledged |= set(_acknowledged(self.stage))

    # the judge

    def _judged(self) -> list[str]:
        faults = []
        if self.stage.stored:
            faults.append(f"{self.stage.stored} messages stay in the storage")
        for arrival in self.situation.arrivals:
            ids = self.program.seen.get(arrival.text, set())
            if len(ids) != 1:
                faults.append(f"{arrival.text[:10]!r} has the ids {ids}")
        for order in self.situation.orders:
            ids = self.program.accepted.get(order.key or order.to, set())
            if len(ids) > 1 or not ids <= self.program.state.keys() or (order.key and not ids):
                faults.append(f"{order} was accepted as {ids}")
        for number, (text, end) in self.situation.sent.items():
            faults += self._judged_sent(number, text if end in {"sent", "delivered"} else None)
        sent = [Sent(m["peer"], m["text"], m["possible_duplicate"]) for m in self._outbound]
        faults += self._untold()
        return faults + sent_in_silence(submitted(self.stage.network), sent)

    def _judged_sent(self, number: str, text: str | None) -> list[str]:
        faults = []
        received = [message.text for message in self.stage.phone(number).received]
        if set(received) != ({text} if text else set()):
            faults.append(f"{number} received {received}")
        rows = [message for message in self._outbound if message["peer"] == number]
        if len(rows) != 1:
            faults.append(f"{len(rows)} messages to {number}")
        return faults

    @property
    def _outbound(self) -> list[dict[str, Any]]:
        return [m for m in self.program.state.values() if m["direction"] == "outbound"]

    def _verdict(self, reached: list[str], faults: list[str]) -> Verdict:
        messages = self.program.state.values()
        if faults:
            states = [f"{m['direction']} {m['state']}" for m in messages]
            faults.append(f"it ended with {', '.join(states)}; {self.stage.stored} in the storage")
        return Verdict(
            reached=reached,
            passed=len(self.stage.noted("passed")),
            operations=self.stage.noted("operations"),
            faults=faults,
            duplicates=sum(message["possible_duplicate"] for message in messages),
            refusals=self.program.refusals,
            restarts=self.stage.restarts,
            disturbed="is held by" in "".join(self.stage.noted("daemon.log")),
        )

    def _configure(self) -> None:
        situation = self.situation
        working = NAMES[: situation.modems]
        away = {order.more["modem"] for order in situation.orders if "modem" in order.more}
        ports = [
            {"name": name, "port": str(self.directory / name), **situation.modem_config}
            for name in [*working, *away]
        ]
        self.stage.configure(
            modems=ports,
            routes=[{"to": "*", "modems": list(working)}],
            outbound={"report": situation.reports, "retry": QUICKLY, "attempts": 20},
            handlers=[{"name": "crm", "socket": True, "retry": QUICKLY}],
            **situation.config,
        )


def _acknowledged(dead: Stage) -> list[str]:
    """Names of the messages and receipts whose acknowledgement is in the store of a daemon that is dead."""
    rows = dead.rows(
        "SELECT message.id || '.' || delivery.receipt FROM delivery JOIN message ON message.seq = delivery.message"
        " WHERE queue = 'done'"
    )
    return [id_ for (id_,) in rows]
