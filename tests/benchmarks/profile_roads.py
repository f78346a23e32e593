"""What a message costs on each stretch of its road: `python -m tests.benchmarks.profile_roads [--beside COMMIT]`.

The core on a table (`tests.core.bench`): a real store, and a modem that does as it is told at once, so that what is
measured is ours alone. One message after the other. Of each stretch: microseconds of processor time on the event loop
and on the writer's thread, commits, SQL statements, pages and octets of the log, and what stays allocated; then its
jobs and the tables and indexes that it writes to. Times come from a life in which nothing else is counted.

``--beside COMMIT`` runs the same with gsmd as it was then, in turn with ours, and prints the ratios.
"""

import argparse
import asyncio
import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from gsmd.store.ledger import Transaction
from tests.benchmarks.on_disk import on_disk
from tests.benchmarks.wal_pages import WalPages
from tests.core.bench import Bench, bench, deliver, status_report

HANDLER = "crm"
FIGURES = ("loop us", "writer us", "commits", "statements", "pages", "KiB", "blocks kept")
Figures = dict[str, float]


class Meter:
    """Costs of one stretch after the other. ``counting``: statements, pages and memory, which disturbs the times."""

    def __init__(self, it: Bench, messages: int, *, counting: bool) -> None:
        self.figures: dict[str, Figures] = {}
        self.details: dict[str, list[str]] = {}
        self._it, self._messages, self._counting = it, messages, counting
        self._pages = WalPages(it.path)
        self._commits = 0
        self._job = "(commit)"
        self._statements: Counter[str] = Counter()
        self._times: Counter[str] = Counter()

    async def attach(self) -> None:
        """From now on the writer's thread is watched."""
        ledger = self._it.app._ledger
        write = ledger._write

        def watched(job: Callable[[Transaction], Any], *more: Any) -> Awaitable[Any]:
            return write(partial(self._run, job), *more)

        ledger._write = watched  # type: ignore[method-assign, assignment] # a look from outside
        self._clock = await self._it.database.write(_writer_clock)
        if self._counting:
            await self._it.database.write(
                lambda connection: connection.set_trace_callback(self._trace)
            )

    def committed(self, when: str) -> None:
        """The hook around commits, on the writer's thread."""
        if when == "after":
            self._commits += 1
            if self._counting:
                self._pages.read()

    def _run(self, job: Callable[[Transaction], Any], transaction: Transaction) -> Any:
        inner = job.func if isinstance(job, partial) else job
        self._job = getattr(inner, "__qualname__", str(inner)).replace(".<locals>", "")
        begun = time.thread_time()
        try:
            return job(transaction)
        finally:
            self._times[self._job] += int((time.thread_time() - begun) * 1e9)
            self._job = "(commit)"

    def _trace(self, statement: str) -> None:
        if not statement.startswith("--"):  # what a trigger does is part of the statement
            self._statements[self._job] += 1

    @asynccontextmanager
    async def stretch(self, name: str) -> AsyncIterator[None]:
        """What happens inside, for all messages, is the cost of it."""
        await self._it.settled()
        if self._counting:
            self._pages.forget()
            tracemalloc.start()
        self._statements.clear()
        self._times.clear()
        self._commits, blocks = 0, sys.getallocatedblocks()
        loop, writer = time.thread_time(), time.clock_gettime(self._clock)
        yield
        loop, writer = time.thread_time() - loop, time.clock_gettime(self._clock) - writer
        blocks = sys.getallocatedblocks() - blocks
        tracemalloc.stop()
        await self._it.settled()
        values = (loop * 1e6, writer * 1e6, self._commits, self._statements.total())
        pages = (self._pages.pages.total(), self._pages.octets / 1024, blocks)
        each = [value / self._messages for value in (*values, *pages)]
        self.figures[name] = dict(zip(FIGURES, each, strict=True))
        self.details[name] = self._detail()

    def _detail(self) -> list[str]:
        count = self._messages
        if not self._counting:
            return [
                f"{spent / 1000 / count:8.1f} us  {job}"
                for job, spent in self._times.most_common()
                if spent / count > 100
            ]
        lines = [f"{n / count:8.1f} statements  {job}" for job, n in self._statements.most_common()]
        trees = self._pages.by_tree().most_common()
        return lines + [f"{n / count:8.2f} pages  {tree}" for tree, n in trees if n / count > 0.02]


def _writer_clock(_: sqlite3.Connection) -> int:
    import threading

    return time.pthread_getcpuclockid(threading.get_ident())


