"""One daemon on many modems: `python -m tests.benchmarks.bench_fleet [modems] [messages] [idle seconds]`.

`gsmd run` as a process of its own, on simulated modems that answer instantly and live in this
process. Latency: from the first byte of +CMTI on a line to the last byte of inbox.deliver on the
handler's socket, the commit with its fsync included. Idle: what the daemon takes when nothing comes.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from gsmd.client import AsyncClient
from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem
from tests.benchmarks.bench_latency import Tap, report_idle, report_latency, resident, subscribe

PHONE = "+33612345678"
WARM_UP = 20


async def plugged(stack: AsyncExitStack, directory: Path, count: int) -> tuple[Network, list[Tap]]:
    """So many modems in one network, each with a SIM of its own."""
    network, taps = Network(), []
    for number in range(count):
        modem = SimulatedModem(Sim(number_of(number)), network, imei=f"49015420{number:07}")
        await stack.enter_async_context(PtyModem(modem, link=directory / f"m{number}"))
        tap = Tap(modem)
        modem.output = tap.wrap(modem.output)
        taps.append(tap)
    return network, taps


def number_of(modem: int) -> str:
    return f"+33600{modem:06}"


def configuration(directory: Path, count: int) -> str:
    return json.dumps(
        {
            "state_dir": str(directory / "state"),
            "socket": {"path": str(directory / "gsmd.sock")},
            "modems": [
                {"name": f"m{number}", "port": str(directory / f"m{number}")}
                for number in range(count)
            ],
            "handlers": [{"name": "bench", "socket": True}],
            "log": {"level": "warning"},
        }
    )


@asynccontextmanager
async def daemon(directory: Path, count: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """`gsmd run` with all its modems ready, until SIGTERM; tells how long that took."""
    path = directory / "gsmd.yaml"  # JSON is YAML
    path.write_text(configuration(directory, count))
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gsmd", "run", "-c", str(path))
    )
    try:
        while not (directory / "gsmd.sock").exists():
            await asyncio.sleep(0.01)
        async with AsyncClient(directory / "gsmd.sock") as client:
            while sum(each.state == "ready" for each in await client.modems()) < count:
                await asyncio.sleep(0.05)
        print(f"{count} modems ready {time.perf_counter() - began:.1f} s after the start")
        yield process
    finally:
        process.terminate()
        await process.wait()


async def latencies(
    network: Network, taps: list[Tap], directory: Path, messages: int
) -> list[float]:
    """Milliseconds of each message, one after the other, the modems in turn."""
    reader, writer = await subscribe(directory)
    phone, found = network.phone(PHONE), []
    for number in range(messages + WARM_UP):
        modem = number % len(taps)
        phone.send(number_of(modem), f"message {number}")
        request = json.loads(await reader.readline())
        found.append((time.perf_counter() - taps[modem].announced) * 1000)
        writer.write(b'{"jsonrpc":"2.0","id":"%s","result":null}\n' % request["id"].encode())
        await asyncio.sleep(0.02)  # let it delete and settle: each message finds it at rest
    writer.close()
    return found[WARM_UP:]


async def main(modems: int, messages: int, idle: float) -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        async with AsyncExitStack() as stack:
            network, taps = await plugged(stack, directory, modems)
            process = await stack.enter_async_context(daemon(directory, modems))
            await asyncio.sleep(3)  # it is still asking for what nobody waits for
            print(f"{resident(process.pid):.1f} MB resident")
            report_latency("stored", await latencies(network, taps, directory, messages))
            await report_idle(process.pid, taps, idle)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*(given + [64, 500, 180][len(given) :])))
