"""How fast messages go in and out, and how a store with a million of them behaves.

    python -m tests.benchmarks.bench_core [NAME …] [--messages N]

Each figure is one line with its name. Except for ``million``, the daemon is a process of its own
with a real store on the disk of the working directory; modem and network are simulated in this one.
"""

import argparse
import asyncio
import json
import signal
import sqlite3
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml

from gsmd.config import Config, InboundConfig, ModemConfig
from gsmd.core.app import App
from gsmd.protocol.message import Direction, State
from gsmd.protocol.messages import MessageListParams, SendParams
from gsmd.protocol.methods import METHODS
from gsmd.protocol.params import read
from gsmd.protocol.stats import By
from gsmd.protocol.types import Moment
from gsmd.simulator import Network, PtyModem, Sim, SimulatedModem
from gsmd.store.engine.database import Database
from gsmd.store.tables import meta
from tests.benchmarks.on_disk import on_disk
from tests.core.bench import Worker
from tests.core.fake_modem import FakeModem

TEXT = "Your parcel is at the corner shop."
LINE = 115_200
PATIENCE = 300.0
BEGINNING = 1_767_268_800_000
"""When the first message of a large store came, in milliseconds; the others follow, one a second."""


@dataclass
class Shop:
    """A daemon, a modem, and a program that takes and sends messages."""

    directory: Path
    network: Network
    modem: SimulatedModem
    plug: PtyModem
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    taken: list[float] = field(default_factory=list)
    accepted: int = 0
    cost: dict[str, float] = field(default_factory=dict)

    def call(self, method: str, params: Any) -> None:
        call = {"jsonrpc": "2.0", "id": method, "method": method, "params": params}
        self.writer.write(json.dumps(call).encode() + b"\n")

    async def listen(self) -> None:
        async for line in self.reader:
            said = json.loads(line)
            if said.get("method") == "inbox.deliver":
                self.taken.append(time.monotonic())
                answer = {"jsonrpc": "2.0", "id": said["id"], "result": None}
                self.writer.write(json.dumps(answer).encode() + b"\n")
            elif said.get("id") == "messages.send":
                self.accepted += 1

    async def queue(self, count: int) -> None:
        """Have that many messages accepted, each to a number of its own, while no modem is there."""
        for number in range(count):
            params = {"to": f"+3361{number:07}", "text": f"{TEXT} {number}"}
            self.call("messages.send", params)
        await until(lambda: self.accepted == count)

    async def arrive(self, count: int) -> None:
        """Let phones send that many messages, each phone one."""
        for number in range(count):
            phone = self.network.phone(f"+3362{number:07}")
            assert self.modem.sim is not None
            phone.send(self.modem.sim.number, f"{TEXT} {number}")


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def shop(*, baudrate: int | None = None, plugged: bool = True) -> AsyncIterator[Shop]:
    with on_disk() as directory:
        network = Network()
        modem = SimulatedModem(Sim(number="+33600000001", slots=30), network)
        plug = PtyModem(modem, link=directory / "modem", baudrate=baudrate)
        if plugged:
            plug.open()
        config = {
            "state_dir": str(directory / "state"),
            "socket": {"path": str(directory / "gsmd.sock")},
            "modems": [{"name": "north", "port": str(directory / "modem")}],
            "handlers": [{"name": "crm", "socket": True}],
        }
        (directory / "gsmd.yaml").write_text(yaml.safe_dump(config))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.benchmarks.measured_daemon",
            directory / "gsmd.yaml",
            stdout=asyncio.subprocess.PIPE,
        )
        await until((directory / "gsmd.sock").exists)
        reader, writer = await asyncio.open_unix_connection(directory / "gsmd.sock")
        it = Shop(directory, network, modem, plug, reader, writer)
        listening = asyncio.create_task(it.listen())
        it.call("inbox.subscribe", {"handler": "crm", "max_in_flight": 32})
        try:
            yield it
        finally:
            listening.cancel()
            writer.close()
            process.send_signal(signal.SIGTERM)
            assert process.stdout is not None
            it.cost.update(json.loads(await process.stdout.read()))
            await process.wait()
            plug.close()


def told(name: str, value: str) -> None:
    print(f"{name:62} {value}", flush=True)


def told_cost(it: Shop, count: int) -> None:
    told("  CPU seconds per message, start and bring-up included", f"{it.cost['cpu'] / count:.5f}")
    told("  fsyncs per message", f"{(it.cost['commits'] + 3 * it.cost['checkpoints']) / count:.2f}")


async def ready(it: Shop) -> None:
    """Until the modem reads its storage: a first message comes through."""
    phone = it.network.phone("+33699999999")
    phone.send("+33600000001", "first")
    await until(lambda: len(it.taken) == 1)
    it.taken.clear()