async def live(directory: Path, messages: int, *, counting: bool) -> Meter:
    """All stretches once, ``messages`` on each."""
    async with bench(directory) as it:
        await it.stop()
        meter = Meter(it, messages, counting=counting)
        it.on_commit = meter.committed
        await it.start()
        worker = await it.worker(HANDLER, room=1)
        it.app.handlers.unsubscribe(HANDLER, worker)
        await meter.attach()
        async with meter.stretch("in"):
            for number in range(messages):
                it.modem.arrive(
                    *deliver(f"What a message of ordinary length says: {number}", at=number)
                )
                await until(it, lambda n=number: len(it.told("message.received")) > n)  # type: ignore[misc] # a lambda of mypy's own mind
                while it.modem.slots:
                    await asyncio.sleep(0)
        async with meter.stretch("hand over, settle"):
            worker = await it.worker(HANDLER, room=1)
            await until(it, lambda: len(it.told("message.handled")) >= messages)
        it.app.handlers.unsubscribe(HANDLER, worker)
        it.modem.vanish()
        sent = []
        async with meter.stretch("accept"):
            for number in range(messages):
                more: dict[str, Any] = {
                    "to": f"+3361{number:07}",
                    "handler": HANDLER,
                    "receipt": True,
                    "report": True,
                }
                sent.append(
                    await it.send(f"What an answer of ordinary length says: {number}", **more)
                )
        async with meter.stretch("out"):
            await it.modem.appear()
            await until(it, lambda: len(it.told("message.sent")) >= messages)
        async with meter.stretch("report, receipt"):
            for number, message in enumerate(sent):
                report = status_report((number + 1) % 256, message.peer, at=message.created_at)
                it.modem.arrive(report)
                await until(it, lambda n=number: len(it.told("message.delivered")) > n)  # type: ignore[misc] # likewise
                while it.modem.slots:
                    await asyncio.sleep(0)
        async with meter.stretch("receipt, settle"):
            worker = await it.worker(HANDLER, room=1)
            await worker.gets(messages)
        return meter


async def until(it: Bench, true: Callable[[], bool]) -> None:
    """Wait for events, and for nothing else: a look now and then would be counted."""
    while not true():
        it._heard.clear()
        await it._heard.wait()


def measured(messages: int) -> tuple[dict[str, Figures], dict[str, list[str]]]:
    """Times from one life, the rest from another."""
    figures: dict[str, Figures] = {}
    details: dict[str, list[str]] = {}
    for counting in (False, True):
        with on_disk() as directory:
            meter = asyncio.run(live(directory, messages, counting=counting))
        for name, each in meter.figures.items():
            timed = FIGURES[:2]
            kept = {n: v for n, v in each.items() if (n in timed) is not counting or n == "commits"}
            figures.setdefault(name, {}).update(kept)
            details.setdefault(name, []).extend(meter.details[name])
    return figures, details


def beside(commit: str, messages: int, rounds: int) -> None:
    """Ours and that of a commit in turn; the medians, and how ours is to theirs."""
    with tempfile.TemporaryDirectory(prefix="gsmd-profile-") as name:
        there = Path(name)
        packed = subprocess.run(
            ["git", "archive", commit, "gsmd", "tests"], capture_output=True, check=True
        )
        subprocess.run(["tar", "x", "-C", name], input=packed.stdout, check=True)
        for each in ("profile_roads", "on_disk", "wal_pages"):
            shutil.copy(f"tests/benchmarks/{each}.py", there / "tests" / "benchmarks")
        found: dict[Path, list[dict[str, Figures]]] = {there: [], Path.cwd(): []}
        for _ in range(rounds):
            for directory, results in found.items():
                command = [sys.executable, "-m", "tests.benchmarks.profile_roads", "--json"]
                command += ["--messages", str(messages)]
                done = subprocess.run(command, cwd=directory, capture_output=True, check=True)
                results.append(json.loads(done.stdout))
    before, now = found.values()
    print(f"{'':20}" + "".join(f"{each:>22}" for each in FIGURES))
    for stretch in now[0]:
        cells = []
        for figure in FIGURES:
            was, is_ = (
                statistics.median(each[stretch][figure] for each in side) for side in (before, now)
            )
            cells.append(f"{was:8.1f} {is_:7.1f} {is_ / was if was else 1:5.2f}")
        print(f"{stretch:20}" + "".join(f"{cell:>22}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--beside", metavar="COMMIT")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.beside:
        beside(asked.beside, asked.messages, asked.rounds)
        return
    figures, details = measured(asked.messages)
    if asked.json:
        print(json.dumps(figures))
        return
    print(f"{'':20}" + "".join(f"{each:>13}" for each in FIGURES))
    for name, each in figures.items():
        print(f"{name:20}" + "".join(f"{each[figure]:13.1f}" for figure in FIGURES))
    for name, lines in details.items():
        print(f"\n{name}, a message", *lines, sep="\n")


if __name__ == "__main__":
    main()
