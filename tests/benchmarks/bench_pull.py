"""``inbox.pull`` beside a connected worker, in one run; and many pullers of which some die.

    python -m tests.benchmarks.bench_pull [--messages 10000] [--at-once 50]

The core with its store on disk runs in a process of its own, without a modem. Three times ``messages`` wait in a
handler's queue, each of another number, and are taken: by a program that is connected, by one that pulls and
settles (``--at-once`` at a time, which is also the number that the connected one may have in hand), and by 20 that pull, of
which 5 die with messages in their hands. Printed are messages per second, and the daemon's processor time for each.
"""

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Awaitable
from multiprocessing.connection import Connection
from pathlib import Path

from gsmd.client import AsyncClient
from gsmd.protocol.inbox import Settlement
from tests.benchmarks.on_disk import on_disk
from tests.client.pullers import HANDLER, Pullers, core, fill

PULLERS, DYING = 20, 5


async def serve(directory: str, pipe: Connection) -> None:
    """The daemon's half: a number fills the queue, zero asks for the processor time so far, None ends it."""
    loop = asyncio.get_running_loop()
    async with core(Path(directory)) as (app, socket):
        pipe.send(socket)
        while (order := await loop.run_in_executor(None, pipe.recv)) is not None:
            await fill(app, order)
            pipe.send(time.process_time())


def daemon(directory: str, pipe: Connection) -> None:
    asyncio.run(serve(directory, pipe))


class Bench:
    """The other half: what takes the messages."""

    def __init__(self, pipe: Connection, messages: int, at_once: int) -> None:
        self.pipe = pipe
        self.path: Path = pipe.recv()
        self.messages = messages
        self.at_once = at_once

    def ask(self, order: int) -> float:
        self.pipe.send(order)
        spent: float = self.pipe.recv()
        return spent

    async def measure(self, what: str, taking: Awaitable[None]) -> None:
        before = self.ask(self.messages)
        began = time.perf_counter()
        await taking
        took = time.perf_counter() - began
        cpu = (self.ask(0) - before) / self.messages * 1e6
        print(f"{what:42} {self.messages / took:8.0f} messages/s   {cpu:6.0f} us of CPU each")

    async def connected(self) -> None:
        async with (
            AsyncClient(self.path) as client,
            client.listen(HANDLER, max_in_flight=self.at_once) as listener,
        ):
            for _ in range(self.messages):
                await (await listener.receive(60)).acknowledge()
            while (await client.handlers())[0].pending:
                await asyncio.sleep(0.01)

    async def pulled(self) -> None:
        async with AsyncClient(self.path) as client:
            done = 0
            while done < self.messages:
                pulled = await client.pull(HANDLER, self.at_once, wait=10)
                settled = await client.settle([Settlement(p.lease) for p in pulled.messages])
                done += settled.settled


async def run(pipe: Connection, messages: int, at_once: int) -> int:
    it = Bench(pipe, messages, at_once)
    await it.measure(f"a connected worker, {at_once} in flight", it.connected())
    await it.measure(f"one that pulls {at_once} at once", it.pulled())
    pullers = Pullers(it.path, HANDLER, messages, at_once=at_once)
    await it.measure(f"{PULLERS} that pull, {DYING} of them die", pullers.work(PULLERS, DYING))
    counts = set(pullers.acknowledged.values())
    print(
        f"  acknowledged {len(pullers.acknowledged)} of {messages}, each {sorted(counts)} times;"
        f" {pullers.died_with} were with those that died; {len(pullers.again)} came again afterwards"
    )
    good = len(pullers.acknowledged) == messages and counts == {1} and not pullers.again
    return 0 if good else 1


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=50)
    asked = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    with on_disk() as directory:
        process = multiprocessing.Process(target=daemon, args=(directory, theirs), daemon=True)
        process.start()
        failed = asyncio.run(run(ours, asked.messages, asked.at_once))
        ours.send(None)
        process.join()
    return failed


if __name__ == "__main__":
    sys.exit(main())
