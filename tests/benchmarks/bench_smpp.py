"""The SMPP gateway beside the socket itself, and beside a bare server that has only the codec.

    python -m tests.benchmarks.bench_smpp [--count 5000] [--window 100] [--receipts] [--published PYTHON]

Daemon (with its store on disk, and no modem that answers), gateway and load are processes of their own. In one run:
`messages.send` pipelined over the Unix socket, submit_sm over one bind, submit_sm answered at once by an asyncio
server with nothing behind it, and by the servers of smpp34 (Rust) and, if PYTHON has it, smpp.twisted3; then what comes in, by
deliver_sm; a good bind's latency, alone and beside bad ones. With ``--receipts`` each submission asks for one, and all of
them are told by deliver_sm. Processor time is that of all threads of a process.
"""

import argparse
import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from gsmd import smpp
from gsmd.client._async.link import AsyncLink
from gsmd.smpp import Answered, Automatic, Requested, Role, Session, pdus
from tests.benchmarks import smpp_beside as beside

TICKS = os.sysconf("SC_CLK_TCK")
PHONE = smpp.Address(1, 1, b"33612345678")
PORT = 27_750
BARE_PORT = 27_751
PUBLISHED_PORT = 27_752
PATIENCE = 60


def configuration(directory: Path) -> Path:
    (directory / "crm.pass").write_text("secret\n")
    account = {
        "system_id": "crm",
        "password_file": str(directory / "crm.pass"),
        "window": 100,
        "binds": 64,
    }
    config = {
        "state_dir": str(directory),
        "socket": {"path": str(directory / "s")},
        "modems": [{"name": "north", "port": str(directory / "none")}],
        "carriers": ["load"],
        "smpp": {
            "listen": f"127.0.0.1:{PORT}",
            "state_dir": str(directory / "smpp"),
            "accounts": [account],
        },
        "log": {"level": "error"},
    }
    path = directory / "gsmd.yaml"
    path.write_text(yaml.safe_dump(config))
    return path


@contextmanager
def process(*arguments: str) -> Iterator[int]:
    """A process of gsmd; its id."""
    started = subprocess.Popen([sys.executable, "-m", "gsmd", *arguments])
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait(PATIENCE)


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def connected(connect: Callable[[], Awaitable[Any]]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return await connect()
        except Exception:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)


class Load(asyncio.Protocol):
    """An ESME that keeps ``window`` submits under way."""

    def __init__(self) -> None:
        self.session = Session(Role.ESME, window=1000)
        self.waiting: dict[int, asyncio.Future[Any]] = {}
        self.received = 0
        self.wanted = 0
        self.got_all = asyncio.Event()
        self.ids: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        out = b""
        for event in self.session.receive(data):
            match event:
                case Answered(pdu, token):
                    token.set_result(pdu)
                case Requested(pdu):
                    out += self.session.answer(pdu, pdus.DeliverSmResp())
                    self.received += 1
                    if self.received >= self.wanted:
                        self.got_all.set()
                case Automatic(octets):
                    out += octets
        if out:
            self.transport.write(out)

    async def ask(self, pdu: smpp.Pdu) -> Any:
        future = asyncio.get_running_loop().create_future()
        self.transport.write(self.session.send(pdu, future))
        answer = await future
        assert answer.status == 0, smpp.name_of(answer.status)
        return answer


async def bound(port: int) -> Load:
    loop = asyncio.get_running_loop()
    _, load = await loop.create_connection(Load, "127.0.0.1", port)
    await load.ask(pdus.BindTransceiver(system_id=b"crm", password=b"secret"))
    return load


