"""What the daemon tells without being asked, as asynchronous iterators that outlive its restarts."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gsmd.client import errors, types
from gsmd.client.async_link import AsyncLink
from gsmd.client.conversation import BACK_OFF, Heard, reconnected
from gsmd.client.handover import Exchange, Handovers, Received, received
from gsmd.client.options import to_wire
from gsmd.protocol.jsonrpc import Notification, Request

log = logging.getLogger(__name__)


class AsyncStream:
    """A subscription on a connection of its own, made at the first step or by ``async with``.

    The first connection's errors are raised; later the daemon may be away for a
    while, unless ``reconnect`` is false: then its going away is `NoDaemon`.
    """

    _tells_gaps = False
    """What happened while there was no connection is gone: whoever hears has to know."""

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

    def _subscribed(self, result: Any) -> None:
        """There is a new connection; ``result`` is the daemon's answer to the subscription."""

    async def _connected(self) -> AsyncLink:
        if self._link is None:
            await self._connect()
        assert self._link is not None
        return self._link

    async def _connect(self) -> None:
        link = await AsyncLink.open(self._path)
        try:
            result = await link.request(self._method, to_wire(self._params), self._timeout)
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


class AsyncInboundMessage(Received, frozen=True, kw_only=True, dict=True):
    """A message from `AsyncClient.listen`, to be answered exactly once.

    Errors of the answers: `Conflict`, if there was one already. A lost connection is none:
    the daemon hands the message over again, and gets the answer then.
    """

    async def reply(self, text: str) -> None:
        """Done, and ``text`` goes to the sender."""
        self.exchange.accept(text)

    async def acknowledge(self) -> None:
        """Done."""
        self.exchange.accept()

    async def reject(
        self, reason: str, *, retry_after: float | None = None, permanent: bool = False
    ) -> None:
        """Not done: the daemon tries again, after ``retry_after`` seconds if given, or never."""
        self.exchange.reject(reason, retry_after=retry_after, permanent=permanent)


class AsyncListener(AsyncStream):
    """The messages for a handler, one after the other.

    Going on to the next message acknowledges the one before, if nothing was said about it;
    an error that leaves ``async with`` rejects it. Without ``handler`` it is a live tail.
    """

    def __init__(
        self,
        path: Path,
        handler: str | None,
        *,
        max_in_flight: int,
        from_: str | None,
        reconnect: bool,
        timeout: float | None,
    ) -> None:
        self.handler = handler
        self.pending = 0
        """How many messages waited when the subscription began."""
        self._handovers = Handovers(max_in_flight)
        self._current: AsyncInboundMessage | None = None
        params: dict[str, Any] = {}
        if handler is not None:
            params = {"handler": handler, "max_in_flight": max_in_flight, "from": from_}
        super().__init__(path, "inbox.subscribe", params, reconnect=reconnect, timeout=timeout)

    async def receive(self, timeout: float | None = None) -> AsyncInboundMessage:  # noqa: ASYNC109 -- expiry has its own error
        """The next message; the one before is acknowledged, if nothing was said about it.

        Errors: `TimedOut` after ``timeout`` seconds, `NoDaemon` once closed.
        """
        self._settle()
        try:
            async with asyncio.timeout(timeout):
                return await self._receive()
        except TimeoutError:
            raise errors.TimedOut("no message came in time", reason="no_message") from None

    async def __anext__(self) -> AsyncInboundMessage:
        try:
            return await self.receive()
        except errors.NoDaemon:
            if self._closed:
                raise StopAsyncIteration from None
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        message, self._current = self._current, None
        if isinstance(error, Exception) and message is not None and _open(message):
            await message.reject(f"{type(error).__name__}: {error}")
        await self.close()

    def _subscribed(self, result: Any) -> None:
        self.pending = result.get("pending", 0)
        self._params.pop("from", None)  # where to begin is a question of the first time
        self._handovers.reconnected()

    async def _receive(self) -> AsyncInboundMessage:
        while True:
            item = await self._hear()
            message = self._message(item)
            if message is not None:
                self._current = message
                return message

    def _message(self, item: Heard) -> AsyncInboundMessage | None:
        assert self._link is not None
        if isinstance(item, Request) and item.method == "inbox.deliver":
            exchange = self._handovers.take(self._link, item)
        elif isinstance(item, Notification) and item.method == "inbox.message":
            exchange = Exchange(None, self._link, None, item.params)
        else:
            return None
        if exchange is None:
            return None
        return received(AsyncInboundMessage, exchange, item.params["message"])

    def _settle(self) -> None:
        message, self._current = self._current, None
        if message is not None and _open(message):
            message.exchange.accept()


def _open(message: Received) -> bool:
    return not message.answered and not message.exchange.deferred


class AsyncEventStream(AsyncStream):
    """Events as they happen; one of type ``reconnected`` where some may be missing."""

    _tells_gaps = True

    async def receive(self, timeout: float | None = None) -> types.Event:  # noqa: ASYNC109 -- expiry has its own error
        """The next event. Errors: `TimedOut` after ``timeout`` seconds, `NoDaemon` once closed."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    item = await self._hear()
                    if isinstance(item, Notification) and item.method == "event":
                        return types.event(item.params)
        except TimeoutError:
            raise errors.TimedOut("no event came in time", reason="no_event") from None

    async def __anext__(self) -> types.Event:
        try:
            return await self.receive()
        except errors.NoDaemon:
            if self._closed:
                raise StopAsyncIteration from None
            raise
