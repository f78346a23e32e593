"""Messages for a handler, as a blocking iterator, until each is answered."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from gsmd.client import errors
from gsmd.client._sync.inbound import InboundMessage
from gsmd.client._sync.stream import Stream
from gsmd.client.delivery_tracker import DeliveryTracker, Exchange, received
from gsmd.client.protocol_state import Heard
from gsmd.protocol.jsonrpc import Notification, Request


class Listener(Stream):
    """The messages for a handler, one after the other.

    Going on to the next message acknowledges the one before, if nothing was said about it;
    an error that leaves the loop rejects it. Without ``handler`` it is a live tail: only to look at.
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
        self._current: InboundMessage | None = None
        params: dict[str, Any] = {}
        if handler is not None:
            params = {"handler": handler, "max_in_flight": max_in_flight, "from": from_}
            if match is not None:
                params["match"] = dict(match)
        super().__init__(path, "inbox.subscribe", params, reconnect=reconnect, timeout=timeout)

    def receive(self, timeout: float | None = None) -> InboundMessage:
        """The next message; the one before is acknowledged, if nothing was said about it.

        Errors: `TimedOut` after ``timeout`` seconds, `NoDaemon` once closed.
        """
        self._settle()
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            item = self._hear(until)
            if item is None:
                raise errors.TimedOut("no message came in time", reason="no_message")
            message = self._message(item)
            if message is not None:
                self._current = message
                return message

    def __iter__(self) -> Iterator[InboundMessage]:
        try:
            yield from self._each(self.receive)
        finally:
            if not self._managed:  # else `with` knows more about how the loop was left
                self._leave("the program left off without an answer")
                self.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, Exception):
            self._leave(f"{type(error).__name__}: {error}")
        self.close()

    def _subscribed(self, result: Any) -> None:
        self.pending = result.get("pending", 0)
        self._params.pop("from", None)  # where to begin is a question of the first time
        self._tracker.reconnected()

    def _message(self, item: Heard) -> InboundMessage | None:
        if isinstance(item, Request) and item.method == "inbox.deliver":
            exchange = self._tracker.take(self._link, item)
        elif isinstance(item, Notification) and item.method == "inbox.message":
            exchange = Exchange(None, self._link, None, item.params)
        else:
            return None
        if exchange is None:
            return None
        return received(InboundMessage, exchange, item.params["message"])

    def _settle(self) -> None:
        message, self._current = self._current, None
        if message is not None and not message.answered and not message.exchange.deferred:
            message.acknowledge()

    def _leave(self, reason: str) -> None:
        message, self._current = self._current, None
        if message is not None and not message.answered and not message.exchange.deferred:
            message.reject(reason)
