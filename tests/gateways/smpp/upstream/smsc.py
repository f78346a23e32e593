"""An SMSC of others that does as a test wants, and gsmd with it as a provider: no modem anywhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from gsmd import smpp
from gsmd.client import AsyncClient
from gsmd.config import parse
from gsmd.config.smpp import SmppProvider
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.smpp import (
    Answered,
    Automatic,
    CommandStatus,
    Ended,
    MessageState,
    Pdu,
    Receipt,
    Requested,
    Role,
    Session,
    pdus,
    response_to,
)
from tests.gateways.smpp.scene import PATIENCE, PHONE, Scene, section
from tests.rig import rig

ROUTES = [{"to": "*", "modems": ["sky"]}]

Number = Callable[[int], str]
"""What the nth submit_sm is called in its answer."""


class Smsc:
    """Listens at ``port``. ``answer`` makes the answer to a submit_sm, None for none at all."""

    def __init__(self) -> None:
        self.port = 0
        self.got: list[pdus.SubmitSm] = []
        self.binds: list[pdus.Bind] = []
        self.links: list[SmscEnd] = []
        self.bind_status = CommandStatus.ROK
        self.number: Number = lambda n: f"m{n}"
        self.answer: Callable[[pdus.SubmitSm], Pdu | None] = self.usual
        self.receipts_as: Callable[[str], str] | None = None
        """If set, each submit_sm that asks for it has its receipt at once; this is what its id looks like there."""
        self.state = MessageState.DELIVERED
        self.news = asyncio.Condition()
        self._server: asyncio.Server

    def usual(self, _: pdus.SubmitSm) -> Pdu:
        return pdus.SubmitSmResp(message_id=self.number(len(self.got)).encode())

    @asynccontextmanager
    async def at_work(self, port: int = 0, **tls: Any) -> AsyncIterator["Smsc"]:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, **tls)
        self.port = self._server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self._server.close()
            for each in [*self.links]:
                each.writer.transport.abort()

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so after a PDU that came."""
        async with asyncio.timeout(PATIENCE), self.news:
            await self.news.wait_for(condition)

    async def gets(self, count: int) -> list[pdus.SubmitSm]:
        await self.until(lambda: len(self.got) >= count)
        return self.got

    async def hands_over(self, **fields: Any) -> Any:
        """The answer to a deliver_sm, on a bind that receives."""
        await self.until(lambda: any(each.session.receives for each in self.links))
        link = next(each for each in self.links if each.session.receives)
        return await link.ask(pdus.DeliverSm(**fields))

    async def receipt(self, id_: str, state: MessageState, **fields: Any) -> Any:
        """The answer to a receipt in text form."""
        return await self.hands_over(
            esm_class=0x04, short_message=receipt(id_, state).encode(), **fields
        )

    def cut(self) -> None:
        """End all connections at once."""
        for each in [*self.links]:
            each.writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = SmscEnd(self, reader, writer)
        self.links.append(link)
        try:
            await link.run()
        finally:
            self.links.remove(link)
            async with self.news:
                self.news.notify_all()


def receipt(id_: str, state: MessageState, error: int = 0) -> Receipt:
    now = datetime.now(UTC)
    return Receipt(id_, state, now, now, error=error)


class SmscEnd:
    """One connection, seen from the SMSC."""

    def __init__(
        self, smsc: Smsc, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.smsc = smsc
        self.session = Session(Role.SMSC, window=1000)
        self.reader, self.writer = reader, writer

    async def ask(self, request: Pdu) -> Any:
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self.writer.write(self.session.send(request, answer))
        async with asyncio.timeout(PATIENCE):
            return await answer

    async def run(self) -> None:
        try:
            while data := await self.reader.read(65_536):
                for event in self.session.receive(data):
                    self._hear(event)
                async with self.smsc.news:
                    self.smsc.news.notify_all()
        except OSError:
            pass
        for future in self.session.abandon():
            if isinstance(future, asyncio.Future) and not future.done():
                future.set_exception(ConnectionError("it is gone"))
        self.writer.transport.abort()

    def _hear(self, event: smpp.Event) -> None:
        match event:
            case Answered(pdu, token):
                if isinstance(token, asyncio.Future) and not token.done():
                    token.set_result(pdu)
            case Automatic(octets) | Ended(octets):
                self.writer.write(octets)
            case Requested(pdu):
                self._request(pdu)

    def _request(self, pdu: Pdu) -> None:
        smsc = self.smsc
        if isinstance(pdu, pdus.Bind):
            smsc.binds.append(pdu)
            answer: Pdu | None = response_to(pdu.command)(0, smsc.bind_status)
        elif isinstance(pdu, pdus.SubmitSm):
            smsc.got.append(pdu)
            answer = smsc.answer(pdu)
        else:
            answer = response_to(pdu.command)()
        if answer is not None:
            self.writer.write(self.session.answer(pdu, answer))
        if smsc.receipts_as is None or not isinstance(answer, pdus.SubmitSmResp) or answer.status:
            return
        if isinstance(pdu, pdus.SubmitSm) and pdu.registered_delivery:
            told = receipt(smsc.receipts_as(answer.message_id.decode()), smsc.state)
            quick = pdus.DeliverSm(
                source=pdu.destination, esm_class=0x04, short_message=told.encode()
            )
            self.writer.write(self.session.send(quick))


class Sky(Scene):
    """gsmd whose only carrier is ``smsc``."""

    def __init__(self, built: Any, client: AsyncClient, smsc: Smsc) -> None:
        super().__init__(built, client)
        self.smsc = smsc
        self.entry: dict[str, Any] = {}

    def config(self, **more: Any) -> Any:
        plain = {"carriers": ["sky"], "routes": ROUTES, "smpp": section(self.rig.directory, **more)}
        return parse(self.rig.configuration(**plain), "test.yaml", HANDLER_KINDS)

    async def reaches(self, id_: str, state: str) -> Any:
        return await self.client.wait(id_, state, timeout=PATIENCE)


def provider(directory: Path, port: int, **more: Any) -> dict[str, Any]:
    """An entry of ``smpp.providers``."""
    secret = directory / "sky.pass"
    secret.write_text("secret\n")
    return {
        "name": "sky",
        "host": "127.0.0.1",
        "port": port,
        "system_id": "us",
        "password_file": str(secret),
        **more,
    }


def settings(**more: Any) -> SmppProvider:
    """A provider's settings, as the configuration has them."""
    given = {"name": "sky", "host": "h", "system_id": "us", "password_file": "/x", **more}
    return msgspec.convert(given, SmppProvider, str_keys=True)


@asynccontextmanager
async def sky(directory: Path, smsc: Smsc | None = None, **more: Any) -> AsyncIterator[Sky]:
    """An SMSC (``smsc``, if that is at work already), the daemon, and the gateway bound to it."""
    async with AsyncExitStack() as stack:
        if smsc is None:
            smsc = await stack.enter_async_context(Smsc().at_work())
        built = await stack.enter_async_context(rig(directory, modems=()))
        daemon = {
            "carriers": ["sky"],
            "routes": ROUTES,
            "outbound": {"report": True, "retry": {"first": "1s"}},
        }
        client = await stack.enter_async_context(built.running(**daemon))
        found = Sky(built, client, smsc)
        whole = {name: more.pop(name) for name in ("incomplete_after",) if name in more}
        found.entry = provider(directory, smsc.port, **more)
        await stack.enter_async_context(found.at_work(providers=[found.entry], **whole))
        yield found


__all__ = ["PATIENCE", "PHONE", "Number", "Sky", "Smsc", "provider", "receipt", "settings", "sky"]