async def incoming(count: int) -> None:
    """Messages that arrive as fast as the modem takes them, until each was taken by the program."""
    async with shop() as it:
        await ready(it)
        start = time.monotonic()
        await it.arrive(count)
        await until(lambda: len(it.taken) == count)
        told(f"in, no delay, {count} messages", f"{count / (it.taken[-1] - start):.0f}/s")
    told_cost(it, count)


async def _send_all(it: Shop, count: int) -> list[float]:
    """When the network took each of the messages that wait."""
    await it.queue(count)
    it.plug.open()
    await until(lambda: len(it.network.submitted) == count)
    return [submission.at for submission in it.network.submitted]


async def outgoing(count: int) -> None:
    """A queue that goes out as fast as the modem takes it."""
    async with shop(plugged=False) as it:
        at = await _send_all(it, count)
        told(f"out, no delay, {count} messages", f"{(count - 1) / (at[-1] - at[0]):.0f}/s")
    told_cost(it, count)


async def utilisation(_count: int) -> None:
    """A queue of 100 with half a second in the network each: what part of the time is spent there."""
    count, delay = 100, 0.5
    async with shop(plugged=False) as it:
        it.network.faults.answer_delay = delay
        at = await _send_all(it, count)
        used = (count - 1) * delay / (at[-1] - at[0])
        told("time in the network / wall time, 0.5 s each, queue of 100 (>= 99 %)", f"{used:.1%}")


async def burst(_count: int) -> None:
    """230 messages held back by the network behind a SIM with 30 slots, at 115200 baud."""
    count = 230
    async with shop(baudrate=LINE) as it:
        await ready(it)
        start = time.monotonic()
        await it.arrive(count)
        await until(lambda: len(it.taken) == count)
        assert it.modem.sim is not None
        await until(lambda: it.modem.sim is not None and not it.modem.sim.messages.used)
        told(
            "burst of 230 behind 30 slots at 115200 baud (< 4.5 s)",
            f"{time.monotonic() - start:.2f} s",
        )
    told_cost(it, count)


async def line(_count: int) -> None:
    """A queue that goes out over a serial line at 115200 baud, without delay in the network."""
    count = 200
    async with shop(baudrate=LINE, plugged=False) as it:
        at = await _send_all(it, count)
        told("out at 115200 baud (about 55/s)", f"{(count - 1) / (at[-1] - at[0]):.1f}/s")
    told_cost(it, count)


# a store with a million messages


async def million(count: int) -> None:
    """Time of what people and programs do, in a small store and in one with a million messages."""
    for size in (1000, max(count, 1_000_000)):
        with on_disk() as directory:
            await _in_a_store_of(directory, size)


async def _in_a_store_of(directory: Path, size: int) -> None:
    path = directory / "gsmd.db"
    await (await Database.open(path)).close()
    start = time.monotonic()
    fill(path, size)
    told(
        f"store of {size} messages",
        f"{path.stat().st_size / 1e6:.0f} MB, filled in {time.monotonic() - start:.0f} s",
    )
    config = Config(
        state_dir=directory,
        modems=(ModemConfig(name="north", port="/dev/null"),),
        inbound=InboundConfig(retention=None),
    )
    start = time.perf_counter()
    database = await Database.open(path)
    app = await App.open(config, database, None, FakeModem)  # type: ignore[arg-type] # it is what core uses of a Modem
    told("  start", f"{(time.perf_counter() - start) * 1000:.1f} ms")
    newest = (await app.messages.list(MessageListParams(limit=1))).messages[0]
    numbers = iter(range(10**6))
    middle = Middle.of(size)

    async def everything(query: MessageListParams) -> None:
        while (page := await app.messages.list(query)).next is not None:
            query = msgspec.structs.replace(query, after=page.next)

    for what, call in {
        "send": lambda: app.messages.send(SendParams(to=f"+3361{next(numbers):07}", text="hello")),
        "list, newest 100": lambda: app.messages.list(MessageListParams()),
        "list, outbound": lambda: app.messages.list(
            MessageListParams(direction=Direction.OUTBOUND)
        ),
        "list, of one peer": lambda: app.messages.list(MessageListParams(peer="+33620000007")),
        "list, page in the middle": lambda: app.messages.list(
            MessageListParams(after=middle.cursor)
        ),
        "list, until the middle": lambda: app.messages.list(
            MessageListParams(until=Moment.fromisoformat(middle.at.isoformat()))
        ),
        "list, since the middle": lambda: app.messages.list(
            MessageListParams(since=Moment.fromisoformat(middle.at.isoformat()))
        ),
        "list, of one peer until the middle": lambda: app.messages.list(
            MessageListParams(
                peer="+33620000007", until=Moment.fromisoformat(middle.at.isoformat())
            )
        ),
        "list, of one peer in one state": lambda: app.messages.list(
            MessageListParams(peer="+33620000007", state=State.HANDLED)
        ),
        "list, of a modem in a state, tagged, until the middle": lambda: app.messages.list(
            MessageListParams(
                modem="north",
                state=State.DELIVERED,
                tag="news 1",
                until=Moment.fromisoformat(middle.at.isoformat()),
            )
        ),
        "list, a modem's in a state it never had": lambda: app.messages.list(
            MessageListParams(modem="north", state=State.DEAD)
        ),
        "list, a search that finds much": lambda: app.messages.list(
            MessageListParams(search="MESSAGE")
        ),
        "list, a search that finds nothing": lambda: everything(
            MessageListParams(search="nowhere")
        ),
        "show": lambda: app.messages.show(newest.id),
        "subscribe": lambda: app.handlers.subscribe("crm", Worker(8)),
        "handlers": app.handlers.status,
    }.items():
        told(f"  {what}", await _time(call))
    await statistics_of(app)
    await conversations_of(app)
    await app.close()


