"""How fast, and how quiet: `python tests/benchmarks/bench_latency.py [messages] [idle seconds]`.

`gsmd run` as a process of its own, on a simulated modem that lives in this process and answers at once, or as fast as a
line of 115200 bit/s takes it. Latency: from the first byte of the notice (+CMTI; +CMT with `reception: direct`) on the line to
the last byte of inbox.deliver on the handler's socket, the commit with its fsync included: TMPDIR has to be on a real disk.
Idle: the daemon's CPU time, and what it asks the modem.
"""

import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem

NUMBER = "+33600000001"
CONFIGURATION = """\
state_dir: {0}/state
socket: {{path: {0}/gsmd.sock}}
modems: [{{name: m, port: {0}/modem, reception: {1}}}]
handlers: [{{name: bench, socket: true}}]
log: {{level: warning}}
"""


class Tap:
    """Notes when a message is announced on the line, and what the daemon asks."""

    def __init__(self, modem: SimulatedModem) -> None:
        self.announced: float = 0.0
        self.commands = 0
        self._feed = modem.feed
        modem.feed = self._heard  # type: ignore[method-assign] # the tap sits on the line

    def wrap(self, output: Callable[[bytes], object]) -> Callable[[bytes], object]:
        def written(data: bytes) -> object:
            if b"+CMTI" in data or b"+CMT:" in data:
                self.announced = time.perf_counter()
            return output(data)

        return written

    def _heard(self, data: bytes) -> None:
        self.commands += data.count(b"\r")
        self._feed(data)


@asynccontextmanager
async def daemon(directory: Path, reception: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`gsmd run`, from the first answer on its socket to SIGTERM."""
    (directory / "gsmd.yaml").write_text(CONFIGURATION.format(directory, reception))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gsmd", "run", "-c", str(directory / "gsmd.yaml")
    )
    try:
        while not (directory / "gsmd.sock").exists():
            await asyncio.sleep(0.01)
        yield process
    finally:
        process.terminate()
        await process.wait()


async def subscribe(directory: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_unix_connection(directory / "gsmd.sock")
    writer.write(
        b'{"jsonrpc":"2.0","id":1,"method":"inbox.subscribe","params":{"handler":"bench"}}\n'
    )
    await reader.readline()
    return reader, writer


async def main(messages: int, idle: float) -> None:
    for reception, speed in itertools.product(("storage", "direct"), (None, 115_200)):
        await measure(
            messages, idle if (reception, speed) == ("storage", None) else 0, reception, speed
        )


async def measure(messages: int, idle: float, reception: str, speed: int | None) -> None:
    network = Network()
    modem = SimulatedModem(Sim(number=NUMBER), network)
    tap = Tap(modem)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        async with (
            PtyModem(modem, link=directory / "modem") as line,
            daemon(directory, reception) as process,
        ):
            line.pace(speed)
            modem.output = tap.wrap(modem.output)
            reader, writer = await subscribe(directory)
            phone = network.phone("+33612345678")
            latencies = []
            for number in range(messages + 20):
                phone.send(NUMBER, f"message {number}")
                request = json.loads(await reader.readline())
                latencies.append((time.perf_counter() - tap.announced) * 1000)
                writer.write(
                    b'{"jsonrpc":"2.0","id":"%s","result":null}\n' % request["id"].encode()
                )
                await asyncio.sleep(0.02)  # let it delete and settle: each message finds it at rest
            what = f"{reception}, {'unpaced' if speed is None else f'{speed} bit/s'}"
            # the first ones find a modem that is still telling about itself
            report_latency(what, latencies[20:])
            if idle:
                await report_idle(process.pid, [tap], idle)
            writer.close()


def report_latency(what: str, latencies: list[float]) -> None:
    quantiles = statistics.quantiles(latencies, n=100)
    print(
        f"{what}: notice → handler, {len(latencies)} messages: median {statistics.median(latencies):.2f} ms,"
        f" 95 % {quantiles[94]:.2f} ms, 99 % {quantiles[98]:.2f} ms, worst {max(latencies):.2f} ms"
    )


async def report_idle(pid: int, taps: list[Tap], seconds: float) -> None:
    await asyncio.sleep(2)
    ticks, commands = cpu_ticks(pid), sum(tap.commands for tap in taps)
    await asyncio.sleep(seconds)
    used = (cpu_ticks(pid) - ticks) / os.sysconf("SC_CLK_TCK")
    print(
        f"idle for {seconds:g} s: {used / seconds:.3%} of one core,"
        f" {(sum(tap.commands for tap in taps) - commands) / seconds * 60:.1f} commands a minute, {resident(pid):.1f} MB resident"
    )


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    arguments = [float(argument) for argument in sys.argv[1:]] + [500, 90][len(sys.argv) - 1 :]
    asyncio.run(main(int(arguments[0]), arguments[1]))
