"""How long the server takes for each page, on a store with many messages: ``python -m tests.benchmarks.bench_pages [--messages 1000000]``.

Each figure is the median and the longest of 15 requests in milliseconds, from the request to the last octet, with the daemon in the same
process. The desk gathers its conversations when somebody looks first: that is a line of its own.
"""

import argparse
import asyncio
import signal
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks.bench_core import fill
from tests.gateways.web.pages.scene import Scene, scene

TIMES = 15


async def _time(desk: Scene, path: str) -> str:
    taken: list[float] = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = await desk.get(path, **{"Accept-Encoding": "gzip"})
        taken.append(1000 * (time.perf_counter() - begun))
        assert answer.status == 200, (path, answer)
    return (
        f"{statistics.median(taken):7.1f} {max(taken):7.1f} ms   {len(answer.body) / 1000:5.1f} kB"
    )


async def measure(count: int, wanted: list[str]) -> None:
    """Fill a store, and look at every page."""
    with tempfile.TemporaryDirectory() as directory:
        async with scene(Path(directory)):
            pass  # the schema is there
        fill(Path(directory) / "state/gsmd.db", count)
        async with scene(Path(directory)) as desk:
            # the daemon in here takes it for its own, and a page would find it gone: it is the whole that is to end
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            begun = time.perf_counter()
            await desk.get("/inbox")
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
            for path in (each for each in paths if not wanted or each.startswith(tuple(wanted))):
                shown = path.replace(newest["peer"], "PEER").replace(newest["id"], "ID")
                print(f"{shown:34} {await _time(desk, path)}")


def main() -> None:
    """By the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("paths", nargs="*", help="only paths that begin like this")
    given = parser.parse_args()
    asyncio.run(measure(given.messages, given.paths))


if __name__ == "__main__":
    main()
