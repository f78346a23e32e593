"""A store with a million messages: how long what people and programs do takes, beside a store with a thousand.

Run by `bench_core`. Each line is the median, and that of the processor's time: on a machine with other work it is this that is held
to the bound that the line names. Those that break theirs are told at the end, and `bench_core` ends with 1.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from gsmd.config import Config, InboundConfig, ModemConfig
from gsmd.core.app import App
from gsmd.protocol.message import Direction, State
from gsmd.protocol.messages import MessageListParams, Page, SendParams
from gsmd.protocol.methods import METHODS
from gsmd.protocol.params import read
from gsmd.protocol.stats import By
from gsmd.protocol.types import Moment
from gsmd.store.engine.database import Database
from gsmd.store.tables import meta
from tests.benchmarks.large_store import BEGINNING, filled, keep, kept
from tests.benchmarks.on_disk import on_disk
from tests.core.bench import Worker
from tests.core.fake_modem import FakeModem

LIST, FIGURE = 5.0, 50.0
"""Milliseconds that the median of a list, and of a figure, is to take at most."""

TIMES = 20


class Caller:
    """Somebody at the socket."""

    user = "anna"


@dataclass
class Look:
    """A core on a store of that size, and what is to be told of it."""

    app: App
    size: int
    numbers: int = 0
    over: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.methods = {each.method.name: each.function for each in self.app.methods()}

    async def call(self, name: str, **params: Any) -> Any:
        return await self.methods[name](Caller(), read(METHODS[name].params, params))

    async def listed(self, **query: Any) -> Page:
        return await self.app.messages.list(MessageListParams(**query))

    async def send(self) -> None:
        self.numbers += 1
        await self.app.messages.send(SendParams(to=f"+3361{self.numbers:07}", text="hello"))

    async def time(
        self, what: str, call: Callable[[], Awaitable[Any]], bound: float | None = None
    ) -> None:
        """Do it some times, and tell the median."""
        times, worked = [], []
        for _ in range(TIMES):
            start, before = time.perf_counter(), time.process_time()
            await call()
            times.append((time.perf_counter() - start) * 1000)
            worked.append((time.process_time() - before) * 1000)
        took, work = statistics.median(times), statistics.median(worked)
        least = "" if bound is None else f" (< {bound:.0f})"
        told(f"  {what}", f"{took:.2f} ms{least}, of the processor {work:.2f}")
        if bound is not None and work >= bound:
            self.over.append(f"{what}: {work:.2f} ms of the processor alone, not {bound:.0f}")

    @asynccontextmanager
    async def others(self) -> AsyncIterator[None]:
        """Somebody who sends and reads again and again meanwhile: how long they have to wait is told."""
        sends, reads = [0.0], [0.0]

        async def work() -> None:
            while True:
                for times, call in ((sends, self.send), (reads, partial(self.listed, limit=1))):
                    start = time.perf_counter()
                    await call()
                    times.append((time.perf_counter() - start) * 1000)
                await asyncio.sleep(0.005)

        working = asyncio.create_task(work())
        try:
            yield
        finally:
            working.cancel()
            await asyncio.wait([working])
            for what, times in (("send", sends), ("list of one", reads)):
                figures = f"{statistics.median(times):.1f} ms, at most {max(times):.1f}"
                told(f"    a {what} meanwhile, {len(times) - 1} times", figures)


def told(name: str, value: str) -> None:
    print(f"{name:62} {value}", flush=True)


async def million(size: int, only: str | None, *, reuse: bool) -> list[str]:
    """Print it all; returns which bounds are broken."""
    over = []
    for each in (1000, max(size, 1_000_000)):
        with kept(each) if reuse else on_disk() as directory:
            path, start = directory / "gsmd.db", time.monotonic()
            if not path.exists():
                await filled(path, each)
                if reuse:
                    keep(path, each)
            took = (
                f"{path.stat().st_size / 1e6:.0f} MB, there after {time.monotonic() - start:.0f} s"
            )
            told(f"store of {each} messages", took)
            over += await _in_a_store(directory, each, only)
    for each_ in over:
        told("over its bound", each_)
    return over


async def _in_a_store(directory: Path, size: int, only: str | None) -> list[str]:
    config = Config(
        state_dir=directory,
        modems=(ModemConfig(name="north", port="/dev/null"),),
        inbound=InboundConfig(retention=None),
    )
    start = time.perf_counter()
    database = await Database.open(directory / "gsmd.db")
    app = await App.open(config, database, None, FakeModem)  # type: ignore[arg-type] # it is what core uses of a Modem
    told("  start", f"{(time.perf_counter() - start) * 1000:.1f} ms")
    look = Look(app, size)
    for name, part in PARTS.items():
        if only in {None, name}:
            await part(look)
    await app.close()
    return look.over


async def lists(look: Look) -> None:
    """Messages, page by page."""
    newest = (await look.listed(limit=1)).messages[0]
    peer, middle = "+33620000007", BEGINNING + look.size // 2 * 1000
    at = Moment.fromisoformat(datetime.fromtimestamp(middle / 1000, UTC).isoformat())
    await look.time("send", look.send)
    queries: dict[str, dict[str, Any]] = {
        "newest 100": {},
        "outbound": {"direction": Direction.OUTBOUND},
        "of one peer": {"peer": peer},
        "page in the middle": {"after": f"{middle}.{look.size // 2}"},
        "until the middle": {"until": at},
        "since the middle": {"since": at},
        "of one peer until the middle": {"peer": peer, "until": at},
        "of one peer in one state": {"peer": peer, "state": State.HANDLED},
        "of a modem in a state, tagged, until the middle": {
            "modem": "north", "state": State.DELIVERED, "tag": "news 1", "until": at,
        },
        "a modem's in a state it never had": {"modem": "north", "state": State.DEAD},
        "a search that finds much": {"search": "MESSAGE"},
    }  # fmt: skip
    for what, query in queries.items():
        await look.time(f"list, {what}", partial(look.listed, **query), LIST)
    for what, call in {
        "show": lambda: look.app.messages.show(newest.id),
        "subscribe": lambda: look.app.handlers.subscribe("crm", Worker(8)),
        "handlers": look.app.handlers.status,
    }.items():
        await look.time(what, call)


async def figures(look: Look) -> None:
    """The first time they are asked for, and from then on."""
    start = time.perf_counter()
    async with look.others():
        await look.call("stats.get")
    told(
        "  stats, all there is, summed up for the first time",
        f"{time.perf_counter() - start:.2f} s",
    )
    narrowed = {"tag": "news 1", "since": "2026-01-03T04:05:06Z", "until": "2026-01-10T11:12:13Z"}
    of_all: list[tuple[str, dict[str, str]]] = [("stats.get", {})]
    of_all += [("stats.get", {"by": str(by)}) for by in By]
    of_all += [("stats.series", {"step": each}) for each in ("15m", "hour", "day", "week", "month")]
    of_all += [(f"stats.{each}", {}) for each in ("heatmap", "latency", "countries")]
    for name, params in of_all:
        what = "".join(f", {key} {value}" for key, value in params.items())
        await look.time(f"{name}, all there is{what}", partial(look.call, name, **params), FIGURE)
    for name in ("get", "series", "heatmap", "latency", "countries"):
        params = {**narrowed, "step": "hour"} if name == "series" else narrowed
        await look.time(
            f"stats.{name}, of a tag, a week", partial(look.call, f"stats.{name}", **params), FIGURE
        )
    since = {"modem": "north", "since": "2026-01-01T00:00:00Z"}
    await look.time("modems.history", partial(look.call, "modems.history", **since), FIGURE)


async def desk(look: Look) -> None:
    """The first look at the desk, and from then on. Somebody keeps up with the newest thousand conversations."""
    start = time.perf_counter()
    async with look.others():
        page = await look.call("conversations.list", limit=1000)
    told("  conversations, gathered for the first time", f"{time.perf_counter() - start:.2f} s")
    for number, each in enumerate(page.conversations):
        await look.call("conversations.read", peer=each.peer, by="anna")
        if number % 10 == 0:
            settings = {"state": "closed", "labels": ["support"], "assignee": "anna"}
            await look.call("conversations.set", peer=each.peer, **settings)
    middle = await look.call("conversations.list", limit=len(page.conversations) // 2 or 1)
    for what, params in {
        "newest 100": {},
        "newest 100, what anna has not read is counted": {"reader": "anna"},
        "newest 100, nothing of which ben has read": {"reader": "ben"},
        "that anna has not read": {"unread_by": "anna"},
        "page in the middle": {"after": middle.next},
        "closed": {"state": "closed"},
        "open and nobody's": {"state": "open", "assignee": ""},
        "with a label": {"label": "support"},
    }.items():
        listed = partial(look.call, "conversations.list", **params)
        await look.time(f"conversations, {what}", listed, LIST)
    peer = page.conversations[0].peer
    await look.time("conversations.get", partial(look.call, "conversations.get", peer=peer), LIST)
    setting = partial(look.call, "conversations.set", peer=peer, assignee="ben")
    await look.time("conversations.set", setting)


async def texts(look: Look) -> None:
    """Searches, before there is an index, and with it: the first search has it made."""
    await _without_an_index(look)
    await _until_texts_are_indexed(look)
    for search in ("MESSAGE", "message 99999", "nowhere"):
        await look.time(f"list, search for {search!r}", partial(look.listed, search=search), LIST)
    for search in ("MESSAGE", "message 99999", "+33620000077", "nowhere"):
        listed = partial(look.call, "conversations.list", search=search)
        await look.time(f"conversations, search for {search!r}", listed, LIST)


async def _without_an_index(look: Look) -> None:
    """Page after page until the end: how long all take, and the longest."""
    start, longest, pages, after = time.perf_counter(), 0.0, 0, None
    async with look.others():
        while pages == 0 or after is not None:
            begun = time.perf_counter()
            after = (await look.listed(search="nowhere", after=after)).next
            longest, pages = max(longest, time.perf_counter() - begun), pages + 1
    took = (
        f"{time.perf_counter() - start:.2f} s, {pages} pages, {longest * 1000:.0f} ms the longest"
    )
    told("  list, a search that finds nothing, without an index", took)


async def _until_texts_are_indexed(look: Look) -> None:
    start = time.perf_counter()
    working = asyncio.create_task(look.app.run())
    async with look.others():
        while True:
            await look.call("conversations.list", search="message 1")
            last, reach = await look.app._ledger.read(_texts)
            if last - reach <= 3000:
                break
            await asyncio.sleep(0.1)
    told("  index of texts, made in the background", f"{time.perf_counter() - start:.1f} s")
    working.cancel()
    await asyncio.wait([working])


def _texts(connection: Any) -> tuple[int, int]:
    """The newest message, and up to which one texts are in the index."""
    (last,) = connection.execute("SELECT max(seq) FROM message").fetchone()
    return last, int(meta.get(connection, "desk.texts") or 0)


PARTS = {each.__name__: each for each in (lists, figures, desk, texts)}
