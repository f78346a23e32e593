"""Streams of what the daemon tells by itself, as asynchronous iterators that outlive its restarts."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gsmd.client import errors
from gsmd.client._async.link import AsyncLink
from gsmd.client.parameters import to_wire
from gsmd.client.protocol_state import BACK_OFF, NOW, ONLY_ASKING, Heard, reconnected
from gsmd.protocol.events import Event, read_event
from gsmd.protocol.jsonrpc import Notification

log = logging.getLogger(__name__)


class AsyncStream:
    """A subscription on a connection of its own, made at the first step or by ``async with``.

    The first connection's errors are raised; later the daemon may be away for a
    while, unless ``reconnect`` is false: then its going away is `NoDaemon`.
    """

    def __init__(
        self,
        path: Path,
        method: str,
        params: Mapping[str, Any],
        *,
        reconnect: bool,
        timeout: float | None,
    ) -> None:
        self._path = path
        self._method = method
        self._params = dict(params)
        self._reconnect = reconnect
        self._timeout = timeout
        self._closed = False
        self._link: AsyncLink | None = None

    async def close(self) -> None:
        """End the subscription."""
        self._closed = True
        if self._link is not None:
            await self._link.close()

    async def __aenter__(self) -> Self:
        await self._connected()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __del__(self) -> None:
        # a loop that is left without `async with`: what was not answered goes back to the daemon
        if self._link is not None and self._link.alive:
            self._link.abort()

    def __aiter__(self) -> Self:
        return self

    @property
    def _tells_gaps(self) -> bool:
        """True where the loss of a connection is told: what happened meanwhile is gone, and the program has to know."""
        return False

    def _subscribed(self, result: Any) -> None:
        """There is a new connection; ``result`` is the daemon's answer to the subscription."""

    async def _connected(self) -> AsyncLink:
        if self._link is None:
            await self._connect()
        assert self._link is not None
        return self._link

    async def _subscribe(self, link: AsyncLink) -> Any:
        """Ask for it on a new connection; returns the daemon's answer."""
        return await link.request(self._method, to_wire(self._params), self._timeout)

    async def _connect(self) -> None:
        link = await AsyncLink.open(self._path)
        try:
            result = await self._subscribe(link)
        except BaseException:
            link.abort()
            raise
        self._link = link
        self._subscribed(result)

    async def _hear(self) -> Heard:
        while True:
            link = await self._connected()
            try:
                return await link.hear()
            except errors.NoDaemon:
                link.abort()
                if self._closed or not self._reconnect:
                    raise
            log.info("the daemon at %s went away; waiting for it", self._path)
            await self._connect_again()
            if self._tells_gaps:
                return reconnected()

    async def _connect_again(self) -> None:
        attempt = 0
        while True:
            await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
            if self._closed:
                raise errors.gone(self._path)
            try:
                return await self._connect()
            except errors.NoDaemon:
                attempt += 1


class AsyncEventStream(AsyncStream):
    """Events as they happen; one of type ``reconnected`` where some may be missing.

    With ``after`` none is: each connection goes on behind the last event that was received.
    """

    @property
    def _tells_gaps(self) -> bool:
        return self._params.get("after") is None

    @property
    def seq(self) -> int | None:
        """The `seq` of the last event that is known, to go on behind it another time; None without ``after``."""
        after = self._params.get("after")
        return after if isinstance(after, int) else None

    async def _subscribe(self, link: AsyncLink) -> Any:
        if self._params.get("after") == NOW:
            newest = await link.request(self._method, ONLY_ASKING, self._timeout)
            self._params["after"] = newest.get("seq", 0)
        return await super()._subscribe(link)

    def _received(self, event: Event) -> Event:
        if event.seq is not None and not self._tells_gaps:
            self._params["after"] = event.seq
        return event

    async def receive(self, timeout: float | None = None) -> Event:  # noqa: ASYNC109 -- expiry has its own error
        """The next event. Errors: `TimedOut` after ``timeout`` seconds, `NoDaemon` once closed."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    item = await self._hear()
                    if isinstance(item, Notification) and item.method == "event":
                        return self._received(read_event(item.params))
        except TimeoutError:
            raise errors.TimedOut("no event came in time", reason="no_event") from None

    async def __anext__(self) -> Event:
        try:
            return await self.receive()
        except errors.NoDaemon:
            if self._closed:
                raise StopAsyncIteration from None
            raise
