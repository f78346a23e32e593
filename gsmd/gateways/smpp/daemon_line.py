"""One bind's connection to the daemon: requests, and what the daemon hands over.

Theory of operation. A bind is a worker of its account's handler: it has a connection of its own, and what was
handed to it goes back to the daemon when it ends. Requests go over the same connection, many at the same time. A
request whose connection ends before the answer may have been carried out. So everything that changes something
has a ``key`` or can be repeated, and is asked again on the next connection, for as long as an ESME will wait;
then, and while the daemon is away from the beginning, it is `NoDaemon`.
"""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gsmd.client._async.link import AsyncLink
from gsmd.client.errors import GsmdError, NoDaemon
from gsmd.client.parameters import to_wire
from gsmd.client.protocol_state import BACK_OFF
from gsmd.protocol.jsonrpc import Request

_PATIENCE = 60.0
"""Seconds for an answer of the daemon."""

_AGAIN_FOR = 20.0
"""Seconds for which a request is asked again whose connection was lost."""

_TOGETHER = 16
"""Lines at which it does not wait for more: the daemon begins with them meanwhile."""

HandedOver = Callable[[AsyncLink, Request], None]


class _Link(AsyncLink):
    """A connection whose lines go out together that were written in the same round of the loop: many binds, few system calls."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._lines: list[bytes] = []

    def write(self, line: bytes) -> bool:
        """Send soon; false, if the connection is gone."""
        if not self.alive:
            return False
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._flush)
        self._lines.append(line)
        if len(self._lines) >= _TOGETHER:
            self._flush()
        return True

    async def close(self) -> None:
        """Write what waits and end the connection."""
        self._flush()
        await super().close()

    def _flush(self) -> None:
        lines, self._lines = self._lines, []
        if lines:
            super().write(b"".join(lines))


class DaemonLine:
    """A connection to the daemon at ``path``, made when it is needed, and again while somebody waits.

    ``handed_over`` gets the daemon's requests (`inbox.deliver`), with the connection to answer on.
    """

    def __init__(self, path: Path, handed_over: HandedOver | None = None) -> None:
        self._path = path
        self._handed_over = handed_over
        self._subscription: dict[str, Any] | None = None
        self._link: AsyncLink | None = None
        self._connecting = asyncio.Lock()
        self._reader: asyncio.Task[None] | None = None
        self._closed = False

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """The result. What is asked must do no harm when it is asked twice. Errors: `GsmdError`."""
        wire = to_wire(params)
        loop = asyncio.get_running_loop()
        lost_at: float | None = None
        attempt = 0
        while True:
            link = None
            try:
                link = await self._connected()
                return await link.request(method, wire, _PATIENCE)
            except NoDaemon:
                if link is None and lost_at is None:
                    raise  # it was away already
                lost_at = loop.time() if lost_at is None else lost_at
                if self._closed or loop.time() > lost_at + _AGAIN_FOR:
                    raise
            await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
            attempt += 1

    async def subscribe(self, params: Mapping[str, Any]) -> None:
        """Be a worker with these parameters of `inbox.subscribe`, on this connection and all later ones."""
        self._subscription = dict(params)
        attempt = 0
        while not self._closed:
            try:
                await self._connected()
            except GsmdError:
                await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
                attempt += 1
            else:
                return

    async def close(self) -> None:
        """End it; what was handed over and not answered goes back."""
        self._closed = True
        if self._reader is not None:
            self._reader.cancel()
        if self._link is not None:
            await self._link.close()

    async def _connected(self) -> AsyncLink:
        async with self._connecting:
            if self._closed:
                raise NoDaemon("the bind has ended", reason="closed")
            if self._link is None or not self._link.alive:
                self._link = await self._open()
            return self._link

    async def _open(self) -> AsyncLink:
        link = await _Link.open(self._path)
        try:
            if self._subscription is not None:
                await link.request("inbox.subscribe", self._subscription, _PATIENCE)
        except BaseException:
            link.abort()
            raise
        self._reader = asyncio.create_task(self._read(link))
        return link

    async def _read(self, link: AsyncLink) -> None:
        try:
            while True:
                item = await link.hear()
                if isinstance(item, Request) and self._handed_over is not None:
                    self._handed_over(link, item)
        except GsmdError:
            link.abort()
        if self._subscription is not None and not self._closed:
            await self.subscribe(self._subscription)
