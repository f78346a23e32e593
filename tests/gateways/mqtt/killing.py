"""Messages both ways while broker, daemon and gateway are killed, one at a time, at random.

As a program (``make mqtt-killed``): ``python -m tests.gateways.mqtt.killing --messages 1000 --seed 1``.

The daemon and the gateway die by SIGKILL. The broker is told to end: mosquitto acknowledges before it writes, so that what it loses
by a SIGKILL was never ours to keep. What is sent has a key where the broker may die, since a publisher that did not hear of the broker's
PUBACK publishes again; where it does not, nothing has one.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import yaml

from gsmd.client import AsyncClient, GsmdError
from gsmd.protocol.message import Message
from tests.gateways.mqtt.mosquitto import Mosquitto, Program, mosquitto, program
from tests.gateways.mqtt.scene import ANNA
from tests.rig import Rig, rig

ROOT = Path(__file__).resolve().parents[3]

PACE = 0.05
"""Seconds between two messages in one direction."""

_BETWEEN = (3, 30)
"""Messages, of both directions, between two deaths."""

ENDS = {"sent", "delivered"}


class Lives:
    """A program of ours, started again whenever it dies."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "gsmd", *self._arguments),
                cwd=ROOT,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                code = await self._process.wait()
                assert code == -signal.SIGKILL, f"{self._arguments[0]} ended with {code}"
            finally:
                with suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()


class Stage:
    """``victims`` are who may die."""

    def __init__(
        self, built: Rig, broker: Mosquitto, witness: Program, chance: random.Random, count: int
    ) -> None:
        self.built = built
        self.broker = broker
        self.witness = witness
        self.chance = chance
        self.count = count
        self.deaths: dict[str, int] = defaultdict(int)
        configuration = built.directory / "gsmd.yaml"
        section = {"broker": f"mqtt://127.0.0.1:{broker.port}", "keep_alive": 5}
        section["state_dir"] = str(built.directory / "mqtt")
        configuration.write_text(
            built.configuration() + yaml.safe_dump({"mqtt": section, "log": {"level": "error"}})
        )
        self.daemon = Lives("run", "-c", str(configuration))
        self.gateway = Lives("mqtt", "-c", str(configuration))

    async def play(self, victims: Sequence[str], patience: float) -> list[str]:
        """All messages, each way; returns what is wrong. ``patience``: seconds without any progress."""
        self.daemon.start()
        self.gateway.start()
        await self.witness.until("gsmd/north/availability", lambda h: h.payload == b"online")
        killing = asyncio.create_task(self._kill(victims))
        try:
            await asyncio.gather(self._come_in(), self._go_out(with_key="broker" in victims))
            await self._until_nothing_is_missing(patience)
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
        await self.broker.start()
        await self._until_nothing_is_missing(patience)
        return [*self._missing(), *await self._faults()]

    async def _until_nothing_is_missing(self, patience: float) -> None:
        """Or until nothing has changed about that for so long."""
        missing = len(self._missing())
        with suppress(TimeoutError):
            while missing:
                async with asyncio.timeout(patience):
                    while len(self._missing()) == missing:
                        await self.witness.more()
                missing = len(self._missing())

    async def end(self) -> None:
        await self.gateway.end()
        await self.daemon.end()

    async def _kill(self, victims: Sequence[str]) -> None:
        """Whenever some more have come through: how long that takes is the machine's business."""
        while True:
            left = len(self._missing()) - self.chance.randint(*_BETWEEN)
            while len(self._missing()) > left:
                await self.witness.more()
            await asyncio.sleep(self.chance.uniform(0, 0.3))
            victim = self.chance.choice(victims)
            self.deaths[victim] += 1
            if victim == "broker":
                self.broker.stop()
                await asyncio.sleep(self.chance.uniform(0, 0.5))
                await self.broker.start()
            else:
                (self.daemon if victim == "daemon" else self.gateway).kill()

    async def _come_in(self) -> None:
        for number in range(self.count):
            phone = self.built.network.phone(f"+336110000{number % 50:02d}")
            phone.send(self.built.sim.number, f"in {number}")
            await asyncio.sleep(PACE)

    async def _go_out(self, *, with_key: bool) -> None:
        for number in range(self.count):
            wanted = {"to": ANNA, "text": f"out {number}", "transaction": number}
            if with_key:
                wanted["key"] = f"out {number}"
            self.witness.publish("gsmd/send", wanted)
            await asyncio.sleep(PACE)

    def _missing(self) -> list[str]:
        came = {h.json["text"] for h in self.witness.on("gsmd/north/received")}
        ended = {
            h.json["transaction"]
            for h in self.witness.on("gsmd/sent")
            if h.json.get("state") in ENDS
        }
        wanted = range(self.count)
        return [
            *(f"in {each} never came" for each in wanted if f"in {each}" not in came),
            *(f"out {each} has no end" for each in wanted if each not in ended),
        ]

    async def _faults(self) -> list[str]:
        ids: dict[str, set[str]] = defaultdict(set)
        for heard in self.witness.on("gsmd/north/received"):
            ids[heard.json["text"]].add(heard.json["id"])
        for heard in self.witness.on("gsmd/sent"):
            if "id" in heard.json:
                ids[f"out {heard.json['transaction']}"].add(heard.json["id"])
        faults = [f"{text} has {len(found)} ids" for text, found in ids.items() if len(found) > 1]
        accepted: dict[str, list[Message]] = defaultdict(list)
        for message in await self._outbound():
            accepted[message.text or ""].append(message)
        copies = [sms.text for sms in self.built.network.phone(ANNA).received]
        for number in range(self.count):
            text = f"out {number}"
            messages = accepted[text]
            if len(messages) != 1:
                faults.append(f"{text} became {len(messages)} messages")
            elif copies.count(text) > 1 and not messages[0].possible_duplicate:
                faults.append(f"{text} came {copies.count(text)} times, and nobody says so")
            elif not copies.count(text):
                faults.append(f"{text} never came")
        return faults

    async def _outbound(self) -> list[Message]:
        async with asyncio.timeout(60), AsyncClient(self.built.socket) as client:
            while True:
                try:
                    return [
                        message
                        async for page in client.pages(client.list, direction="outbound")
                        for message in page.messages
                    ]
                except GsmdError:  # it is just coming back
                    await asyncio.sleep(0.1)


@asynccontextmanager
async def stage(directory: Path, seed: int, count: int) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(rig(directory))
        broker = await stack.enter_async_context(mosquitto(directory))
        witness = await stack.enter_async_context(program(broker, "gsmd/#"))
        found = Stage(built, broker, witness, random.Random(seed), count)
        stack.push_async_callback(found.end)
        yield found


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failed = 0
    for victims in (("daemon", "gateway", "broker"), ("daemon", "gateway")):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as directory:
            async with stage(Path(directory), options.seed, options.messages) as it:
                faults = await it.play(victims, 120)
                repeated = len(it.witness.on("gsmd/north/received")) - options.messages
        deaths = ", ".join(f"{name} {count}" for name, count in sorted(it.deaths.items()))
        print(
            f"{options.messages} messages each way in {time.monotonic() - began:.0f} s, killed: {deaths};"
            f" came in twice, with the same id: {repeated}; wrong: {len(faults)}"
        )
        for fault in faults[:20]:
            print(f"  {fault}")
        failed += len(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
