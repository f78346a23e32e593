"""REST on a real daemon with a simulated modem: a request goes to the ASGI application in this event loop."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request

from gsmd.client import AsyncClient
from gsmd.gateways.web.callers import Caller, CallerKind
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.problems import unauthenticated
from gsmd.gateways.web.rest.app import PREFIX, Rest
from gsmd.protocol.method import Role
from gsmd.simulator.phone import Phone
from tests.features.scenes import PHONE
from tests.rig import PATIENCE, Rig, rig

EVERYTHING = frozenset(Role)
PROBLEM = "application/problem+json"


class Token(Caller, frozen=True, kw_only=True):
    """Somebody with a token."""

    kind: CallerKind = "token"
    id: str = "t1"
    name: str = "anna"
    roles: frozenset[Role] = EVERYTHING


@dataclass
class Tokens:
    """A door that knows tokens by heart."""

    known: dict[str, Token] = field(default_factory=lambda: {"all": Token()})

    async def authenticate(self, request: Request) -> Token:
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            secret = b64decode(secret).decode().partition(":")[2]
        token = self.known.get(secret)
        if token is None:
            raise unauthenticated()
        return token


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def reason(self) -> str:
        assert self.headers["content-type"] == PROBLEM, self
        return str(self.json["reason"])


class Stream:
    """A request under way: its answer comes in pieces."""

    def __init__(self, app: Rest, scope: dict[str, Any], body: bytes) -> None:
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._inbox.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.open = asyncio.Event()
        self.open.set()
        self.task = asyncio.create_task(app(scope, self._inbox.get, self._send))

    async def _send(self, message: Any) -> None:
        await self.open.wait()
        self.said.put_nowait(message)

    def leave(self) -> None:
        """The reader closes the connection."""
        self._inbox.put_nowait({"type": "http.disconnect"})

    async def answer(self) -> Answer:
        async with asyncio.timeout(PATIENCE):
            await self.task
        start = self.said.get_nowait()
        body = b"".join(self.said.get_nowait()["body"] for _ in range(self.said.qsize()))
        headers = {k.decode(): v.decode() for k, v in start["headers"]}
        return Answer(start["status"], headers, body)


@dataclass
class Scene:
    rig: Rig
    client: AsyncClient
    phone: Phone
    tokens: Tokens
    app: Rest

    def begin(
        self,
        verb: str,
        path: str,
        *,
        token: str | None = "all",
        json: Any = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Stream:
        """Send a request; its path is under ``/api/v1``."""
        all_headers = {"host": "localhost", **{k.lower(): v for k, v in (headers or {}).items()}}
        if token is not None:
            all_headers["authorization"] = f"Bearer {token}"
        if json is not None:
            body = msgspec.json.encode(json)
            all_headers.setdefault("content-type", "application/json")
        if body:
            all_headers.setdefault("content-length", str(len(body)))
        raw, _, query = f"{PREFIX}{path}".partition("?")
        scope = {
            "type": "http", "method": verb, "path": raw, "raw_path": raw.encode(), "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in all_headers.items()],
            "scheme": "http", "server": ("localhost", 80), "client": ("127.0.0.1", 5), "http_version": "1.1", "root_path": "",
        }  # fmt: skip
        return Stream(self.app, scope, body)

    async def ask(self, verb: str, path: str, **more: Any) -> Answer:
        return await self.begin(verb, path, **more).answer()

    async def get(self, path: str, **more: Any) -> Any:
        """The JSON of a GET that succeeds."""
        answer = await self.ask("GET", path, **more)
        assert answer.status == 200, answer
        return answer.json

    async def came_in(self, text: str, phone: str = PHONE) -> dict[str, Any]:
        """Text something to us; the message once it is on disk."""
        async with self.client.events("message.received") as events:
            self.rig.network.phone(phone).send(self.rig.sim.number, text)
            event = await events.receive(PATIENCE)
        message: dict[str, Any] = await self.client.call("messages.get", id=event.fields["id"])
        return message


@asynccontextmanager
async def scene(
    directory: Path, *, modems: tuple[str, ...] = ("north",), **config: Any
) -> AsyncIterator[Scene]:
    async with rig(directory, modems) as it, it.running(**config) as client:
        await it.ready(client)
        tokens = Tokens()
        daemon = Daemon(it.socket)
        yield Scene(it, client, it.network.phone(PHONE), tokens, Rest(tokens, daemon))
        await daemon.close()
