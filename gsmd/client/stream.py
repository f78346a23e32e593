"""What the daemon tells without being asked, as blocking iterators that outlive its restarts."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from gsmd.client import errors, types
from gsmd.client.conversation import BACK_OFF, Heard, reconnected
from gsmd.client.handover import Exchange, Handovers, Received, received
from gsmd.client.link import SocketLink
from gsmd.client.options import to_wire
from gsmd.protocol.jsonrpc import Notification, Request

log = logging.getLogger(__name__)

T = TypeVar("T")


class Stream:
    """A subscription on a connection of its own.

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
        self._managed = False
        self._link: SocketLink
        self._connect()

    def close(self) -> None:
        """End the subscription. May be called from another thread."""
        self._closed = True
        self._link.close()

    def __enter__(self) -> Self:
        self._managed = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _subscribed(self, result: Any) -> None:
        """There is a new connection; ``result`` is the daemon's answer to the subscription."""

    def _connect(self) -> None:
        link = SocketLink(self._path)
        try:
            result = link.request(self._method, to_wire(self._params), self._timeout)
        except BaseException:
            link.close()
            raise
        self._link = link
        if self._closed:  # meanwhile, by another thread
            link.close()
        self._subscribed(result)

    def _hear(self, until: float | None) -> Heard | None:
        """The next thing said; None after the monotonic time ``until``. Errors: `NoDaemon` when closed."""
        while True:
            try:
                return self._link.hear(until)
            except errors.NoDaemon:
                self._link.close()
                if self._closed or not self._reconnect:
                    raise
            log.info("the daemon at %s went away; waiting for it", self._path)
            if not self._connect_again(until):
                return None
            if self._tells_gaps:
                return reconnected()

    def _each(self, receive: Callable[[], T]) -> Iterator[T]:
        while True:
            try:
                item = receive()
            except errors.NoDaemon:
                if self._closed:
                    return
                raise
            yield item

    def _connect_again(self, until: float | None) -> bool:
        for attempt in range(1 << 62):
            pause = BACK_OFF[min(attempt, len(BACK_OFF) - 1)]
            if until is not None and time.monotonic() + pause > until:
                time.sleep(max(0.0, until - time.monotonic()))
                return False
            time.sleep(pause)
            if self._closed:
                raise errors.gone(self._path)
            try:
                self._connect()
            except errors.NoDaemon:
                continue
            return True
        return False


class InboundMessage(Received, frozen=True, kw_only=True, dict=True):
    """A message from `Client.listen`, to be answered exactly once.

    Errors of the answers: `Conflict`, if there was one already. A lost connection is none:
    the daemon hands the message over again, and gets the answer then.
    """

    def reply(self, text: str) -> None:
        """Done, and ``text`` goes to the sender."""
        self.exchange.accept(text)

    def acknowledge(self) -> None:
        """Done."""
        self.exchange.accept()

    def reject(
        self, reason: str, *, retry_after: float | None = None, permanent: bool = False
    ) -> None:
        """Not done: the daemon tries again, after ``retry_after`` seconds if given, or never."""
        self.exchange.reject(reason, retry_after=retry_after, permanent=permanent)


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
        reconnect: bool,
        timeout: float | None,
    ) -> None:
        self.handler = handler
        self.pending = 0
        """How many messages waited when the subscription began."""
        self._handovers = Handovers(max_in_flight)
        self._current: InboundMessage | None = None
        params: dict[str, Any] = {}
        if handler is not None:
            params = {"handler": handler, "max_in_flight": max_in_flight, "from": from_}
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
        self._handovers.reconnected()

    def _message(self, item: Heard) -> InboundMessage | None:
        if isinstance(item, Request) and item.method == "inbox.deliver":
            exchange = self._handovers.take(self._link, item)
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


class EventStream(Stream):
    """Events as they happen; one of type ``reconnected`` where some may be missing."""

    _tells_gaps = True

    def receive(self, timeout: float | None = None) -> types.Event:
        """The next event. Errors: `TimedOut` after ``timeout`` seconds, `NoDaemon` once closed."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            item = self._hear(until)
            if item is None:
                raise errors.TimedOut("no event came in time", reason="no_event")
            if isinstance(item, Notification) and item.method == "event":
                return types.event(item.params)

    def __iter__(self) -> Iterator[types.Event]:
        try:
            yield from self._each(self.receive)
        finally:
            if not self._managed:
                self.close()
