"""Streams of what the daemon tells by itself, as blocking iterators that outlive its restarts."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from gsmd.client import errors
from gsmd.client._sync.link import SocketLink
from gsmd.client.parameters import to_wire
from gsmd.client.protocol_state import BACK_OFF, NOW, ONLY_ASKING, Heard, reconnected
from gsmd.protocol.events import Event, read_event
from gsmd.protocol.jsonrpc import Notification

log = logging.getLogger(__name__)

T = TypeVar("T")


class Stream:
    """A subscription on a connection of its own.

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

    @property
    def _tells_gaps(self) -> bool:
        """True where the loss of a connection is told: what happened meanwhile is gone, and the program has to know."""
        return False

    def _subscribed(self, result: Any) -> None:
        """There is a new connection; ``result`` is the daemon's answer to the subscription."""

    def _subscribe(self, link: SocketLink) -> Any:
        """Ask for it on a new connection; returns the daemon's answer."""
        return link.request(self._method, to_wire(self._params), self._timeout)

    def _connect(self) -> None:
        link = SocketLink(self._path)
        try:
            result = self._subscribe(link)
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


class EventStream(Stream):
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

    def _subscribe(self, link: SocketLink) -> Any:
        if self._params.get("after") == NOW:
            newest = link.request(self._method, ONLY_ASKING, self._timeout)
            self._params["after"] = newest.get("seq", 0)
        return super()._subscribe(link)

    def _received(self, event: Event) -> Event:
        if event.seq is not None and not self._tells_gaps:
            self._params["after"] = event.seq
        return event

    def receive(self, timeout: float | None = None) -> Event:
        """The next event. Errors: `TimedOut` after ``timeout`` seconds, `NoDaemon` once closed."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            item = self._hear(until)
            if item is None:
                raise errors.TimedOut("no event came in time", reason="no_event")
            if isinstance(item, Notification) and item.method == "event":
                return self._received(read_event(item.params))

    def __iter__(self) -> Iterator[Event]:
        try:
            yield from self._each(self.receive)
        finally:
            if not self._managed:
                self.close()
