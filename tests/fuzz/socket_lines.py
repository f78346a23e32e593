"""Lines that nobody should send, by the thousand: the daemon never crashes, never grows, always answers or closes.

    python -m tests.fuzz.socket_lines --seed 1 --count 20000

The same seed sends the same lines. What goes wrong is told with the seed and the connection's number.
"""

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import random
import resource
import string
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from gsmd.api.backend import Backend
from gsmd.api.server import Server
from gsmd.config import SocketConfig, parse
from gsmd.core.app import App
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.methods import METHODS
from gsmd.store.engine.database import Database
from tests.api.fake_backend import FakeBackend
from tests.api.schema import check_from_daemon

PATIENCE = 30.0
"""Seconds after which an answer is not late but missing."""

TEXTS = (
    "",
    "+33611111111",
    "crm",
    "x",
    "north",
    "o1",
    "i1",
    "beginning",
    "24h",
    "sent",
    "\0",
    "é€😀",
)
NUMBERS = (0, 1, -1, 0.5, 65536, 10**18, 10**25, -(10**30), 1e308, 5)


VISITS = 200
"""Connections to one daemon before it is closed and looked at."""


class Broken(Exception):
    """The daemon did what it must not."""


class Lines:
    """Makes up lines, from right to senseless."""

    def __init__(self, chance: random.Random, methods: Sequence[str]) -> None:
        self.chance = chance
        self.methods = [*methods, "no.such.method", "inbox.deliver", ""]
        self._count = 0
        self._makers: list[Callable[[], bytes]] = [
            self.request,
            self.request,
            self.bent_request,
            self.answer,
            self.batch,
            self.damaged,
            self.any_json,
            self.deep,
            self.noise,
        ]

    def line(self) -> bytes:
        return self.chance.choice(self._makers)()

    def request(self) -> bytes:
        return _dump(self._call())

    def _call(self) -> dict[str, Any]:
        method = self.chance.choice(self.methods)
        call: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
        if self.chance.random() < 0.9:
            self._count += 1
            call["id"] = f"q{self._count}"
        if method in METHODS and self.chance.random() < 0.95:
            call["params"] = self._params(METHODS[method].params.__struct_encode_fields__)
        return call

    def _params(self, names: tuple[str, ...]) -> Any:
        if self.chance.random() < 0.1:
            return [self.value() for _ in range(self.chance.randrange(len(names) + 2))]
        chosen = [name for name in names if self.chance.random() < 0.6]
        return {name: self._value_for(name) for name in chosen}

    def _value_for(self, name: str) -> Any:
        likely = {
            "timeout": (0, 0.01, "1s"),
            "state": ("sent", "queued", "failed"),
            "limit": (1, 10, 1000),
            "max_in_flight": (1, 5),
            "to": ("+33611111111", "331"),
            "all": (True, False),
        }
        if name in likely and self.chance.random() < 0.8:
            return self.chance.choice(likely[name])
        # nobody waits here for as long as a random number may say
        return 0 if name == "timeout" else self.value()

    def value(self, depth: int = 0) -> Any:
        kind = self.chance.randrange(8 if depth < 3 else 5)
        if kind == 0:
            return self.chance.choice(NUMBERS)
        if kind == 1:
            return self.chance.choice([None, True, False])
        if kind < 5:
            return self.chance.choice(TEXTS) + "".join(
                self.chance.choices(string.printable, k=self.chance.choice([0, 0, 3, 300]))
            )
        if kind < 7:
            return [self.value(depth + 1) for _ in range(self.chance.randrange(4))]
        return {self.chance.choice(TEXTS): self.value(depth + 1) for _ in range(3)}

    def bent_request(self) -> bytes:
        call = self._call()
        for name in ("jsonrpc", "id", "method", "params"):
            if self.chance.random() < 0.3:
                call[name] = self.value()
        return _dump(call)

    def answer(self) -> bytes:
        id_ = self.chance.choice([f"d{self.chance.randrange(1, 30)}", self.value()])
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": id_}
        if self.chance.random() < 0.7:
            answer["result"] = self.chance.choice([{"reply": self.value()}, self.value()])
        if self.chance.random() < 0.4:
            answer["error"] = self.chance.choice([{"code": 1, "message": "x"}, self.value()])
        return _dump(answer)

    def batch(self) -> bytes:
        some = [
            self.chance.choice([self._call, self.value])() for _ in range(self.chance.randrange(6))
        ]
        return _dump(some)

    def damaged(self) -> bytes:
        line = bytearray(self.request())
        for _ in range(self.chance.randrange(1, 4)):
            place = self.chance.randrange(len(line))
            line[place : place + self.chance.randrange(3)] = self.chance.randbytes(
                self.chance.randrange(3)
            )
        return bytes(line).replace(b"\n", b" ")

    def any_json(self) -> bytes:
        return _dump(self.value())

    def deep(self) -> bytes:
        depth = self.chance.choice([10, 900, 1100, 50_000])
        opening, closing = self.chance.choice([(b"[", b"]"), (b'{"a":', b"}")])
        return opening * depth + b"1" + closing * self.chance.choice([depth, 0])

    def noise(self) -> bytes:
        return self.chance.randbytes(self.chance.choice([0, 1, 10, 1000])).replace(b"\n", b"")


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def ids_of(line: bytes) -> list[Any]:
    """The ids that a line's requests must be answered under, by a reading of our own of JSON-RPC."""
    try:
        value = json.loads(
            line.decode(),
            object_pairs_hook=_distinct,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except (ValueError, RecursionError):
        return []
    if isinstance(value, list):
        return [one["id"] for one in value if _is_request(one)]
    return [value["id"]] if _is_request(value) else []


def _is_request(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("jsonrpc") == "2.0"
        and isinstance(value.get("method"), str)
        and isinstance(value.get("params", {}), dict | list)
        and "id" in value
        and (value["id"] is None or type(value["id"]) in {str, int, float})
    )


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key twice")
    return members


def _refuse(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) == float("inf"):
        raise ValueError(text)
    return number


class Visit:
    """One connection: sends lines, reads what comes, and holds it against what must come."""

    def __init__(self, lines: Lines, path: Path) -> None:
        self.lines = lines
        self.chance = lines.chance
        self.path = path
        self.sent = 0
        self._answered: Counter[Any] = Counter()

    async def run(self) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self.path), limit=1 << 27)
        behaviour = self.chance.choice(
            [self.polite, self.polite, self.half, self.endless, self.rude]
        )
        try:
            async with asyncio.timeout(PATIENCE):
                await behaviour(reader, writer)
        finally:
            writer.transport.abort()

    async def polite(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send, and stay until everything is answered: each request once."""
        lines = self._some_lines()
        asked = Counter(id_ for line in lines for id_ in ids_of(line))
        writing = asyncio.ensure_future(self._write(writer, lines))
        while not asked <= self._answered:
            if not await self._hear(reader):
                raise Broken(f"closed, and still to be answered: {asked - self._answered}")
        await writing
        await self._write(writer, [FINAL])
        while "final" not in self._answered:
            await self._hear(reader)
        self._nothing_twice(asked)

    async def half(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send, shut the writing side, and stay until everything is answered."""
        lines = self._some_lines()
        asked = Counter(id_ for line in lines for id_ in ids_of(line))
        writing = asyncio.ensure_future(self._write(writer, lines, eof=True))
        while not asked <= self._answered:
            if not await self._hear(reader):
                raise Broken(f"closed, and still to be answered: {asked - self._answered}")
        await writing
        self._nothing_twice(asked)

    async def endless(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A line too long: everything before it is answered, then it, then comes the end."""
        lines = [FINAL, b"x" * ((1 << 20) + 1)]
        writing = asyncio.ensure_future(self._write(writer, lines))
        while await self._hear(reader):
            pass
        await asyncio.gather(writing, return_exceptions=True)
        if self._answered != Counter(["final", None]):
            raise Broken(f"a line too long was answered by {self._answered}")

    async def rude(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send without ever reading, and leave in the middle."""
        del reader
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(0.02):
                await self._write(writer, self._some_lines() * 20)

    def _some_lines(self) -> list[bytes]:
        return [self.lines.line() for _ in range(self.chance.randrange(1, 40))]

    async def _write(
        self, writer: asyncio.StreamWriter, lines: list[bytes], *, eof: bool = False
    ) -> None:
        self.sent += len(lines)
        for chunk in self._cut(b"".join(line + b"\n" for line in lines)):
            writer.write(chunk)
            await writer.drain()
        if eof:
            writer.write_eof()

    def _cut(self, data: bytes) -> list[bytes]:
        sizes = self.chance.choice([(1 << 22,), (1, 2, 3), (10, 1000), (4096, 65536)])
        if len(data) > 20_000:
            sizes = (65536,)
        chunks = []
        while data:
            size = self.chance.choice(sizes)
            chunks.append(data[:size])
            data = data[size:]
        return chunks

    async def _hear(self, reader: asyncio.StreamReader) -> bool:
        """One line from the daemon; false at the end."""
        try:
            line = await reader.readline()
        except ConnectionError:
            return False
        if not line:
            return False
        value = json.loads(line)
        check_from_daemon(value, {})
        for one in value if isinstance(value, list) else [value]:
            if one.get("error", {}).get("code") == -32603:
                raise Broken(f"a defect: {line[:200]!r}")
            if "method" not in one:
                self._answered[one["id"]] += 1
        return True

    def _nothing_twice(self, asked: Counter[Any]) -> None:
        for id_, times in asked.items():
            # null is also what errors have that belong to no request
            if id_ is not None and self._answered[id_] > times + self._bent(id_):
                raise Broken(f"{id_!r} was asked {times} and answered {self._answered[id_]} times")

    def _bent(self, id_: Any) -> int:
        # an error may carry the id of what is no request: only our own numbers are surely asked once
        return 0 if isinstance(id_, str) and id_[:1] == "q" else 1 << 30


FINAL = _dump({"jsonrpc": "2.0", "id": "final", "method": "server.info"})


class Report(NamedTuple):
    """What a run came to. ``grown`` is in octets of resident memory since the first daemon."""

    visits: int
    lines: int
    seconds: float
    grown: int


CORE = tuple(name for name in METHODS if name != "store.backup")
"""What is asked of a real core: everything but writing a file wherever a random path says."""

MADE_UP = tuple(
    name for name in METHODS if name.partition(".")[0] in {"server", "messages", "inbox", "events"}
)
"""What is asked where there is no core, only its shape."""

CONFIG = """
state_dir: {directory}
modems: [{{name: north, port: {directory}/none}}]
handlers: [{{name: crm, socket: true}}]
"""


@asynccontextmanager
async def real_core(directory: Path) -> AsyncIterator[Backend]:
    """The daemon's core on a store of its own, without a modem."""
    config = parse(CONFIG.format(directory=directory), "fuzz", HANDLER_KINDS)
    app = await App.open(config, await Database.open(directory / "gsmd.db"))
    try:
        yield app
    finally:
        await app.close()


@asynccontextmanager
async def made_up(_: Path) -> AsyncIterator[Backend]:
    """No core at all: quick."""
    yield FakeBackend()


async def fuzz(seed: int, count: int, *, real: bool) -> Report:
    """Send about ``count`` lines. Errors: `Broken`, and whatever the daemon let through."""
    loop = asyncio.get_running_loop()
    troubles: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: troubles.append(context))
    lines = Lines(random.Random(seed), CORE if real else MADE_UP)
    backend = real_core if real else made_up
    started = time.monotonic()
    visits = sent = early = 0
    while sent < count:
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name)
            async with backend(directory) as core:
                server = Server(core, SocketConfig(path=directory / "s"))
                here = await _one_daemon(lines, server, troubles, count - sent)
        visits, sent = visits + here[0], sent + here[1]
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            raise Broken(f"left behind: {left}")
        early = early or resident()
    gc.collect()
    return Report(visits, sent, time.monotonic() - started, resident() - early)


async def _one_daemon(
    lines: Lines, server: Server, troubles: list[dict[str, Any]], count: int
) -> tuple[int, int]:
    """Visits to one daemon, a few at once; how many, with how many lines."""
    await server.start()
    visits = sent = 0
    try:
        while visits < VISITS and sent < count:
            some = [Visit(lines, server.path) for _ in range(4)]
            await asyncio.gather(*(visit.run() for visit in some))
            visits += len(some)
            sent += sum(visit.sent for visit in some)
            if troubles:
                raise Broken(f"visit {visits}: {troubles[0]}")
    finally:
        await server.close(grace=1)
    if server.connections:
        raise Broken(f"left behind: {server.connections} connections")
    return visits, sent


def resident() -> int:
    """Octets of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100_000)
    arguments = parser.parse_args()
    logging.disable()
    report = asyncio.run(fuzz(arguments.seed, arguments.count, real=True))
    print(
        f"seed {arguments.seed}: {report.lines} lines on {report.visits} connections in"
        f" {report.seconds:.0f} s; memory grew by {report.grown / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
