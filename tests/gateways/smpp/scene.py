"""A daemon with a simulated modem, the SMPP gateway beside it, and ESMEs of our own that say just what a test wants."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self

import yaml

from gsmd import smpp
from gsmd.client import AsyncClient
from gsmd.config import parse
from gsmd.gateways.gateway import Surroundings
from gsmd.gateways.smpp.gateway import SmppGateway
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.smpp import Answered, Automatic, Pdu, Requested, Role, Session, Stray, pdus
from tests.rig import Rig, rig

PATIENCE = 60.0
PASSWORD = b"secret"
PHONE = "+33612345678"
DESTINATION = smpp.Address(1, 1, b"33612345678")
SOURCE = smpp.Address(0, 1, b"1234")


def section(directory: Path, **more: Any) -> dict[str, Any]:
    """The section ``smpp``: an account ``crm``, on a free port of loopback; ``more`` is for the account, or the section."""
    (directory / "crm.pass").write_bytes(PASSWORD + b"\n")
    account = {"system_id": "crm", "password_file": str(directory / "crm.pass")}
    whole = {
        *("incomplete_after", "tls", "accounts", "listen", "insecure", "metrics", "providers"),
    }
    account |= {key: value for key, value in more.items() if key not in whole}
    return {
        "listen": "127.0.0.1:0",
        "state_dir": str(directory / "smpp"),
        "accounts": [account],
        **{key: value for key, value in more.items() if key in whole},
    }


class Scene:
    """``client`` is the daemon's; ``gateway`` the gateway at work, and ``port`` where it listens."""

    def __init__(self, built: Rig, client: AsyncClient) -> None:
        self.rig = built
        self.client = client
        self.gateway: SmppGateway
        self.port = 0
        self.tls_port = 0

    @asynccontextmanager
    async def at_work(
        self, sockets: tuple[socket.socket, ...] = (), **more: Any
    ) -> AsyncIterator[SmppGateway]:
        """The gateway, stopped in good order at the end."""
        config = self.config(**more)
        surroundings = Surroundings(
            daemon=self.rig.socket, state_dir=self.rig.directory / "smpp", sockets=sockets
        )
        gateway = SmppGateway(config, surroundings)
        ready = asyncio.Event()
        task = asyncio.create_task(gateway.serve(ready.set))
        try:
            async with asyncio.timeout(PATIENCE):
                waiting = asyncio.create_task(ready.wait())
                await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if task.done():
                    await task
            self.gateway = gateway
            ports = [address[1] for address in gateway.addresses]
            self.port, self.tls_port = ports[0], ports[-1]
            yield gateway
        finally:
            async with asyncio.timeout(PATIENCE):
                await gateway.drain()
                await task

    def config(self, **more: Any) -> Any:
        text = yaml.safe_dump({"smpp": section(self.rig.directory, **more)})
        return parse(self.rig.configuration() + text, "test.yaml", HANDLER_KINDS)

    @asynccontextmanager
    async def esme(
        self, bind: type[pdus.Bind] | None = pdus.BindTransceiver, **fields: Any
    ) -> AsyncIterator["Esme"]:
        """An ESME, bound unless ``bind`` is None."""
        esme = await Esme.connect(self.port)
        try:
            if bind is not None:
                fields = {"system_id": b"crm", "password": PASSWORD, **fields}
                answer = await esme.ask(bind(**fields))
                assert answer.status == 0, smpp.name_of(answer.status)
            yield esme
        finally:
            await esme.close()


@asynccontextmanager
async def scene(directory: Path, **more: Any) -> AsyncIterator[Scene]:
    """The daemon and the gateway at work, the modem ready."""
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(rig(directory))
        client = await stack.enter_async_context(built.running(outbound={"report": True}))
        await built.ready(client)
        found = Scene(built, client)
        await stack.enter_async_context(found.at_work(**more))
        yield found


class Esme:
    """One connection, by the pure session. Requests of the SMSC are put into ``inbox`` and answered ROK, unless ``silent``.

    ``answers_with`` maps a deliver_sm to the status of its answer.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.session = Session(Role.ESME, window=1000)
        self.reader, self.writer = reader, writer
        self.inbox: asyncio.Queue[pdus.DeliverSm] = asyncio.Queue()
        self.heard: list[Pdu] = []
        self.silent = False
        self.status = smpp.CommandStatus.ROK
        self.gone = asyncio.Event()
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, port: int, **tls: Any) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port, **tls))

    async def ask(self, request: Pdu) -> Any:
        """The answer to a request."""
        future: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self.writer.write(self.session.send(request, future))
        async with asyncio.timeout(PATIENCE):
            return await future

    async def submit(self, text: bytes = b"hi", **fields: Any) -> Any:
        """The answer to a submit_sm."""
        wanted = {"source": SOURCE, "destination": DESTINATION, "short_message": text, **fields}
        return await self.ask(pdus.SubmitSm(**wanted))

    async def next(self) -> pdus.DeliverSm:
        """The next deliver_sm."""
        async with asyncio.timeout(PATIENCE):
            return await self.inbox.get()

    async def ended(self) -> None:
        """Wait until the gateway has closed the connection."""
        async with asyncio.timeout(PATIENCE):
            await self.gone.wait()

    async def close(self) -> None:
        self._task.cancel()
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    async def _read(self) -> None:
        try:
            while data := await self.reader.read(65_536):
                for event in self.session.receive(data):
                    self._hear(event)
        except OSError:
            pass
        for future in self.session.abandon():
            if isinstance(future, asyncio.Future) and not future.done():
                future.set_exception(ConnectionError("the gateway is gone"))
        self.gone.set()

    def _hear(self, event: smpp.Event) -> None:
        match event:
            case Answered(pdu, token):
                if isinstance(token, asyncio.Future) and not token.done():
                    token.set_result(pdu)
            case Automatic(octets):
                self.writer.write(octets)
            case Requested(pdu):
                self.heard.append(pdu)
                if isinstance(pdu, pdus.DeliverSm):
                    self.inbox.put_nowait(pdu)
                if not self.silent:
                    self.writer.write(self.session.refuse(pdu, self.status))
            case Stray(pdu):
                self.heard.append(pdu)
            case _:
                raise AssertionError(event)
