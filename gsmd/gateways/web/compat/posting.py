"""One HTTP request to an address that somebody else has given: looked up once, to where it may lead, and no further.

A connection of its own for each request, no redirects, an answer of at most 64 KiB, all within a time. Where it may lead is
what `gsmd.destinations` says of the web hooks of the daemon.
"""

import asyncio
import base64
import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

import h11

from gsmd.destinations import Destinations, LookUp, look_up

if TYPE_CHECKING:
    from ssl import SSLContext

SECONDS = 20.0
"""Seconds from the look-up to the end of the answer."""

_LONGEST = 64 * 1024


class Undelivered(Exception):
    """Nobody was told; it is to be tried again, unless ``permanent``."""

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent


class Reply(NamedTuple):
    """What was answered."""

    status: int
    kind: str
    body: bytes


class Address(NamedTuple):
    """An address on the web, taken apart."""

    https: bool
    host: str
    port: int
    target: str
    authorization: str

    @property
    def named(self) -> str:
        """The value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.https else 80) else f"{host}:{self.port}"


def take_apart(url: str) -> Address:
    """The parts of an address. Errors: ValueError for what is none."""
    if not url.isascii() or any(char <= " " or char == "\x7f" for char in url):
        raise ValueError("an address has no blanks, and letters beyond ASCII are percent-encoded")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address begins with https:// and a host")
    https = parts.scheme == "https"
    who = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        who = "Basic " + base64.b64encode(pair.encode()).decode()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(https, parts.hostname, parts.port or (443 if https else 80), target, who)


class Poster:
    """Sends requests to where they may lead. ``change`` puts another configuration into force."""

    def __init__(self, hooks_allow: tuple[str, ...], look_up: LookUp = look_up) -> None:
        self._look_up = look_up
        self._tls: SSLContext | None = None
        self.change(hooks_allow)

    def change(self, hooks_allow: tuple[str, ...]) -> None:
        """Go by another ``web.hooks_allow`` from now on."""
        self._destinations = Destinations(hooks_allow)

    async def judge(self, url: str) -> None:
        """Errors: ValueError for an address where no call may lead. A name that nobody knows now is judged later."""
        address = take_apart(url)
        self._destinations.judge_host(address.host, https=address.https)
        with contextlib.suppress(OSError):  # a TimeoutError is one too
            async with asyncio.timeout(5):
                found = await self._look_up(address.host, address.port)
            self._destinations.permitted(address.host, found, https=address.https)

    async def send(
        self, verb: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Reply:
        """The answer, whatever its status. Errors: `Undelivered`."""
        try:
            address = take_apart(url)
            async with asyncio.timeout(SECONDS):
                return await self._send(verb, address, headers or {}, body)
        except ValueError as error:
            raise Undelivered(str(error)) from error
        except TimeoutError as error:
            raise Undelivered(f"no answer within {SECONDS:g} s") from error
        except (OSError, h11.RemoteProtocolError) as error:
            raise Undelivered(str(error) or type(error).__name__) from error

    async def _send(
        self, verb: str, address: Address, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        self._destinations.judge_host(address.host, https=address.https)
        found = await self._look_up(address.host, address.port)
        good = self._destinations.permitted(address.host, found, https=address.https)
        reader, writer = await self._connect(address, good)
        try:
            return await _converse(reader, writer, verb, address, headers, body)
        finally:
            writer.transport.abort()

    async def _connect(
        self, address: Address, good: list[str]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        tls = self._context() if address.https else None
        name = address.host if tls else None
        failure: OSError | None = None
        for each in good:
            try:
                return await asyncio.open_connection(
                    each, address.port, ssl=tls, server_hostname=name
                )
            except OSError as error:
                failure = error
        raise failure or OSError("no address")

    def _context(self) -> "SSLContext":
        if self._tls is None:
            import ssl

            self._tls = ssl.create_default_context()
        return self._tls


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    verb: str,
    address: Address,
    headers: Mapping[str, str],
    body: bytes,
) -> Reply:
    said = {"Host": address.named, "Connection": "close", "User-Agent": "gsmd", "Accept": "*/*"}
    if address.authorization:
        said["Authorization"] = address.authorization
    if body or verb != "GET":
        said["Content-Length"] = str(len(body))
    said |= headers
    talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST)
    request = h11.Request(method=verb, target=address.target, headers=list(said.items()))
    writer.write(talk.send(request) or b"")
    if body:
        writer.write(talk.send(h11.Data(data=body)) or b"")
    writer.write(talk.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    status, kind, answer = 0, "", bytearray()
    while True:
        event = talk.next_event()
        if event is h11.NEED_DATA:
            talk.receive_data(await reader.read(65_536))
        elif isinstance(event, h11.Response):
            status = event.status_code
            kind = dict(event.headers).get(b"content-type", b"").decode("latin-1")
        elif isinstance(event, h11.Data):
            answer += event.data
            if len(answer) > _LONGEST:
                return Reply(status, kind, bytes(answer[:_LONGEST]))
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            return Reply(status, kind, bytes(answer))
