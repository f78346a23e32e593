"""Messages for a handler, as an asynchronous iterator, until each is answered."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from gsmd.client import errors
from gsmd.client._async.inbound import AsyncInboundMessage
from gsmd.client._async.stream import AsyncStream
from gsmd.client.delivery_tracker import DeliveryTracker, Exchange, Received, received
from gsmd.client.protocol_state import Heard
from gsmd.protocol.jsonrpc import Notification, Request


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
        match: Mapping[str, Any] | None,
        reconnect: bool,
        timeout: float | None,
    ) -> None:
        self.handler = handler
        self.pending = 0
        """The number of messages that waited when the subscription began."""
        self._tracker = DeliveryTracker(max_in_flight)
        self._current: AsyncInboundMessage | None = None
        params: dict[str, Any] = {}
        if handler is not None:
            params = {"handler": handler, "max_in_flight": max_in_flight, "from": from_}
            if match is not None:
                params["match"] = dict(match)
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
        self._tracker.reconnected()

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
            exchange = self._tracker.take(self._link, item)
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
