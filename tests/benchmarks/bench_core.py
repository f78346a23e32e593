"""How fast messages go in and out, and how a store with a million of them behaves.

    python -m tests.benchmarks.bench_core [NAME …] [--messages N] [--reuse] [--only PART]

Each figure is one line with its name. Except for ``million``, the daemon is a process of its own
with a real store on the disk of the working directory; modem and network are simulated in this one.
``--reuse``: the store of ``million`` is the one of the last time, from ``build/``; ``--only``: that part of it alone.
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem
from tests.benchmarks.million import PARTS, million, told
from tests.benchmarks.on_disk import on_disk

TEXT = "Your parcel is at the corner shop."
LINE = 115_200
PATIENCE = 300.0


@dataclass
class Shop:
    """A daemon, a modem, and a program that takes and sends messages."""

    directory: Path
    network: Network
    modem: SimulatedModem
    plug: PtyModem
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    taken: list[float] = field(default_factory=list)
    accepted: int = 0
    cost: dict[str, float] = field(default_factory=dict)

    def call(self, method: str, params: Any) -> None:
        call = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self.writer.write(json.dumps(call).encode() + b"\n")

    async def listen(self) -> None:
        async for line in self.reader:
            said = json.loads(line)
            if said.get("method") == "inbox.deliver":
                self.taken.append(time.monotonic())
                answer = {"jsonrpc": "2.0", "id": said["id"], "result": None}
                self.writer.write(json.dumps(answer).encode() + b"\n")
            elif said.get("id") == "messages.send":
                self.accepted += 1

    async def queue(self, count: int) -> None:
        """Have that many messages accepted, each to a number of its own, while no modem is there."""
        for number in range(count):
            params = {"to": f"+3361{number:07}", "text": f"{TEXT} {number}"}
            self.call("messages.send", params)
        await until(lambda: self.accepted == count)

    async def arrive(self, count: int) -> None:
        """Let phones send that many messages, each phone one."""
        for number in range(count):
            phone = self.network.phone(f"+3362{number:07}")
            assert self.modem.sim is not None
            phone.send(self.modem.sim.number, f"{TEXT} {number}")


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def shop(*, baudrate: int | None = None, plugged: bool = True) -> AsyncIterator[Shop]:
    with on_disk() as directory:
        network = Network()
        modem = SimulatedModem(Sim(number="+33600000001", slots=30), network)
        plug = PtyModem(modem, link=directory / "modem", baudrate=baudrate)
        if plugged:
            plug.open()
        config = {
            "state_dir": str(directory / "state"),
            "socket": {"path": str(directory / "gsmd.sock")},
            "modems": [{"name": "north", "port": str(directory / "modem")}],
            "handlers": [{"name": "crm", "socket": True}],
        }
        (directory / "gsmd.yaml").write_text(yaml.safe_dump(config))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.benchmarks.measured_daemon",
            directory / "gsmd.yaml",
            stdout=asyncio.subprocess.PIPE,
        )
        await until((directory / "gsmd.sock").exists)
        reader, writer = await asyncio.open_unix_connection(directory / "gsmd.sock")
        it = Shop(directory, network, modem, plug, reader, writer)
        listening = asyncio.create_task(it.listen())
        it.call("inbox.subscribe", {"handler": "crm", "max_in_flight": 32})
        try:
            yield it
        finally:
            listening.cancel()
            writer.close()
            process.send_signal(signal.SIGTERM)
            assert process.stdout is not None
            it.cost.update(json.loads(await process.stdout.read()))
            await process.wait()
            plug.close()


def told_cost(it: Shop, count: int) -> None:
    told("  CPU seconds per message, start and bring-up included", f"{it.cost['cpu'] / count:.5f}")
    told("  fsyncs per message", f"{(it.cost['commits'] + 3 * it.cost['checkpoints']) / count:.2f}")


async def ready(it: Shop) -> None:
    """Until the modem reads its storage: a first message comes through."""
    phone = it.network.phone("+33699999999")
    phone.send("+33600000001", "first")
    await until(lambda: len(it.taken) == 1)
    it.taken.clear()


async def incoming(count: int) -> None:
    """Messages that arrive as fast as the modem takes them, until each was taken by the program."""
    async with shop() as it:
        await ready(it)
        start = time.monotonic()
        await it.arrive(count)
        await until(lambda: len(it.taken) == count)
        told(f"in, no delay, {count} messages", f"{count / (it.taken[-1] - start):.0f}/s")
    told_cost(it, count)


async def _send_all(it: Shop, count: int) -> list[float]:
    """When the network took each of the messages that wait."""
    await it.queue(count)
    it.plug.open()
    await until(lambda: len(it.network.submitted) == count)
    return [submission.at for submission in it.network.submitted]


async def outgoing(count: int) -> None:
    """A queue that goes out as fast as the modem takes it."""
    async with shop(plugged=False) as it:
        at = await _send_all(it, count)
        told(f"out, no delay, {count} messages", f"{(count - 1) / (at[-1] - at[0]):.0f}/s")
    told_cost(it, count)


async def utilisation(_count: int) -> None:
    """A queue of 100 with half a second in the network each: what part of the time is spent there."""
    count, delay = 100, 0.5
    async with shop(plugged=False) as it:
        it.network.faults.answer_delay = delay
        at = await _send_all(it, count)
        used = (count - 1) * delay / (at[-1] - at[0])
        told("time in the network / wall time, 0.5 s each, queue of 100 (>= 99 %)", f"{used:.1%}")


async def burst(_count: int) -> None:
    """230 messages held back by the network behind a SIM with 30 slots, at 115200 baud."""
    count = 230
    async with shop(baudrate=LINE) as it:
        await ready(it)
        start = time.monotonic()
        await it.arrive(count)
        await until(lambda: len(it.taken) == count)
        assert it.modem.sim is not None
        await until(lambda: it.modem.sim is not None and not it.modem.sim.messages.used)
        told(
            "burst of 230 behind 30 slots at 115200 baud (< 4.5 s)",
            f"{time.monotonic() - start:.2f} s",
        )
    told_cost(it, count)


async def line(_count: int) -> None:
    """A queue that goes out over a serial line at 115200 baud, without delay in the network."""
    count = 200
    async with shop(baudrate=LINE, plugged=False) as it:
        at = await _send_all(it, count)
        told("out at 115200 baud (about 55/s)", f"{(count - 1) / (at[-1] - at[0]):.1f}/s")
    told_cost(it, count)


BENCHMARKS = {one.__name__: one for one in (incoming, outgoing, utilisation, burst, line)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, "million", []], default=[])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--reuse", action="store_true")
    parser.add_argument("--only", choices=PARTS)
    asked = parser.parse_args()
    for name in asked.names or [*BENCHMARKS, "million"]:
        if name != "million":
            asyncio.run(BENCHMARKS[name](asked.messages))
        elif asyncio.run(million(asked.messages, asked.only, reuse=asked.reuse)):
            sys.exit(1)


if __name__ == "__main__":
    main()
