"""The socket under load: good clients beside slow and hostile ones.

    python -m tests.benchmarks.bench_api [--good 170] [--slow 20] [--hostile 10] [--seconds 10] [--reserved]

The daemon's core with its store on disk runs in a process of its own, without a modem. Good clients
call at a steady rate: a message accepted (fsync included), a message looked up. First they are alone,
then the others come, from a process of lower priority. Then one client pipelines as fast as it can, and a hand-over is timed: from the
core's call to the answer's arrival there.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import multiprocessing.connection
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from gsmd.api.server import Server
from gsmd.client import AsyncClient
from gsmd.config import parse
from gsmd.core.app import App
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.handlers.base import Delivery
from gsmd.store.engine.database import Database
from tests.api.fake_backend import a_message

CONFIG = """
state_dir: {directory}
socket: {{path: {directory}/s}}
modems: [{{name: north, port: {directory}/none}}]
"""


SPENT = "spent"
"""Asks the daemon what its clients have cost its event loop, in seconds, by how they were served."""


async def serve(directory: str, ready: Any) -> None:
    """The daemon's half: core, store and socket, until the other end closes the pipe."""
    config = parse(CONFIG.format(directory=directory), "benchmark", HANDLER_KINDS)
    database = await Database.open(config.state_dir / "gsmd.db")
    app = await App.open(config, database)
    server = Server(app, config.socket, config.access)
    await server.start()
    ready.send(os.getpid())
    loop = asyncio.get_running_loop()
    while (order := await loop.run_in_executor(None, _receive, ready)) is not None:
        if order == SPENT:
            ready.send({str(one): spent for one, spent in server.turns.spent.items()})
        else:
            ready.send(await hand_over(app, order))
    await server.close(grace=0.5)
    await app.close()


def _receive(pipe: Any) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        return None


async def hand_over(app: App, count: int) -> list[float]:
    """Seconds from the core's call to its return, with a connected handler that answers at once."""
    handler = app._registry.get("bench")
    assert handler is not None
    taken = []
    for number in range(count):
        delivery = Delivery("bench", 1, a_message(f"i{number}"))
        began = time.perf_counter()
        await handler.handler.deliver(delivery)
        taken.append(time.perf_counter() - began)
    return taken


def daemon(directory: str, ready: Any) -> None:
    asyncio.run(serve(directory, ready))


class Timing(NamedTuple):
    calls: int
    median: float
    late: float
    worst: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Timing":
        ordered = sorted(seconds)
        return cls(
            len(ordered),
            statistics.median(ordered),
            ordered[int(len(ordered) * 0.99) - 1],
            ordered[-1],
        )

    def __str__(self) -> str:
        median, late, worst = (f"{one * 1000:7.2f}" for one in self[1:])
        return f"{self.calls:6} calls   median {median} ms   99 % {late} ms   worst {worst} ms"


async def good(path: Path, until: float, every: float) -> tuple[list[float], list[float]]:
    """A message accepted and a message looked up, at a steady rate: seconds of each."""
    sends: list[float] = []
    gets: list[float] = []
    async with AsyncClient(path) as client:
        await asyncio.sleep(random.uniform(0, every))
        while time.monotonic() < until:
            started = time.monotonic()
            began = time.perf_counter()
            message = await client.send("+33612345678", "Good morning")
            sends.append(time.perf_counter() - began)
            began = time.perf_counter()
            await client.get(message.id)
            gets.append(time.perf_counter() - began)
            await asyncio.sleep(max(0.0, every - (time.monotonic() - started)))
    return sends, gets


def call(method: str, params: Any = None, id_: int = 1) -> bytes:
    request = {"jsonrpc": "2.0", "id": id_, "method": method, "params": params or {}}
    return json.dumps(request).encode() + b"\n"


async def slow(path: Path, until: float) -> None:
    """Wants to see everything, and reads a little now and then."""
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1024)
    writer.write(call("events.subscribe") + call("inbox.subscribe"))
    while time.monotonic() < until:
        await reader.read(100)
        await asyncio.sleep(0.2)
    writer.transport.abort()


async def hostile(path: Path, until: float, kind: int) -> None:
    """As bad as it gets: floods, deafness, long lines, big batches, storms of connections."""
    bad: list[Callable[[asyncio.StreamWriter], bytes]] = [
        lambda _: b"nonsense\n" * 10_000,
        lambda _: call("messages.list", {"limit": 1000}) * 50,
        lambda _: b"x" * (1 << 21),
        lambda _: call("no.such", {"x": "y" * 1_000_000}),
        lambda _: b"[" * 100_000 + b"\n",
        lambda _: (
            b"[" + call("messages.get", {"id": "x"})[:-1].join([b"", *[b","] * 999, b""]) + b"]\n"
        ),
        lambda _: call("messages.get", {"id": "x"}) * 500,
        lambda _: b'{"jsonrpc":',
        lambda _: b"[" + b"{}," * 300_000 + b"{}]\n",
    ]
    while time.monotonic() < until:
        reader, writer = await asyncio.open_unix_connection(str(path))
        listening = asyncio.ensure_future(_swallow(reader)) if kind % 2 or kind > 4 else None
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(max(0.01, until - time.monotonic())):
                while not reader.at_eof():
                    writer.write(bad[kind % len(bad)](writer))
                    await writer.drain()
        writer.transport.abort()
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(1 << 16):
        pass


