"""The whole web gateway in this event loop, behind a real socket, and a client that says exactly what it is told to."""

import asyncio
import contextlib
import socket
import sqlite3
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gsmd.config.web import WebConfig
from gsmd.gateways.database import connect
from gsmd.gateways.gateway import Surroundings
from gsmd.gateways.web.accounts import tokens, users
from gsmd.gateways.web.accounts.directory import DATABASE
from gsmd.gateways.web.accounts.schema import STEPS
from gsmd.gateways.web.gateway import WebGateway
from gsmd.protocol.method import Role
from tests.config.samples import MODEM, read

PATIENCE = 60.0

PASSWORD = "a sentence that nobody guesses"

T = TypeVar("T")


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return dict(self.headers).get(name, "")

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def reason(self) -> str:
        assert self.header("content-type") == "application/problem+json", self
        return str(self.json["reason"])

    @property
    def cookie(self) -> str:
        """``name=value`` of the cookie that was set."""
        return self.header("set-cookie").partition(";")[0]


@dataclass
class House:
    gateway: WebGateway
    state_dir: Path
    door: socket.socket
    tls: ssl.SSLContext | None = None

    @property
    def port(self) -> int:
        return int(self.door.getsockname()[1])

    def change(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """What the command line does, in another connection to the file."""
        db = connect(self.state_dir / DATABASE, STEPS)
        try:
            db.execute("BEGIN IMMEDIATE")
            result = job(db)
            db.execute("COMMIT")
            return result
        finally:
            db.close()

    def token(self, name: str = "bot", *roles: Role, **more: Any) -> str:
        return self.change(
            lambda db: tokens.make(db, name, roles or (Role.ADMIN,), "test", **more)
        )[0]

    def invitation(self, name: str = "anna", *roles: Role) -> str:
        return self.change(lambda db: users.invite(db, name, roles or (Role.ADMIN,), "test"))

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.door.family == socket.AF_UNIX:
            return await asyncio.open_unix_connection(self.door.getsockname())
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls)

    async def ask(
        self,
        verb: str,
        path: str,
        *,
        token: str | None = None,
        cookie: str | None = None,
        json: Any = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        said = {"Host": "localhost", "Connection": "close"}
        if token is not None:
            said["Authorization"] = f"Bearer {token}"
        if cookie is not None:
            said["Cookie"] = cookie
            said["Sec-Fetch-Site"] = "same-origin"
        if json is not None:
            body = msgspec.json.encode(json)
            said["Content-Type"] = "application/json"
        if body or verb != "GET":
            said["Content-Length"] = str(len(body))
        said.update(headers or {})
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
        async with asyncio.timeout(PATIENCE):
            reader, writer = await self.connect()
            writer.write(f"{verb} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            octets = await all_of(reader)
            writer.close()
        return parse(octets)

    async def signed_in(self, name: str = "anna", *roles: Role) -> str:
        """The cookie of somebody who accepted an invitation."""
        body = {"invitation": self.invitation(name, *roles), "password": PASSWORD}
        answer = await self.ask("POST", "/api/v1/invitations", json=body)
        assert answer.status == 201, answer
        return answer.cookie


async def all_of(reader: asyncio.StreamReader) -> bytes:
    """What comes until the end, also where that is a reset: whoever said too much is not heard out."""
    octets = b""
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65_536):
            octets += chunk
    return octets


def parse(octets: bytes) -> Answer:
    head, _, body = octets.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    if not octets:
        return Answer(0, [], b"")
    headers = [(n.lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines[1:])]
    if ("transfer-encoding", "chunked") in headers:
        body = _unchunked(body)
    return Answer(int(lines[0].split(" ")[1]), headers, body)


def _unchunked(body: bytes) -> bytes:
    """A body that came in pieces (RFC 9112 §7.1)."""
    whole = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        if int(size, 16) == 0:
            return whole
        whole += body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]


def settings(text: str = "") -> WebConfig:
    """The section ``web`` with these keys."""
    config = read(f"{MODEM}web: {{{text}}}\n")
    assert config.web is not None
    return config.web


@asynccontextmanager
async def house(
    directory: Path,
    text: str = "rate: {per_address: null}",
    *,
    daemon: Path | None = None,
    door: socket.socket | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[House]:
    """The gateway by these keys of its section; it is drained in the end."""
    door = door or socket.create_server(("127.0.0.1", 0))
    state_dir = directory / "web"
    surroundings = Surroundings(
        daemon=daemon or directory / "gsmd.sock", state_dir=state_dir, sockets=(door,)
    )
    config = read(f"{MODEM}web: {{{text}}}\n")
    gateway = WebGateway(settings(text), surroundings)
    assert config.web is not None
    ready = asyncio.Event()
    task = asyncio.create_task(gateway.serve(ready.set))
    waiting = asyncio.create_task(ready.wait())
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield House(gateway, state_dir, door, tls)
    finally:
        waiting.cancel()
        async with asyncio.timeout(PATIENCE):
            await gateway.drain()
            await task
