"""The web gateway beside the socket: start, memory, latency, requests a second; and with bad clients beside a good one.

    python -m tests.benchmarks.bench_web [--requests 1000] [--at-once 8] [--slow 200] [--streams 64]

The daemon runs without a modem, the gateway in a process of its own, both on this machine. The same call (a message looked
up) goes over the socket and over HTTP, one after the other and several at once. Then slow readers and streams of events
come, and a good client is measured again.
"""

import argparse
import asyncio
import contextlib
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import yaml

from gsmd.client import AsyncClient

ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
"""With byte code, as it is installed."""

Call = Callable[[], Awaitable[object]]


class Keeping:
    """An HTTP client that keeps its connection, and does no more than it must."""

    def __init__(self, port: int, path: str, token: str) -> None:
        self._port = port
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        ).encode()
        self._reader: asyncio.StreamReader | None = None

    async def __call__(self) -> bytes:
        if self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(self._request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return await self._reader.readexactly(length)


async def one_by_one(call: Call, number: int) -> list[float]:
    """The milliseconds of each."""
    spent = []
    for _ in range(number):
        began = time.perf_counter()
        await call()
        spent.append((time.perf_counter() - began) * 1000)
    return spent


async def at_once(calls: list[Call], number: int) -> float:
    """Calls a second."""
    began = time.perf_counter()
    await asyncio.gather(*(one_by_one(call, number // len(calls)) for call in calls))
    return number / (time.perf_counter() - began)


def shown(spent: list[float]) -> str:
    return f"p50 {statistics.median(spent):6.2f} ms   p99 {sorted(spent)[int(len(spent) * 0.99)]:6.2f} ms"


@asynccontextmanager
async def started(*arguments: str, until: str) -> AsyncIterator[tuple[psutil.Process, float]]:
    """A gsmd, once it has said these words, and the seconds that it took."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gsmd", *arguments), stderr=asyncio.subprocess.PIPE, env=ENVIRONMENT
    )
    assert process.stderr is not None
    while until not in (line := (await process.stderr.readline()).decode()):
        assert line, "it ended"
    took = time.perf_counter() - began
    rest = asyncio.create_task(process.stderr.read())
    try:
        yield psutil.Process(process.pid), took
    finally:
        process.terminate()
        await process.wait()
        await rest


async def output(*arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gsmd", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return (await process.communicate())[0].decode().strip()


async def crowd(port: int, token: str, slow: int, streams: int) -> list[asyncio.StreamWriter]:
    """Slow readers, half of them with half a request, and readers of events."""
    writers = []
    head = f"Host: localhost\r\nAuthorization: Bearer {token}\r\n"
    for number in range(slow + streams):
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        if number < streams:
            writer.write(f"GET /api/v1/events HTTP/1.1\r\n{head}\r\n".encode())
        elif number % 2:
            writer.write(f"GET /api/v1/messages?limit=1000 HTTP/1.1\r\n{head}\r\n".encode())
        else:
            writer.write(b"GET /api/v1/messages HTTP/1.1\r\nHost: loc")
        writers.append(writer)
    return writers


async def measure(options: argparse.Namespace, directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = int(door.getsockname()[1])
    path = directory / "gsmd.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "state_dir": str(directory / "state"),
                "socket": {"path": str(directory / "s")},
                "modems": [{"name": "m", "port": "/dev/nothing"}],
                "web": {"listen": f"127.0.0.1:{port}", "state_dir": str(directory / "web")},
            }
        )
    )
    token = await output("web", "token", "bench", "--may", "admin", "-c", str(path))
    async with (
        started("run", "-c", str(path), until="listening"),
        AsyncClient(directory / "s") as client,
    ):
        sent = [await client.send("+33612345678", f"message {n}" * 8) for n in range(200)]
        async with started("web", "-c", str(path), until="listening"):
            pass  # its byte code is there now
        async with started("web", "-c", str(path), until="listening") as (process, took):
            print(f"start             {took:.2f} s to listening, the interpreter's start in it")
            web = [
                Keeping(port, f"/api/v1/messages/{sent[0].id}", token)
                for _ in range(options.at_once)
            ]

            async def call() -> object:
                return await client.get(sent[0].id)

            await one_by_one(web[0], 50)
            await one_by_one(call, 50)
            over_socket = await one_by_one(call, options.requests)
            over_http = await one_by_one(web[0], options.requests)
            ratio = statistics.median(over_http) / statistics.median(over_socket)
            print(f"one by one        socket {shown(over_socket)}")
            print(f"                  HTTP   {shown(over_http)}   ratio {ratio:.1f}")
            fast = await at_once([call] * options.at_once, options.requests)
            slow = await at_once([*web], options.requests)
            print(
                f"{options.at_once} at once         socket {fast:7.0f}/s   HTTP {slow:7.0f}/s   ratio {fast / slow:.1f}"
            )
            rss = process.memory_info().rss / 1e6
            print(f"memory            {rss:.1f} MB resident after {2 * options.requests} requests")
            writers = await crowd(port, token, options.slow, options.streams)
            beside = await one_by_one(web[0], options.requests)
            ratio = statistics.median(beside) / statistics.median(over_http)
            print(
                f"{options.slow} slow, {options.streams} streams  HTTP   {shown(beside)}   ratio to alone {ratio:.2f}"
            )
            beside = await one_by_one(call, options.requests)
            ratio = statistics.median(beside) / statistics.median(over_socket)
            print(f"                  socket {shown(beside)}   ratio to alone {ratio:.2f}")
            rss = process.memory_info().rss / 1e6
            print(f"memory            {rss:.1f} MB resident with all of them")
            for writer in writers:
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--slow", type=int, default=200)
    parser.add_argument("--streams", type=int, default=64)
    with tempfile.TemporaryDirectory() as directory:
        ENVIRONMENT["PYTHONPYCACHEPREFIX"] = f"{directory}/code"
        asyncio.run(measure(parser.parse_args(), Path(directory)))


if __name__ == "__main__":
    main()
