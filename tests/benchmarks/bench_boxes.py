"""A fleet of thin boxes at a real engine: `python -m tests.benchmarks.bench_boxes --boxes 10 100 1000 --rate 240 --seconds 20`.

Each box is the real agent, with its own connection and its own disk; gsmd is played: it takes a message and has sent it at once. Printed for each number of
boxes: how long a message waits for its permit (from when the engine has it), the engine's share of a core and its memory, and the processor time of all
agents a message. How soon an opt-out reaches every box is measured at the end.
"""

import argparse
import asyncio
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import yaml

from gsmd.client import ModemStatus
from gsmd.config import parse
from gsmd.fleet.client import AsyncFleetClient
from gsmd.fleet.effects import Put
from gsmd.fleet.record import Phase
from gsmd.gateways.fleet.gateway import FleetGateway
from gsmd.gateways.fleet.register import InLife, Register
from gsmd.gateways.gateway import Surroundings
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.message import iso
from tests.gateways.fleet.engine import PLAIN, Engine, engine

TICKS = os.sysconf("SC_CLK_TCK")

PEER = "+33612345678"

waits: list[float] = []
told: list[float] = []


class PlayedGsmd:
    """What the agent asks of gsmd, answered at once."""

    def __init__(self, box: int) -> None:
        self._card = ModemStatus(name="m", state="ready", iccid=f"8933{box:012}")
        self._numbers = itertools.count()
        self.optout = SimpleNamespace(log=self._no_changes, add=self._told, remove=self._told)
        self.blocks = SimpleNamespace(log=self._no_changes, add=self._told, remove=self._told)
        self.polls = SimpleNamespace(list=self._nothing)
        self.consents = SimpleNamespace(export=self._no_consents)

    async def modems(self) -> list[ModemStatus]:
        return [self._card]

    async def handlers(self) -> list[Any]:
        return []

    async def call(self, method: str, **params: Any) -> Any:
        del method
        id_ = f"{self._card.iccid}-{next(self._numbers)}"
        now = iso(datetime.now(UTC))
        return {
            "id": id_,
            "direction": "outbound",
            "state": "sent",
            "peer": params["to"],
            "modem": "m",
            "kind": "text",
            "text": params["text"],
            "data": None,
            "alphabet": "gsm7",
            "class": None,
            "ports": None,
            "parts": 1,
            "complete": True,
            "tag": None,
            "in_reply_to": None,
            "possible_duplicate": False,
            "created_at": now,
            "service_centre_timestamp": None,
            "sent_at": now,
            "delivered_at": None,
            "error": None,
        }

    async def get(self, id_: str) -> Any:
        import msgspec

        from gsmd.client import Message

        return msgspec.convert({**await self.call("", to="+33", text="x"), "id": id_}, Message)

    async def _no_changes(self, **_: Any) -> Any:
        return SimpleNamespace(changes=[], next=None)

    async def _nothing(self) -> list[Any]:
        return []

    async def _no_consents(self, **_: Any) -> Any:
        return SimpleNamespace(consents=[], next=None)

    async def _told(self, about: str, **_: Any) -> None:
        del about
        told.append(time.monotonic())

    def listen(self, *_: Any, **__: Any) -> Any:
        return _Silent()

    def events(self, *_: Any, **__: Any) -> Any:
        return _Silent()

    async def close(self) -> None:
        pass


class _Silent:
    seq = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def __aiter__(self) -> "_Silent":
        return self

    async def __anext__(self) -> Any:
        await asyncio.Event().wait()


class _Present:
    present = True
    why = ""

    async def wait_present(self) -> None:
        pass

    async def tried(self) -> None:
        pass

    def on_change(self, call: Any) -> None:
        pass

    async def run(self) -> None:
        await asyncio.Event().wait()


