"""Real daemons and agents on simulated modems, behind a real engine, killed and frozen at random; the phones count.

As a program (``make fleet-killed``): ``python -m tests.gateways.fleet.killing --boxes 3 --modems 2 --messages 1000 --seed 1``.

Wrong is: a text that came twice, one that is said to be sent and did not come, one that is said to have failed and came, and a message without a
final word when everybody is back and has had time.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from gsmd.fleet.client import AsyncFleetClient
from gsmd.fleet.link import EngineAway, EngineRefused
from gsmd.fleet.record import PermitRecord, Phase
from gsmd.simulator import Network
from tests.gateways.fleet.engine import PLAIN, Engine, engines
from tests.gateways.fleet.scene import ANNA, Box, boxes_of
from tests.gateways.mqtt.killing import Lives

ENDS = {Phase.SENT, Phase.FAILED, Phase.UNCERTAIN}

QUICK = {"ack_wait": "2s", "give_up": "2s", "use_within": "6s"}

_BETWEEN = (2, 20)
"""Messages that come through between two deaths."""

_AT_ONCE = 16


class Player(Lives):
    """A process of ours that may also stand still."""

    async def freeze(self, seconds: float) -> None:
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
            finally:
                process.send_signal(signal.SIGCONT)


class Stage:
    """``victims`` are who may die: agent, daemon, engine."""

    def __init__(
        self,
        boxes: dict[str, Box],
        found: Sequence[Engine],
        network: Network,
        chance: random.Random,
        count: int,
    ) -> None:
        self.boxes = boxes
        self.engines = found
        self.servers = [each.url for each in found]
        self.network = network
        self.chance = chance
        self.ids = [f"m-{number}" for number in range(count)]
        self.longest = 6.0
        """Seconds that somebody may stand still."""
        self.resolving = 12.0
        """Seconds that what is uncertain may take to be found out, with everybody back."""
        self.deaths: dict[str, int] = defaultdict(int)
        self.records: dict[str, PermitRecord] = {}
        self.boxes_told: list[dict[str, Any]] = []
        self.players: dict[str, list[Player]] = {"daemon": [], "agent": []}
        for box in boxes.values():
            configuration = box.rig.directory / "gsmd.yaml"
            section: dict[str, Any] = {"servers": self.servers, "box": box.name, **QUICK}
            section["state_dir"] = str(box.rig.directory / "fleet")
            more = {"fleet": section, "log": {"level": "error"}}
            configuration.write_text(box.rig.configuration() + yaml.safe_dump(more))
            self.players["daemon"].append(Player("run", "-c", str(configuration)))
            self.players["agent"].append(Player("fleet", "-c", str(configuration)))

    async def play(self, victims: Sequence[str], patience: float) -> list[str]:
        """All messages; returns what is wrong. ``patience``: seconds without any progress."""
        for player in (*self.players["daemon"], *self.players["agent"]):
            player.start()
        async with AsyncFleetClient(self.servers, timeout=60.0) as fleet:
            killing = asyncio.create_task(self._kill(victims))
            try:
                await self._put_in(fleet)
                await self._until(lambda: len(self._came()) >= 0.9 * len(self.ids), patience)
            finally:
                killing.cancel()
                await asyncio.gather(killing, return_exceptions=True)
            await asyncio.gather(*(each.start() for each in self.engines))
            await self._until_all_have_ended(fleet, patience)
            self.boxes_told = await fleet.boxes()
        return self._faults()

    async def end(self) -> None:
        for player in (*self.players["agent"], *self.players["daemon"]):
            await player.end()

    @property
    def uncertain(self) -> Counter[str]:
        """How many are uncertain, by whether they came."""
        came = self._came()
        unsure = [id_ for id_, record in self.records.items() if record.state is Phase.UNCERTAIN]
        return Counter("came" if came[id_] else "did not come" for id_ in unsure)

    def _came(self) -> Counter[str]:
        return Counter(sms.text or "" for sms in self.network.phone(ANNA).received)

    async def _put_in(self, fleet: AsyncFleetClient) -> None:
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(id_: str) -> None:
            async with free:
                for _ in range(self.chance.choice((1, 1, 1, 2))):  # programs repeat
                    await fleet.send(ANNA, id_, key=id_)

        await asyncio.gather(*(one(id_) for id_ in self.ids))

    async def _kill(self, victims: Sequence[str]) -> None:
        while True:
            more = min(self.chance.randint(*_BETWEEN), max(1, len(self.ids) // 6))
            least = len(self._came()) + more
            began = time.monotonic()
            while len(self._came()) < least and time.monotonic() < began + 10:
                await asyncio.sleep(0.02)
            victim = self.chance.choice(victims)
            self.deaths[victim] += 1
            if victim == "engine":
                engine = self.chance.choice(self.engines)
                engine.kill()
                await asyncio.sleep(self.chance.uniform(0, 2))
                await engine.start()
                continue
            player = self.chance.choice(self.players[victim])
            if self.chance.random() < 0.25:
                self.deaths[f"{victim} frozen"] += 1
                self.deaths[victim] -= 1
                await player.freeze(self.chance.uniform(0.2, self.longest))
            else:
                player.kill()

    async def _until(self, fits: Any, patience: float) -> None:
        """Or until nothing has come for so long."""
        came, at = -1, time.monotonic()
        while not fits():
            if (now := len(self._came())) != came:
                came, at = now, time.monotonic()
            if time.monotonic() > at + patience:
                return
            await asyncio.sleep(0.05)

    async def _until_all_have_ended(self, fleet: AsyncFleetClient, patience: float) -> None:
        """Each has a word that holds: sent or failed, or uncertain for a while with everybody back."""
        open_, at = -1, time.monotonic()
        while True:
            await asyncio.gather(*(self._look(fleet, part) for part in _parts(self._open())))
            if (now := len(self._open())) != open_:
                open_, at = now, time.monotonic()
            if open_ == 0 or time.monotonic() > at + (
                patience if self._unended() else self.resolving
            ):
                return
            await asyncio.sleep(0.5)

    async def _look(self, fleet: AsyncFleetClient, ids: Sequence[str]) -> None:
        for id_ in ids:
            with suppress(EngineAway, EngineRefused):
                if (record := await fleet.record(id_)) is not None:
                    self.records[id_] = record

    def _open(self) -> list[str]:
        done = {Phase.SENT, Phase.FAILED}
        return [i for i in self.ids if i not in self.records or self.records[i].state not in done]

    def _unended(self) -> list[str]:
        return [i for i in self.ids if i not in self.records or self.records[i].state not in ENDS]

    def _faults(self) -> list[str]:
        came = self._came()
        found = [f"{id_} came {times} times" for id_, times in came.items() if times > 1]
        for id_ in self.ids:
            record = self.records.get(id_)
            if record is None or record.state not in ENDS:
                found.append(f"{id_} has no final word: {record}")
            elif record.state is Phase.SENT and not came[id_]:
                found.append(f"{id_} is said to be sent, and never came: {record}")
            elif record.state is Phase.FAILED and came[id_]:
                found.append(f"{id_} is said to have failed, and came: {record}")
            elif record.state is Phase.FAILED:
                found.append(f"{id_} failed: {record}")
        return found


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start::_AT_ONCE] for start in range(_AT_ONCE)]


@asynccontextmanager
async def stage(
    directory: Path, seed: int, count: int, boxes: int, modems: int, replicas: int = 1
) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        wishes = PLAIN._replace(ack_wait=2.0, replicas=replicas)
        running = await stack.enter_async_context(engines(directory, replicas, wishes, sync=True))
        network = Network()
        names = tuple(f"box-{number}" for number in range(1, boxes + 1))
        made = await stack.enter_async_context(
            boxes_of(directory, running[0].url, network, names, modems)
        )
        found = Stage(made, running, network, random.Random(seed), count)
        stack.push_async_callback(found.end)
        yield found


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--victims", nargs="+", default=["daemon", "agent", "engine"])
    for name, usual in (
        ("boxes", 3),
        ("modems", 2),
        ("messages", 1000),
        ("replicas", 1),
        ("seed", 1),
        ("patience", 120),
    ):
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        async with stage(
            Path(directory),
            *(options.seed, options.messages, options.boxes, options.modems, options.replicas),
        ) as it:
            faults = await it.play(options.victims, options.patience)
            uncertain = it.uncertain
    deaths = ", ".join(f"{name} {count}" for name, count in sorted(it.deaths.items()))
    print(
        f"{options.messages} messages, {options.boxes} boxes of {options.modems} modems, {options.replicas} engines, seed {options.seed}: {time.monotonic() - began:.0f} s; died: {deaths};"
        f" uncertain: {dict(uncertain)}; wrong: {len(faults)}"
    )
    for fault in faults[:20]:
        print(f"  {fault}")
    for box in it.boxes_told if faults else ():
        print(f"  {box['box']}: {box['in_hand']} in hand, {box['holds_back'] or 'at work'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