async def phase(title: str, path: Path, seconds: float, many: int) -> None:
    until = time.monotonic() + seconds
    results = await asyncio.gather(*(good(path, until, every=1.0) for _ in range(many)))
    print(title)
    print("   accepted ", Timing.of([one for sends, _ in results for one in sends]))
    print("   looked up", Timing.of([one for _, gets in results for one in gets]))


async def bad_company(path: Path, seconds: float, slow_ones: int, hostile_ones: int) -> None:
    until = time.monotonic() + seconds
    # being thrown out is what they are here for
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    await asyncio.gather(
        *(_ignoring_ends(slow(path, until)) for _ in range(slow_ones)),
        *(_ignoring_ends(hostile(path, until, kind)) for kind in range(hostile_ones)),
    )


def others(
    path: Path, seconds: float, slow_ones: int, hostile_ones: int, *, reserved: bool
) -> None:
    # what is measured is what they cost the daemon, not who gets the processor
    if reserved:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    else:
        os.nice(19)
    asyncio.run(bad_company(path, seconds, slow_ones, hostile_ones))


async def _ignoring_ends(work: Awaitable[None]) -> None:
    with contextlib.suppress(ConnectionError):
        await work


async def pipelined(path: Path, count: int) -> float:
    """Calls answered per second for one client that does not wait."""
    reader, writer = await asyncio.open_unix_connection(str(path), limit=1 << 20)
    began = time.perf_counter()
    asking = asyncio.ensure_future(_write(writer, call("server.info") * count))
    for _ in range(count):
        await reader.readline()
    took = time.perf_counter() - began
    await asking
    writer.close()
    await writer.wait_closed()
    return count / took


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    for place in range(0, len(data), 65536):
        writer.write(data[place : place + 65536])
        await writer.drain()


class Usage(NamedTuple):
    """What a process has used: seconds of processor time, megabytes of memory."""

    processor: float
    memory: float

    @classmethod
    def of(cls, pid: int) -> "Usage":
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return cls(ticks / os.sysconf("SC_CLK_TCK"), pages * resource.getpagesize() / 1e6)


def ask(pipe: Any, order: Any) -> Any:
    pipe.send(order)
    return pipe.recv()


async def bench(path: Path, pipe: Any, pid: int, options: argparse.Namespace) -> None:
    at_first = Usage.of(pid)
    spent = [ask(pipe, SPENT)]
    await phase(f"{options.good} good clients alone", path, options.seconds, options.good)
    alone = Usage.of(pid)
    spent.append(ask(pipe, SPENT))
    company = multiprocessing.get_context("spawn").Process(
        target=others,
        args=(path, options.seconds + 2, options.slow, options.hostile),
        kwargs={"reserved": options.reserved},
    )
    company.start()
    await asyncio.sleep(1)  # they are at it before the measurement begins
    begun = Usage.of(pid)
    spent.append(ask(pipe, SPENT))
    title = f"{options.good} good, {options.slow} slow, {options.hostile} hostile"
    await phase(title, path, options.seconds, options.good)
    done = Usage.of(pid)
    spent.append(ask(pipe, SPENT))
    for what, before, after, first in (("alone", at_first, alone, 0), ("beset", begun, done, 2)):
        share = (after.processor - before.processor) / options.seconds * 100
        print(f"the daemon {what}: {share:3.0f} % of a processor, {after.memory:.0f} MB of memory")
        shares = (
            f"{kind} {(spent[first + 1][kind] - spent[first][kind]) / options.seconds:.1%}"
            for kind in spent[first]
        )
        print(f"    of its event loop, by how clients are served: {', '.join(shares)}")
    await asyncio.to_thread(company.join)
    print(f"one client, pipelined: {await pipelined(path, 10_000):.0f} calls/s")
    async with AsyncClient(path).listen("bench") as messages:
        pipe.send(1000)

        async def answer() -> None:
            async for message in messages:
                await message.acknowledge()

        answering = asyncio.ensure_future(answer())
        taken = await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
    print("a hand-over, to another process and back")
    print("            ", Timing.of(taken))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--good", type=int, default=170)
    parser.add_argument("--slow", type=int, default=20)
    parser.add_argument("--hostile", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument(
        "--reserved",
        action="store_true",
        help="real-time priority, for a machine that is busy with something else; needs root",
    )
    options = parser.parse_args()
    if options.reserved:  # and so have the processes that are started from here
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(2))
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as directory:
        ours, theirs = context.Pipe()
        process = context.Process(target=daemon, args=(directory, theirs))
        process.start()
        theirs.close()
        asyncio.run(bench(Path(directory) / "s", ours, ours.recv(), options))
        ours.close()
        process.join()


if __name__ == "__main__":
    main()