async def statistics_of(app: App) -> None:
    """The first time they are asked for, and from then on."""
    methods = {each.method.name: each.function for each in app.methods()}

    async def figure(name: str, **params: Any) -> None:
        await methods[name](Caller(), read(METHODS[name].params, params))

    start = time.perf_counter()
    await figure("stats.get")
    told("  stats, all there is, for the first time", f"{time.perf_counter() - start:.2f} s")
    told("  stats, all there is", await _time(partial(figure, "stats.get")))
    for by in By:
        took = await _time(partial(figure, "stats.get", by=str(by)))
        told(f"  stats, all there is, by {by}", took)
    for step in ("15m", "hour", "day", "week", "month"):
        took = await _time(partial(figure, "stats.series", step=step))
        told(f"  stats.series, all there is, step {step}", took)
    for name in ("heatmap", "latency", "countries"):
        told(f"  stats.{name}, all there is", await _time(partial(figure, f"stats.{name}")))
    narrowed = {"tag": "news 1", "since": "2026-01-03T04:05:06Z", "until": "2026-01-10T11:12:13Z"}
    for name in ("get", "heatmap", "latency", "countries"):
        took = await _time(partial(figure, f"stats.{name}", **narrowed))
        told(f"  stats.{name}, of a tag, a week", took)
    took = await _time(partial(figure, "stats.series", step="hour", **narrowed))
    told("  stats.series, of a tag, a week, step hour", took)
    took = await _time(
        partial(figure, "modems.history", modem="north", since="2026-01-01T00:00:00Z")
    )
    told("  modems.history", took)


