"""A conversation over SMPP while the gateway, or the daemon, is killed in the middle; what must be true of it at the end.

``python -m tests.gateways.smpp.killed [--points N]`` kills the gateway at that many points of its life, spread over all
of them, and the daemon at every PDU. The ESME here does what a good one does: what has no answer is
submitted again, and what comes is noted before it is acknowledged. The phone is the judge.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from gsmd import smpp
from gsmd.client import AsyncClient
from gsmd.smpp import Tag, pdus, tlv
from tests.gateways.smpp.scene import DESTINATION, PASSWORD, PHONE, SOURCE, Esme, section
from tests.rig import Rig, rig

PATIENCE = 120.0
SIM = "+33600000001"
INBOUND = "a long answer that takes several parts on its way to the program, " * 4
TOTAL = 3


def submissions() -> dict[str, pdus.SubmitSm]:
    """By name: two messages, and one in parts."""
    common: dict[str, Any] = {
        "source": SOURCE,
        "destination": DESTINATION,
        "registered_delivery": 1,
    }
    found = {
        f"single {number}": pdus.SubmitSm(short_message=b"single %d" % number, **common)
        for number in range(2)
    }
    for number in range(1, TOTAL + 1):
        header = bytes((5, 0, 3, 0, TOTAL, number))
        found[f"part {number}"] = pdus.SubmitSm(
            short_message=header + b"part %d " % number, esm_class=0x40, **common
        )
    return found


def _nothing(_: int) -> None:
    """For who does not count."""


class Program:
    """An ESME that goes on until everything is done."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open = submissions()
        self.tries: Counter[str] = Counter()
        self.ids: dict[str, str] = {}
        self.receipts: Counter[str] = Counter()
        self.parts: dict[int, bytes] = {}
        self.pdus = 0
        self.news = asyncio.Event()
        self.on_pdu: Callable[[int], None] = _nothing

    @property
    def done(self) -> bool:
        text = b"".join(self.parts[number] for number in sorted(self.parts))
        return (
            not self.open
            and set(self.ids.values()) <= set(self.receipts)
            and text.decode() == INBOUND
        )

    @asynccontextmanager
    async def patience(self) -> AsyncIterator[None]:
        """An error that says what is missing, where it takes too long."""
        try:
            async with asyncio.timeout(PATIENCE):
                yield
        except TimeoutError:
            missing = set(self.ids.values()) - set(self.receipts)
            raise AssertionError(
                f"no answer: {list(self.open)}, no receipt: {missing}, parts: {list(self.parts)}"
            ) from None

    async def run(self) -> None:
        while not self.done:
            with suppress(OSError, AssertionError):
                esme = await Esme.connect(self.port)
                try:
                    await self._talk(esme)
                finally:
                    await esme.close()
            await asyncio.sleep(0.05)

    async def _talk(self, esme: Esme) -> None:
        answer = await esme.ask(pdus.BindTransceiver(system_id=b"crm", password=PASSWORD))
        assert answer.status == 0
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._submit(esme, name, pdu)) for name, pdu in self.open.items()
        ]
        tasks += [asyncio.create_task(self._listen(esme)), asyncio.create_task(esme.gone.wait())]
        try:
            while not self.done and not esme.gone.is_set():
                self.news.clear()
                news = asyncio.create_task(self.news.wait())
                await asyncio.wait({news, tasks[-1]}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _submit(self, esme: Esme, name: str, pdu: pdus.SubmitSm) -> None:
        while True:
            self.tries[name] += 1
            answer = await esme.ask(pdu)
            self._count()
            if answer.status == 0:
                break
            assert answer.status == smpp.CommandStatus.RSYSERR
            await asyncio.sleep(0.1)
        self.ids[name] = answer.message_id.decode()
        del self.open[name]
        self.news.set()

    async def _listen(self, esme: Esme) -> None:
        while True:
            pdu = await esme.inbox.get()
            self._count()
            if pdu.esm_class & 0x04:
                receipt = smpp.read_receipt(pdu.short_message)
                assert receipt is not None
                assert receipt.state is smpp.MessageState.DELIVERED
                self.receipts[receipt.message_id] += 1
            else:
                number = tlv.integer(pdu.tlvs, Tag.SAR_SEGMENT_SEQNUM)
                assert number is not None
                self.parts[number] = pdu.short_message
            self.news.set()

    def _count(self) -> None:
        self.pdus += 1
        self.on_pdu(self.pdus)


class Stage:
    """A network with a modem; daemon and gateway are processes that are started again when they have died."""

    def __init__(self, built: Rig, settings: dict[str, Any], **more: Any) -> None:
        self.rig = built
        self.config = built.directory / "gsmd.yaml"
        plain = {"log": {"level": "error"}, "outbound": {"report": True}, **more}
        self.config.write_text(built.configuration(smpp=settings, **plain))
        assert yaml.safe_load(self.config.read_text())
        self.daemon: asyncio.subprocess.Process | None = None
        self.lives = 0
        """How often the gateway was started."""

    @asynccontextmanager
    async def alive(self, points: Sequence[int]) -> AsyncIterator[None]:
        """Both processes; the gateway's first lives end at ``points``."""
        ends = [*map(str, points)]

        def gateway() -> tuple[str, ...]:
            self.lives += 1
            last = ends.pop(0) if ends else "0"
            return ("-m", "tests.gateways.smpp.mortal", last, str(self.config))

        keepers = [
            asyncio.create_task(
                self._keep("daemon", lambda: ("-m", "gsmd", "run", "-c", str(self.config)))
            ),
            asyncio.create_task(self._keep("gateway", gateway)),
        ]
        try:
            yield
        finally:
            for each in keepers:
                each.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    async def _keep(self, name: str, command: Any) -> None:
        process = None
        try:
            while True:
                process = await asyncio.create_subprocess_exec(sys.executable, *command())
                if name == "daemon":
                    self.daemon = process
                await process.wait()
                process = None
        finally:
            if process is not None and process.returncode is None:
                process.terminate()
                await process.wait()

    def kill_daemon(self) -> None:
        if self.daemon is not None and self.daemon.returncode is None:
            self.daemon.kill()

    @property
    def points(self) -> int:
        """Points that the gateway has passed in the last life that told."""
        return int(self.config.with_suffix(".points").read_text() or 0)


async def converse(
    directory: Path, *, points: Sequence[int] = (), pdus: Collection[int] = ()
) -> Stage:
    """One conversation: the gateway's first lives end at ``points``, the daemon's when the ESME has its nth PDU for each of ``pdus``.

    What must be true at the end: each submission that was answered ROK went out, once unless it had to be submitted
    again; each has its receipt, and each part of what came in is there.
    """
    async with rig(directory) as built, AsyncClient(built.socket) as client:
        port = free_port()
        settings = {**section(directory, long="sar"), "listen": f"127.0.0.1:{port}"}
        stage = Stage(built, settings)
        phone = built.network.phone(PHONE)
        program = Program(port)
        async with stage.alive(points), program.patience():

            def heard(number: int) -> None:
                if number in pdus:
                    stage.kill_daemon()

            program.on_pdu = heard
            running = asyncio.create_task(program.run())
            await registered(client)
            phone.send(SIM, INBOUND)
            await running
        judge(program, Counter(message.text or "" for message in phone.received))
        return stage


async def registered(client: AsyncClient) -> None:
    """Wait until the account collects what comes in."""
    while True:
        with suppress(Exception):
            if any(each.name == "crm" for each in await client.handlers()):
                return
        await asyncio.sleep(0.05)


def judge(program: Program, shown: Counter[str]) -> None:
    whole = "".join(f"part {number} " for number in range(1, TOTAL + 1))
    assert shown[whole] == 1, f"the parts of one message: {shown}"
    for number in range(2):
        name = f"single {number}"
        assert 1 <= shown[name] <= program.tries[name], f"{name}: {shown}, {program.tries}"
    assert sum(shown.values()) <= 1 + program.tries["single 0"] + program.tries["single 1"]
    assert len(program.ids) == 2 + TOTAL


def free_port() -> int:
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def sweep(converse: Callable[..., Awaitable[Stage]], points: int) -> None:
    """One conversation for each death."""
    with tempfile.TemporaryDirectory() as name:
        whole = (await converse(Path(name))).points
    print(f"{whole} points in a life", flush=True)
    for number in range(points):
        point = 1 + number * whole // points
        with tempfile.TemporaryDirectory() as name:
            await converse(Path(name), points=[point])
        print(f"gateway killed at point {point}: all is well", flush=True)
    for pdu in range(1, 12):
        with tempfile.TemporaryDirectory() as name:
            await converse(Path(name), pdus=[pdu])
        print(f"daemon killed at PDU {pdu}: all is well", flush=True)
        with tempfile.TemporaryDirectory() as name:
            await converse(Path(name), pdus=[pdu], points=[1 + pdu * whole // 12])
        print(f"both killed, at PDU {pdu}: all is well", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=40)
    number = parser.parse_args().points
    asyncio.run(sweep(converse, number))
    from tests.gateways.smpp.upstream import killed as upstream

    print("as an ESME of an SMSC of others:", flush=True)
    asyncio.run(sweep(upstream.converse, number))