async def rate(count: int, window: int, one: Callable[[int], Awaitable[Any]]) -> float:
    """Calls a second, with as many under way as the window has places."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await one(number)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(window)))
    return count / (time.perf_counter() - began)


def told(what: str, per_second: float, count: int, **processes: tuple[float, float]) -> None:
    costs = "  ".join(
        f"{name} {1e6 * (after - before) / count:.0f} µs"
        for name, (before, after) in processes.items()
    )
    print(f"{what:42} {per_second:8.0f}/s   {costs}", flush=True)


async def main(count: int, window: int, *, receipts: bool, python: str) -> None:
    bare = multiprocessing.Process(target=serve_bare, daemon=True)
    bare.start()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        config = str(configuration(directory))
        with process("run", "-c", config) as daemon:
            path = directory / "s"
            link = await connected(lambda: AsyncLink.open(path))
            with process("smpp", "-c", config) as gateway:
                load = await connected(lambda: bound(PORT))
                told_by = {"receipts": receipts, "python": python}
                await measure(link, load, count, window, daemon, gateway, **told_by)  # type: ignore[arg-type] # as they are called
                load.transport.close()
            link.abort()
    bare.terminate()


async def measure(
    link: AsyncLink,
    load: Load,
    count: int,
    window: int,
    daemon: int,
    gateway: int,
    *,
    receipts: bool,
    python: str,
) -> None:
    async def socket_send(number: int) -> None:
        params = {"to": "+33612345678", "text": f"number {number}", "handler": "crm", "tag": "crm"}
        await link.request("messages.send", params, 60)

    async def submit(number: int) -> None:
        text = f"number {number}".encode()
        answer = await load.ask(
            pdus.SubmitSm(destination=PHONE, short_message=text, registered_delivery=int(receipts))
        )
        load.ids.append(answer.message_id.decode())

    plain = await connected(lambda: bound(BARE_PORT))

    async def bare_submit(number: int) -> None:
        await plain.ask(pdus.SubmitSm(destination=PHONE, short_message=b"number %d" % number))

    await rate(200, window, submit)  # whatever is imported late
    await rate(200, window, socket_send)
    rates: dict[str, list[float]] = {"socket": [], "smpp": []}
    for _ in range(3):
        before = cpu(daemon)
        rates["socket"].append(await rate(count, window, socket_send))
        told("messages.send", rates["socket"][-1], count, daemon=(before, cpu(daemon)))
        before, ours = cpu(daemon), cpu(gateway)
        rates["smpp"].append(await rate(count, window, submit))
        told(
            "submit_sm",
            rates["smpp"][-1],
            count,
            daemon=(before, cpu(daemon)),
            gateway=(ours, cpu(gateway)),
        )
    told("submit_sm, bare server", await rate(count * 4, window, bare_submit), count)
    ratio = max(rates["smpp"]) / max(rates["socket"])
    print(f"submit_sm is {ratio:.2f} of messages.send (the best of three each)")
    plain.transport.close()
    await published(count, window, python)
    await coming_in(link, load, count, window, daemon, gateway)
    await beside.latencies(submit, PORT)
    if receipts:
        await ends(link, load, window, daemon, gateway)


async def published(count: int, window: int, python: str) -> None:
    """Servers of others that take what comes and keep nothing."""
    for name, interpreter in (("smpp34", sys.executable), ("twisted", python)):
        if not interpreter:
            continue
        script = Path(__file__).parent / "smpp_servers" / f"{name}_server.py"
        server = subprocess.Popen([interpreter, str(script), str(PUBLISHED_PORT)])
        try:
            load = await connected(lambda: bound(PUBLISHED_PORT))

            async def submit(number: int, load: Load = load) -> None:
                text = b"number %d" % number
                await load.ask(pdus.SubmitSm(destination=PHONE, short_message=text))

            await rate(200, window, submit)
            before = cpu(server.pid)
            per_second = await rate(count, window, submit)
            told(f"submit_sm, {name}", per_second, count, server=(before, cpu(server.pid)))
            load.transport.close()
        finally:
            server.kill()
            server.wait()


async def coming_in(
    link: AsyncLink, load: Load, count: int, window: int, daemon: int, gateway: int
) -> None:
    """Messages that a carrier brings, each of another sender, until their deliver_sm are answered."""
    load.received, load.wanted = 0, count
    load.got_all.clear()
    before, ours, began = cpu(daemon), cpu(gateway), time.perf_counter()

    async def receive(number: int) -> None:
        sender = f"+336{number:08}"
        params = {"carrier": "load", "from": sender, "text": f"in {number}", "key": str(number)}
        await link.request("carriers.receive", params, 60)

    await rate(count, window, receive)
    await load.got_all.wait()
    told(
        "carriers.receive and its deliver_sm",
        count / (time.perf_counter() - began),
        count,
        daemon=(before, cpu(daemon)),
        gateway=(ours, cpu(gateway)),
    )


async def ends(link: AsyncLink, load: Load, window: int, daemon: int, gateway: int) -> None:
    """Receipts: every message that was submitted is cancelled, and each of that is told over deliver_sm."""
    ids = [each for each in load.ids if each]
    load.wanted = len(ids)
    before, ours, began = cpu(daemon), cpu(gateway), time.perf_counter()

    async def cancel(number: int) -> None:
        await link.request("messages.cancel", {"id": ids[number]}, 60)

    await rate(len(ids), window, cancel)
    await load.got_all.wait()
    told(
        "messages.cancel and a receipt of it",
        len(ids) / (time.perf_counter() - began),
        len(ids),
        daemon=(before, cpu(daemon)),
        gateway=(ours, cpu(gateway)),
    )


def serve_bare() -> None:
    """A server that answers what it decoded."""

    class Bare(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport = transport
            self.session = Session(Role.SMSC, their_window=1000)

        def data_received(self, data: bytes) -> None:
            out = b""
            for event in self.session.receive(data):
                if isinstance(event, Requested):
                    kind = smpp.response_to(event.pdu.command)
                    fields: dict[str, Any] = (
                        {"message_id": b"x" * 16} if kind is pdus.SubmitSmResp else {}
                    )
                    out += self.session.answer(event.pdu, kind(**fields))
            self.transport.write(out)

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", BARE_PORT)
        await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--window", type=int, default=100)
    parser.add_argument("--receipts", action="store_true")
    parser.add_argument("--published", default="")
    arguments = parser.parse_args()
    more = {"receipts": arguments.receipts, "python": arguments.published}
    asyncio.run(main(arguments.count, arguments.window, **more))
