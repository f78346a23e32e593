"""The whole web gateway with compatible surfaces, on a daemon with a simulated modem, and somebody who is called back."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from gsmd.client import AsyncClient
from gsmd.simulator.phone import Phone
from tests.features.scenes import PHONE
from tests.gateways.web.house import House, house
from tests.rig import PATIENCE, Rig, rig

NUMBER = "+33612345678"


@dataclass
class Heard:
    verb: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Ear:
    """A web server that keeps what it is told. ``answers``: what it says, the usual one once these are used up."""

    server: asyncio.Server
    heard: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue)
    answers: list[tuple[int, str, bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def hear(self) -> Heard:
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (each.partition(":") for each in lines)
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        verb, target, _ = first.split(" ")
        self.heard.put_nowait(Heard(verb, target, headers, body))
        status, kind, answer = self.answers.pop(0) if self.answers else (200, "text/plain", b"ok")
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(answer)}\r\n\r\n".encode()
            + answer
        )
        await writer.drain()
        writer.close()


@asynccontextmanager
async def ear() -> AsyncIterator[Ear]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await it.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    it = Ear(server)
    try:
        yield it
    finally:
        server.close()


@dataclass
class Stage:
    rig: Rig
    client: AsyncClient
    web: House
    phone: Phone

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web.port}"

    async def arrives(self, number: int = 1) -> list[str]:
        """The texts of the messages that arrive at the telephone."""
        return [
            each.text or ""
            for each in await self.rig.network.phone(NUMBER).expect(number, PATIENCE)
        ]

    def came_in(self, text: str, phone: str = PHONE) -> None:
        self.rig.network.phone(phone).send(self.rig.sim.number, text)

    async def received(self, text: str, phone: str = PHONE) -> dict[str, Any]:
        """Text something to us; the message once it is on disk."""
        async with self.client.events("message.received") as events:
            self.came_in(text, phone)
            event = await events.receive(PATIENCE)
        message: dict[str, Any] = await self.client.call("messages.get", id=event.fields["id"])
        return message


def keys(*surfaces: str) -> str:
    return (
        f"compat: [{', '.join(surfaces)}], rate: {{per_address: null}}, hooks_allow: [127.0.0.0/8]"
    )


@asynccontextmanager
async def stage(directory: Path, *surfaces: str, text: str | None = None) -> AsyncIterator[Stage]:
    async with rig(directory) as it, it.running() as client:
        await it.ready(client)
        async with house(directory, text or keys(*surfaces), daemon=it.socket) as web:
            yield Stage(it, client, web, it.network.phone(NUMBER))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])