async def conversations_of(app: App) -> None:
    """The first look at the desk, and from then on. Somebody keeps up with the newest thousand conversations."""
    methods = {each.method.name: each.function for each in app.methods()}

    async def call(verb: str, **params: Any) -> Any:
        name = f"conversations.{verb}"
        return await methods[name](Caller(), read(METHODS[name].params, params))

    async def everything(**params: Any) -> None:
        while (page := await call("list", **params)).next is not None:
            params["after"] = page.next

    start = time.perf_counter()
    page = await call("list", limit=1000)
    told("  conversations, for the first time", f"{time.perf_counter() - start:.2f} s")
    for number, each in enumerate(page.conversations):
        await call("read", peer=each.peer, by="anna")
        if number % 10 == 0:
            await call("set", peer=each.peer, state="closed", labels=["support"], assignee="anna")
    middle = await call("list", limit=len(page.conversations) // 2 or 1)
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
        told(f"  conversations, {what}", await _time(partial(call, "list", **params)))
    await _until_texts_are_indexed(app, call)
    for search in ("MESSAGE", "message 99999", "+33620000077", "nowhere"):
        start = time.perf_counter()
        await call("list", search=search)
        first = time.perf_counter() - start
        took = await _time(
            partial(everything, search=search)
            if search == "nowhere"
            else partial(call, "list", search=search)
        )
        told(f"  conversations, search for {search!r} (the first time {first * 1000:.0f} ms)", took)
    for search in ("MESSAGE", "message 99999", "nowhere"):
        listed = partial(app.messages.list, MessageListParams(search=search))
        told(f"  list, search for {search!r}, with the index", await _time(listed))
    told("  conversations.get", await _time(partial(call, "get", peer=page.conversations[0].peer)))
    told(
        "  conversations.set",
        await _time(partial(call, "set", peer=page.conversations[0].peer, assignee="ben")),
    )


async def _until_texts_are_indexed(app: App, search: Callable[..., Awaitable[Any]]) -> None:
    """The first search has the index made, while gsmd goes on."""
    start = time.perf_counter()
    working = asyncio.create_task(app.run())
    while True:
        await search("list", search="message 1")
        last, reach = await app._ledger.read(_texts)
        if last - reach <= 1000:
            break
        await asyncio.sleep(0.1)
    told("  index of texts, made in the background", f"{time.perf_counter() - start:.1f} s")
    working.cancel()
    await asyncio.wait([working])


def _texts(connection: sqlite3.Connection) -> tuple[int, int]:
    """The newest message, and up to which one texts are in the index."""
    (last,) = connection.execute("SELECT max(seq) FROM message").fetchone()
    return last, int(meta.get(connection, "desk.texts") or 0)


class Caller:
    """Somebody at the socket."""

    user = "anna"


class Middle(NamedTuple):
    """Half way through the store."""

    at: datetime
    cursor: str

    @classmethod
    def of(cls, size: int) -> "Middle":
        at = BEGINNING + size // 2 * 1000
        return cls(datetime.fromtimestamp(at / 1000, UTC), f"{at}.{size // 2}")


async def _time(call: Callable[[], Awaitable[Any]]) -> str:
    times = []
    for _ in range(20):
        start = time.perf_counter()
        await call()
        times.append(time.perf_counter() - start)
    return f"{statistics.median(times) * 1000:.2f} ms"


def fill(path: Path, size: int, beginning: int = BEGINNING) -> None:
    """Messages of ten thousand peers, nine of ten inbound and handled by one handler; one a second from ``beginning`` on."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        numbers = (
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size})"
        )
        connection.executescript(
            f"""BEGIN;
            INSERT INTO handler (name, created_at, configured) VALUES ('crm', 0, 0);
            {numbers} INSERT INTO message (seq, id, direction, state, peer, modem, sim, kind, text,
              alphabet, parts, created_at, tag, keyword)
              SELECT i, printf('%016x', i * 2654435761 % 4294967296) || i,
                iif(i % 10, 'inbound', 'outbound'), iif(i % 10, 'handled', iif(i % 70, 'delivered', 'failed')),
                '+3362' || printf('%07d', i % 10000), iif(i % 3, 'north', 'south'), 'sim', 'text', 'message ' || i,
                'gsm7', 1, {beginning} + i * 1000, iif(i % 10, NULL, 'news ' || (i / 10 % 12)),
                iif(i % 7, NULL, 'WORD ' || (i % 5)) FROM n;
            UPDATE message SET sent_at = created_at + 2000 + seq * 7919 % 5000,
              delivered_at = created_at + 9000 + seq * 104729 % 60000,
              answered_at = iif(seq % 40, NULL, created_at + 99000 + seq * 104729 % 6000000)
              WHERE state = 'delivered';
            UPDATE message SET error = '{{"reason":"cms_21","message":"rejected"}}' WHERE state = 'failed';
            INSERT INTO inbound_part (id, sim, modem, frame, received_at, seen_at, message)
              SELECT id, 'sim', 'north', hex(randomblob(60)), created_at, created_at, seq
              FROM message WHERE direction = 'inbound';
            INSERT INTO delivery (handler, message, lane, queue, attempts, updated_at)
              SELECT 'crm', seq, peer, 'done', 1, created_at FROM message WHERE direction = 'inbound';
            INSERT INTO outbound (message, queue, finished, destination, route)
              SELECT seq, 'done', 1, peer, '' FROM message WHERE direction = 'outbound';
            INSERT INTO outbound_part (message, sequence, tpdu, state, sim, message_reference, modem, submitted_at)
              SELECT seq, 1, randomblob(60), 'delivered', 'sim', seq % 256, 'north', seq * 1000
              FROM message WHERE direction = 'outbound';
            INSERT INTO event (seq, message, at, type, detail)
              SELECT 2 * seq, seq, created_at, 'message.' || state, '{{}}' FROM message;
            INSERT INTO event (seq, message, at, type, detail)
              SELECT 2 * seq + 1, seq, created_at, 'delivery.done', '{{}}' FROM message;
            COMMIT;"""
        )


BENCHMARKS = {one.__name__: one for one in (incoming, outgoing, utilisation, burst, line, million)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], default=[])
    parser.add_argument("--messages", type=int, default=1000)
    asked = parser.parse_args()
    for name in asked.names or BENCHMARKS:
        asyncio.run(BENCHMARKS[name](asked.messages))


if __name__ == "__main__":
    main()
