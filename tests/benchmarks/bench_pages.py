"""How long the server takes for each page, on a store with many messages: ``make bench-pages``.

    python -m tests.benchmarks.bench_pages [--messages 1000000] [--store FILE] [--calls] [PATH …]

Each figure is the median and the longest of 15 requests in milliseconds, from the request to the last octet, and the processor time of one,
with the daemon in the same process. The desk gathers its conversations when somebody looks first: that is a line of its own. ``--store`` keeps the store for another time;
``--calls`` tells below each page what it asked of the daemon, and how long that took.
"""

import argparse
import asyncio
import shutil
import signal
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gsmd.gateways.web.daemon import Daemon
from gsmd.protocol.method import Method
from tests.benchmarks.large_store import fill
from tests.gateways.web.pages.scene import Scene, scene

TIMES = 15


class Calls:
    """How long each call of the daemon took, by what was asked."""

    def __init__(self) -> None:
        self.taken: defaultdict[str, list[float]] = defaultdict(list)

    def tell(self) -> None:
        """Print what was asked since the last time."""
        for name, taken in self.taken.items():
            print(f"    {statistics.median(taken):7.1f} {max(taken):7.1f} ms   {name}")
        self.taken.clear()

    def listen(self) -> None:
        """Hear of every call from now on."""
        usual = Daemon.call

        async def timed(
            daemon: Daemon, method: Method[Any, Any], params: Mapping[str, Any], actor: str
        ) -> Any:
            begun = time.perf_counter()
            try:
                return await usual(daemon, method, params, actor)
            finally:
                given = " ".join(f"{name}={value}" for name, value in params.items())
                took = 1000 * (time.perf_counter() - begun)
                self.taken[f"{method.name} {given}"[:100]].append(took)

        setattr(Daemon, "call", timed)  # noqa: B010 -- a benchmark looks in, here alone


async def _time(desk: Scene, path: str) -> str:
    taken: list[float] = []
    computed = time.process_time()
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = await desk.get(path, **{"Accept-Encoding": "gzip"})
        taken.append(1000 * (time.perf_counter() - begun))
        assert answer.status == 200, (path, answer)
    computed = 1000 * (time.process_time() - computed) / TIMES
    times = (
        f"{statistics.median(taken):7.1f} {max(taken):7.1f} ms   {computed:7.1f} ms of processor"
    )
    return f"{times}   {len(answer.body) / 1000:5.1f} kB"


async def _stored(path: Path, count: int, kept: Path | None) -> None:
    """Have a store with that many messages at ``path``."""
    async with scene(path.parents[1]):
        pass  # the schema is there
    if kept is not None and kept.exists():
        await asyncio.to_thread(shutil.copyfile, kept, path)
        return
    fill(path, count, int(time.time() - count - 3600) * 1000)


async def measure(count: int, wanted: list[str], kept: Path | None, *, calls: bool) -> None:
    """Fill a store, and look at every page."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "state/gsmd.db"
        await _stored(path, count, kept)
        async with scene(Path(directory)) as desk:
            # the daemon in here takes it for its own, and a page would find it gone: it is the whole that is to end
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            begun = time.perf_counter()
            await desk.client.call("conversations.list", limit=1)
            print(f"{'first look at the inbox':34} {time.perf_counter() - begun:7.2f} s")
            begun = time.perf_counter()
            await desk.client.call("stats.get")
            print(
                f"{'figures, summed up for the first time':34} {time.perf_counter() - begun:7.2f} s"
            )
            listed = await desk.client.call("messages.list", limit=1)
            newest = listed["messages"][0]
            paths = (
                *(
                    "/inbox",
                    "/inbox?view=all",
                    f"/inbox/{newest['peer']}",
                    f"/messages/{newest['id']}",
                ),
                *("/compose", "/search", "/search?q=text", "/search?q=state:failed", "/queues"),
                *("/queues?state=failed", "/queues/handlers", "/queues/dead", "/modems/north"),
                *(
                    "/campaigns",
                    "/campaigns/new",
                    "/lists",
                    "/polls",
                    "/forms",
                    "/contests",
                    "/codes",
                ),
                *(
                    "/keywords",
                    "/figures",
                    "/figures?span=1y",
                    "/figures/times",
                    "/figures/failures",
                ),
                *("/figures/answers", "/figures/answers?span=1y"),
                *("/settings", "/settings/people", "/settings/tokens", "/settings/audit", "/setup"),
            )
            asked = Calls()
            if calls:
                asked.listen()
            for at in (each for each in paths if not wanted or each.startswith(tuple(wanted))):
                shown = at.replace(newest["peer"], "PEER").replace(newest["id"], "ID")
                print(f"{shown:34} {await _time(desk, at)}")
                asked.tell()
        if kept is not None:  # with its conversations and summaries, which take the longest
            await asyncio.to_thread(shutil.copyfile, path, kept)


def main() -> None:
    """By the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("paths", nargs="*", help="only paths that begin like this")
    parser.add_argument("--store", type=Path, help="a file that keeps the store for another time")
    parser.add_argument("--calls", action="store_true", help="tell what each page asked")
    given = parser.parse_args()
    asyncio.run(measure(given.messages, given.paths, given.store, calls=given.calls))


if __name__ == "__main__":
    main()
