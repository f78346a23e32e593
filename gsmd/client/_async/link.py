"""A connection to the daemon on an asyncio event loop."""

import asyncio
import socket
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from gsmd.client import errors
from gsmd.client.protocol_state import Heard, ProtocolState, result_of
from gsmd.protocol.jsonrpc import ErrorResponse, Id, Response

Answer = Response | ErrorResponse


_KNOCK_AGAIN = 0.005
"""Seconds until the next try while more clients wait to be let in than the socket has places for."""


async def _connect(door: socket.socket, path: Path) -> None:
    # connect(2): with all places taken a Unix socket says EAGAIN, which asyncio takes for "under way"
    door.settimeout(0)
    while True:
        try:
            return door.connect(str(path))
        except BlockingIOError:
            await asyncio.sleep(_KNOCK_AGAIN)


class AsyncLink(asyncio.Protocol):
    """One connection. Opened by `open`; errors as `errors.from_connecting`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._transport: asyncio.Transport
        self._protocol = ProtocolState()
        self._waiting: dict[Id, asyncio.Future[Answer]] = {}
        self._heard: deque[Heard] = deque()
        self._news = asyncio.Event()
        self._failure: errors.GsmdError | None = None
        self._lost = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Connect to the socket at ``path``."""
        loop = asyncio.get_running_loop()
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            await _connect(door, path)
            _, link = await loop.create_unix_connection(lambda: cls(path), sock=door)
        except OSError as error:
            door.close()
            raise errors.from_connecting(path, error) from error
        except asyncio.CancelledError:
            door.close()
            raise
        return link

    @property
    def alive(self) -> bool:
        """There is a connection to write to."""
        return self._failure is None and not self._transport.is_closing()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    async def close(self) -> None:
        """Write what waits and end the connection."""
        self._transport.close()
        await asyncio.shield(self._lost)

    def write(self, line: bytes) -> bool:
        """Send; false, if the connection is gone."""
        if not self.alive:
            return False
        self._transport.write(line)
        return not self._transport.is_closing()  # so it is if the daemon was found to be gone

    async def request(self, method: str, params: Mapping[str, Any], timeout: float | None) -> Any:  # noqa: ASYNC109 -- expiry has its own error
        """Call and wait for the result. Errors: what the daemon says, `TimedOut`, `NotSent`, `NoDaemon`."""
        id_, line = self._protocol.request(method, params)
        if not self.write(line):
            raise errors.not_sent(self.path)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = answer
        try:
            async with asyncio.timeout(timeout):
                return result_of(await answer)
        except TimeoutError:
            text = f"the daemon did not answer {method} within {timeout:g} s"
            raise errors.TimedOut(text, reason="no_answer") from None
        finally:
            del self._waiting[id_]

    async def hear(self) -> Heard:
        """The next message that the daemon sends by itself. Errors: `NoDaemon`."""
        while not self._heard:
            if self._failure is not None:
                raise self._failure
            self._news.clear()
            await self._news.wait()
        return self._heard.popleft()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            heard = self._protocol.hear(data)
        except errors.ProtocolError as error:
            self._fail(error)
            self._transport.abort()
            return
        for item in heard:
            if not isinstance(item, Response | ErrorResponse):
                self._heard.append(item)
            elif item.id is None and isinstance(item, ErrorResponse):
                # said to the connection as a whole, which ends with it
                self._fail(errors.from_wire(item.error))
                self._transport.abort()
            elif (answer := self._waiting.get(item.id)) is not None and not answer.done():
                answer.set_result(item)
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- how it went does not matter
        self._fail(errors.gone(self.path))
        self._lost.set_result(None)

    def _fail(self, failure: errors.GsmdError) -> None:
        if self._failure is None:
            self._failure = failure
        self._news.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(self._failure)
