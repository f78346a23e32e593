"""What the service costs its machine: `python -m tests.benchmarks.bench_service [messages] [starts]`.

`gsmd run` as a process of its own, on a simulated modem that lives in this one. Start-up: from exec to
READY=1 at the notify socket, and until the modem can send. Memory: resident and proportional set, idle
and after the messages. Writes: what the process gave to the block device (/proc/PID/io, write_bytes)
and how often it committed (one fsync each), per message: one at a time, and as many at once as come.
The directory has to be on a real disk: TMPDIR.
"""

import asyncio
import re
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from gsmd.client import AsyncClient
from tests.rig import Rig, rig
from tests.service.daemon import Running, running

PHONE = "+33612345678"
TEXT = "What a message of ordinary length says, which is not much."
PATIENCE = 120.0


class Cost(NamedTuple):
    """What was written so far."""

    octets: int
    commits: float


async def main(messages: int, starts: int) -> None:
    with tempfile.TemporaryDirectory(prefix="gsmd-bench-") as directory:
        await start_up(Path(directory), starts)
    with tempfile.TemporaryDirectory(prefix="gsmd-bench-") as directory:
        await memory(Path(directory), messages)
    with tempfile.TemporaryDirectory(prefix="gsmd-bench-") as directory:
        await writes(Path(directory), messages)


async def start_up(directory: Path, starts: int) -> None:
    ready, sending = [], []
    async with rig(directory) as it:
        for _ in range(starts):
            begun = time.perf_counter()
            async with running(it) as (daemon, _):
                ready.append(time.perf_counter() - begun)
                async with AsyncClient(it.socket) as client:
                    await it.ready(client)
                    sending.append(time.perf_counter() - begun)
                await daemon.stop()
    for what, times in (("until READY=1", ready), ("until the modem can send", sending)):
        print(f"{what:<28} {statistics.median(times):6.2f} s (worst {max(times):.2f} s)")


async def memory(directory: Path, messages: int) -> None:
    async with (
        rig(directory, slots=255) as it,
        running(it) as (daemon, _),
        AsyncClient(it.socket) as client,
    ):
        await it.ready(client)
        print(f"{'memory, idle':<28} {_memory(daemon)}")
        await at_once(it, client, messages)
        print(f"{f'memory, after {2 * messages} messages':<28} {_memory(daemon)}")


async def writes(directory: Path, messages: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = {
        "metrics": {"listen": f"127.0.0.1:{port}"},
        "handlers": [{"name": "bench", "socket": True}],
    }
    async with (
        rig(directory, slots=255) as it,
        running(it, **settings) as (daemon, _),  # type: ignore[arg-type]  # no environment among them
        AsyncClient(it.socket) as client,
        handled(client) as wait_for_handled,
    ):
        await it.ready(client)

        async def measured(what: str, work: Callable[[], Awaitable[None]], count: int) -> None:
            before = await _cost(daemon, port)
            await work()
            after = await _cost(daemon, port)
            octets = (after.octets - before.octets) / count / 1024
            commits = (after.commits - before.commits) / count
            print(f"{what:<28} {octets:6.1f} KiB, {commits:4.1f} commits a message")

        async def inbound() -> None:
            for number in range(messages):
                it.network.phone(PHONE).send(it.sim.number, f"{TEXT} {number}")
                await wait_for_handled(1)

        async def inbound_at_once() -> None:
            for number in range(messages):
                it.network.phone(f"{PHONE[:-1]}{number % 10}").send(
                    it.sim.number, f"{TEXT} Again {number}"
                )
            await wait_for_handled(messages)

        async def outbound() -> None:
            for number in range(messages):
                message = await client.send(PHONE, f"{TEXT} {number}")
                await client.wait(message.id, "sent", PATIENCE)

        await measured("in and handled, one by one", inbound, messages)
        await measured("in and handled, at once", inbound_at_once, messages)
        await measured("out, one by one", outbound, messages)
        await measured("out, at once", lambda: out_at_once(client, messages), messages)
        before = await _cost(daemon, port)
        await asyncio.sleep(10)
        after = await _cost(daemon, port)
        print(f"{'idle, 10 s':<28} {after.octets - before.octets} octets")


async def at_once(it: Rig, client: AsyncClient, messages: int) -> None:
    for number in range(messages):
        it.network.phone(PHONE).send(it.sim.number, f"{TEXT} {number}")
    await out_at_once(client, messages)


async def out_at_once(client: AsyncClient, messages: int) -> None:
    sent = await asyncio.gather(
        *(
            client.send(f"{PHONE[:-1]}{number % 10}", f"{TEXT} {number}")
            for number in range(messages)
        )
    )
    await asyncio.gather(*(client.wait(message.id, "sent", PATIENCE) for message in sent))


@asynccontextmanager
async def handled(client: AsyncClient) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """A handler that acknowledges; the value waits until so many more messages are settled."""
    counted: asyncio.Queue[None] = asyncio.Queue()

    async def answer() -> None:
        async with client.listen("bench", max_in_flight=8) as messages:
            async for message in messages:
                await message.acknowledge()

    async def count() -> None:
        async with client.events("message.handled") as events:
            async for _ in events:
                counted.put_nowait(None)

    async def wait(number: int) -> None:
        async with asyncio.timeout(PATIENCE):
            for _ in range(number):
                await counted.get()

    tasks = [asyncio.create_task(answer()), asyncio.create_task(count())]
    try:
        await asyncio.sleep(0.5)
        yield wait
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _memory(daemon: Running) -> str:
    text = Path(f"/proc/{daemon.process.pid}/smaps_rollup").read_text()
    kib = {name: int(size) for name, size in re.findall(r"^(Rss|Pss): +(\d+)", text, re.MULTILINE)}
    return f"{kib['Rss'] / 1024:6.1f} MiB resident, {kib['Pss'] / 1024:.1f} MiB proportional"


async def _cost(daemon: Running, port: int) -> Cost:
    def scrape() -> str:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
            text: str = answer.read().decode()
            return text

    commits = re.search(r"^gsmd_store_commits_total (\S+)", await asyncio.to_thread(scrape), re.MULTILINE)  # fmt: skip
    written = re.search(r"^write_bytes: (\d+)", Path(f"/proc/{daemon.process.pid}/io").read_text(), re.MULTILINE)  # fmt: skip
    assert commits is not None
    assert written is not None
    return Cost(int(written[1]), float(commits[1]))


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*(numbers + [200, 5][len(numbers) :])))