@asynccontextmanager
async def fleet_of(directory: Path, url: str, count: int) -> AsyncIterator[None]:
    agents, tasks = [], []
    for number in range(count):
        place = directory / f"b{number}"
        section = {"servers": [url], "box": f"b{number}", "replicas": 1}
        text = yaml.safe_dump({"modems": [{"name": "m", "port": "/dev/null"}], "fleet": section})
        agent = FleetGateway(
            parse(text, "bench.yaml", HANDLER_KINDS),
            Surroundings(daemon=directory / "none", state_dir=place),
        )
        agent._client, agent._watch = PlayedGsmd(number), _Present()  # type: ignore[assignment]  # played
        ready = asyncio.Event()
        tasks.append(asyncio.create_task(agent.serve(ready.set)))
        agents.append(agent)
        await ready.wait()
    while not all(agent.status().startswith("at work") for agent in agents):
        await asyncio.sleep(0.1)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def watch_permits() -> None:
    """Note when a permit is there, and how long the engine has had the message."""
    put = Register.put

    async def noted(self: Register, held: InLife, wants: Put) -> int | None:
        written = await put(self, held, wants)
        if wants.record.state is Phase.PERMIT and written is not None and held.entry is not None:
            waits.append(time.time() - held.entry.at)
        return written

    Register.put = noted  # type: ignore[method-assign]


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float:
    return (
        int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    )


async def put_in(url: str, name: str, rate: float, count: int) -> None:
    """The program, a process of its own: so many messages, at that rate."""
    async with AsyncFleetClient(url) as fleet:
        began = time.monotonic()
        sends = []
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            sends.append(asyncio.create_task(fleet.send(PEER, "x", key=f"{name}-{number}")))
        await asyncio.gather(*sends)


async def measure(found: Engine, boxes: int, rate: float, seconds: float) -> None:
    assert found.process is not None
    pid = found.process.pid
    idle, at = cpu(pid), time.monotonic()
    ours = time.process_time()
    await asyncio.sleep(5)
    idle, idle_ours = (
        (each / (time.monotonic() - at)) for each in (cpu(pid) - idle, time.process_time() - ours)
    )
    waits.clear()
    count = int(rate * seconds)
    server, ours, began = cpu(pid), time.process_time(), time.monotonic()
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.benchmarks.bench_boxes", "--rate", str(rate)),
        *("--put-in", found.url, f"b{boxes}", str(count)),
    )
    while len(waits) < count and time.monotonic() < began + 3 * seconds + 30:
        await asyncio.sleep(0.1)
    took = time.monotonic() - began
    server, ours = cpu(pid) - server, time.process_time() - ours
    await program.wait()
    times = sorted(waits)
    each = 1e3 / len(times)
    print(
        f"{boxes:5} boxes: {len(times)} of {count} in {took:.0f} s; permit after p50 {statistics.median(times) * 1e3:.1f} ms,"
        f" p99 {times[int(len(times) * 0.99)] * 1e3:.0f} ms\n"
        f"       engine {server * each:.2f} ms of processor time a message, {(server - idle * took) * each:.2f} beside what it takes idle ({idle:.3f} of a core),"
        f" {resident(pid):.0f} MiB: {server / len(times) * rate:.2f} of a core at {rate:.0f}/s\n"
        f"       agents {ours * each:.2f} ms a message, {(ours - idle_ours * took) * each:.2f} beside what they take idle ({idle_ours / boxes * 1e3:.2f} ms a second each)"
    )
    told.clear()
    async with AsyncFleetClient(found.url) as fleet:
        at = time.monotonic()
        body = b'{"about": "+33600000001", "wish": "stop", "at": "2026-01-01T00:00:00.000Z", "box": "x"}'
        await fleet.link.store("sms.reg.optout.33600000001", body)
        while len(told) < boxes and time.monotonic() < at + 60:
            await asyncio.sleep(0.05)
    found_at = sorted(each - at for each in told)
    print(
        f"       an opt-out is at {len(told)} boxes: p50 {statistics.median(found_at):.2f} s, last {found_at[-1]:.2f} s",
        flush=True,
    )


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--boxes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--rate", type=float, default=240)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--put-in", nargs=3, metavar=("URL", "NAME", "COUNT"))
    options = parser.parse_args()
    if options.put_in is not None:
        url, name, count = options.put_in
        await put_in(url, name, options.rate, int(count))
        return 0
    watch_permits()
    for boxes in options.boxes:
        with tempfile.TemporaryDirectory() as name:
            async with AsyncExitStack() as stack:
                found = await stack.enter_async_context(engine(Path(name), PLAIN, sync=True))
                await stack.enter_async_context(fleet_of(Path(name), found.url, boxes))
                await measure(found, boxes, options.rate, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
