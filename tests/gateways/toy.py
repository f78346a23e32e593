"""A gateway that does next to nothing, to see its process at work: it tells what it was asked to do."""

import asyncio
from collections.abc import Callable

from gsmd.config import Config, ConfigError, Problem
from gsmd.gateways.gateway import CannotServe, Gateway, Surroundings


class Toy(Gateway):
    """``heard`` is what happened to it; ``fails`` is how often it fails before it serves."""

    name = "mqtt"

    def __init__(self, config: Config, surroundings: Surroundings) -> None:
        self.config = config
        self.surroundings = surroundings
        self.heard: list[str] = []
        self.news = asyncio.Event()
        self.drained = asyncio.Event()
        self.under_way = asyncio.Event()
        self.under_way.set()
        self.fails = 0

    def tell(self, what: str) -> None:
        self.heard.append(what)
        self.news.set()

    async def hears(self, what: str) -> None:
        while what not in self.heard:
            self.news.clear()
            await self.news.wait()

    async def serve(self, ready: Callable[[], None]) -> None:
        if self.fails:
            self.fails -= 1
            raise CannotServe("the address is in use")
        self.tell("serving")
        ready()
        await self.drained.wait()
        self.tell("ended")

    async def reload(self, config: Config) -> None:
        assert config.mqtt is not None
        if config.mqtt.base_topic == "wrong":
            problem = Problem("test.yaml", 1, "mqtt.base_topic", "another topic")
            raise ConfigError(problem)
        self.config = config
        self.tell("reloaded")

    async def drain(self) -> None:
        self.tell("draining")
        await self.under_way.wait()
        self.drained.set()


BUILT: list[Toy] = []


def build(config: Config, surroundings: Surroundings) -> Toy:
    toy = Toy(config, surroundings)
    BUILT.append(toy)
    return toy
