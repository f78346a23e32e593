"""What happens meanwhile: a fault of a modem or the network, or broker, engine or mail server away, one after the other."""

import asyncio
import random
from collections import Counter

from tests.faults.modem import FAULTS
from tests.soak.world import World

PAUSE = (5.0, 20.0)
"""Seconds between two of them."""

LASTS = (2.0, 15.0)
"""Seconds of what does not say how long it lasts."""

NEIGHBOURS = ("broker", "engine", "smarthost")


class Weather:
    """``struck`` counts them by name."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world = world
        self.chance = chance
        self.struck: Counter[str] = Counter()

    async def run(self) -> None:
        """Until it is cancelled; whoever is away then is brought back."""
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
        fault.strike(line)
        try:
            await asyncio.sleep(fault.lasts or self.chance.uniform(*LASTS))
        finally:
            fault.relieve(line)

    async def _neighbour(self, name: str) -> None:
        self.struck[name] += 1
        away = self.chance.uniform(*LASTS)
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
