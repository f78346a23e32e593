"""What happens meanwhile: a fault of a modem or the network, or broker, engine or mail server away, one after the other."""

import asyncio
import json
import random
import time
from collections import Counter

from tests.faults.modem import FAULTS
from tests.soak.books import Books
from tests.soak.world import World

PAUSE = (5.0, 20.0)
"""Seconds between two of them."""

LASTS = (2.0, 15.0)
"""Seconds of what does not say how long it lasts."""

NEIGHBOURS = ("broker", "engine", "smarthost")


class Weather:
    """``struck`` counts them by name; ``weather.jsonl`` of the directory tells each, with its times."""

    def __init__(self, world: World, chance: random.Random, books: Books) -> None:
        self.world = world
        self.chance = chance
        self.books = books
        self.struck: Counter[str] = Counter()

    async def look_after(self) -> None:
        """Bring back a neighbour that died by itself: that is no fault of ours, and shows in the books."""
        for name, other in (("broker", self.world.broker), ("engine", self.world.engine)):
            if (code := other.died) is not None:
                self.books.trouble.append(f"the {name} died by itself, exit code {code}")
                other.stop()
                await other.start()

    async def run(self, *, calm: bool = False) -> None:
        """Until it is cancelled; whoever is away then is brought back. ``calm``: nothing happens."""
        if calm:
            await asyncio.Event().wait()
        faults = [name for name in FAULTS if name != "none"]
        self.chance.shuffle(faults)
        turn = 0
        while True:
            await asyncio.sleep(self.chance.uniform(*PAUSE))
            if self.chance.random() < 0.15:
                await self._neighbour(self.chance.choice(NEIGHBOURS))
            else:
                await self._modem(faults[turn % len(faults)])
                turn += 1

    async def _modem(self, name: str) -> None:
        fault, line = FAULTS[name], self.world.lines[self.chance.choice([*self.world.lines])]
        self.struck["modems and network"] += 1
        began = time.time()
        fault.strike(line)
        try:
            await asyncio.sleep(fault.lasts or self.chance.uniform(*LASTS))
        finally:
            fault.relieve(line)
            self._note(name, line.modem.require_card().number if line.modem.sim else "", began)

    async def _neighbour(self, name: str) -> None:
        self.struck[name] += 1
        away = self.chance.uniform(*LASTS)
        self._note(name, "", time.time())
        if name == "smarthost":
            await self.world.smarthost.crash()
            try:
                await asyncio.sleep(away)
            finally:
                await self.world.smarthost.start()
            return
        other = self.world.broker if name == "broker" else self.world.engine
        other.stop()
        try:
            await asyncio.sleep(away)
        finally:
            await other.start()

    def _note(self, name: str, where: str, began: float) -> None:
        """Put it down. ``where``: the number of the SIM; ``began``: Unix time."""
        with (self.world.directory / "weather.jsonl").open("a") as out:
            noted = {"fault": name, "where": where, "began": began, "ended": time.time()}
            out.write(json.dumps(noted) + "\n")
