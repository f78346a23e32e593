"""From exec to the first message: `python -m tests.benchmarks.bench_start [starts] [TREE …]`.

`gsmd run` as a process of its own, on a simulated modem that lives in this one, with a message waiting on its SIM and one
in the store. Told are the medians until READY=1, until the message of the SIM has left it (it is on disk then) and until the
message of the store is on the air; and the processor time of the process until then, which holds on a busy machine, too.
Each TREE is another working copy (the commit before, say): its daemon is started in turn with this one's, start by start.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from gsmd.client import AsyncClient
from tests.rig import Rig, rig
from tests.service.daemon import Running, Systemd, start

PHONE = "+33612345678"
HERE = Path(__file__).parents[2]
PATIENCE = 60.0


class Start(NamedTuple):
    """Seconds from exec, and of processor time."""

    ready: float
    received: float
    sent: float
    processor: float


async def main(starts: int, trees: list[Path]) -> None:
    found: dict[Path, list[Start]] = {tree: [] for tree in trees}
    for number in range(starts + 1):
        for tree in trees:
            with tempfile.TemporaryDirectory(prefix="gsmd-bench-") as directory:
                done = await one(Path(directory), tree)
            if number:  # the first one writes what Python compiles
                found[tree].append(done)
    for tree, all_ in found.items():
        parts = [statistics.median(part) for part in zip(*all_, strict=True)]
        least = [min(part) for part in zip(*all_, strict=True)]
        told = zip(("ready", "received", "sent", "processor"), parts, least, strict=True)
        print(f"{tree.name}: " + ", ".join(f"{w} {m:.3f} s (least {n:.3f})" for w, m, n in told))


async def one(directory: Path, tree: Path) -> Start:
    """One start of the daemon of ``tree``, with a message each way that waits for it."""
    async with rig(directory) as it:
        configuration = directory / "gsmd.yaml"
        await filled(it, configuration)
        systemd = Systemd(directory / "notify")
        it.network.phone(PHONE).send(it.sim.number, "waiting on the SIM")
        await until(lambda: it.sim.messages.used == 1)
        begun = time.perf_counter()
        daemon = await start(
            configuration,
            systemd=systemd,
            environment={
                "PYTHONPATH": str(tree),
                "PYTHONSAFEPATH": "1",
                "PYTHONDONTWRITEBYTECODE": "",
            },
        )
        try:
            await systemd.hears("READY")
            ready = time.perf_counter() - begun
            await until(lambda: it.sim.messages.used == 0)
            received = time.perf_counter() - begun
            await until(lambda: len(it.network.submitted) > 0)
            sent = time.perf_counter() - begun
            return Start(ready, received, sent, processor(daemon))
        finally:
            await daemon.close()
            systemd.close()


async def filled(it: Rig, configuration: Path) -> None:
    """A store with a message that waits: accepted by a daemon whose modem is not there."""
    configuration.write_text(it.configuration())
    async with it.running(modems=[{"name": "north", "port": "/nowhere"}]) as client:
        assert isinstance(client, AsyncClient)
        await client.send(PHONE, "waiting in the store")


async def until(condition: Callable[[], bool]) -> None:
    """Look again in a millisecond: nothing that costs the daemon anything."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.001)


def processor(daemon: Running) -> float:
    """Seconds that all threads of the process have had so far."""
    tasks = Path(f"/proc/{daemon.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    asyncio.run(main(count, [HERE, *(Path(each).resolve() for each in sys.argv[2:])]))
