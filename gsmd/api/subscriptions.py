"""The subscriptions of one connection, and their end all together."""

from collections.abc import Callable
from typing import Any

from gsmd.api.backend import Backend
from gsmd.api.carrying import CarrierConnection
from gsmd.api.connection import Connection
from gsmd.api.encoding import Encoder
from gsmd.api.subscription import EventTail, HandlerSubscription, MessageTail
from gsmd.protocol.errors import Code, Refused

_MOST = 64
"""Handlers that one connection may serve."""


class Subscriptions:
    """The subscriptions of one connection."""

    def __init__(self, backend: Backend, connection: Connection, encoder: Encoder) -> None:
        self._backend = backend
        self._connection = connection
        self._encoder = encoder
        self._handlers: dict[str, HandlerSubscription] = {}
        self._carriers: dict[str, CarrierConnection] = {}
        self._tails: dict[type, tuple[MessageTail | EventTail, Callable[[], None]]] = {}
        self._closed = False

    @property
    def active(self) -> bool:
        """There is something to tell the client of."""
        return bool(self._handlers or self._carriers or self._tails)

    async def handle(
        self,
        handler: str,
        max_in_flight: int,
        from_: str | None,
        match: dict[str, Any] | None,
    ) -> tuple[int, Callable[[], None]]:
        """Take a handler's messages: how many are pending, and what lets them come.

        Errors: `Refused`, also if this connection serves the handler already.
        """
        self._refuse(handler)
        mine = HandlerSubscription(self._connection, self._encoder, handler, max_in_flight)
        self._handlers[handler] = mine
        try:
            pending = await self._backend.handlers.subscribe(handler, mine, from_, match)
        except BaseException:
            self._handlers.pop(handler, None)
            raise
        if self._handlers.get(handler) is not mine:  # gone in the meantime
            self._backend.handlers.unsubscribe(handler, mine)
        return pending, mine.open

    def _refuse(self, handler: str) -> None:
        if handler in self._handlers:
            text = f"this connection serves {handler} already"
            raise Refused(Code.CONFLICT, text, reason="already_subscribed", field="handler")
        if len(self._handlers) >= _MOST:
            text = f"a connection serves at most {_MOST} handlers"
            raise Refused(Code.CONFLICT, text, reason="too_many_subscriptions", field="handler")

    def leave(self, handler: str) -> bool:
        """Take no more of a handler's messages; false, if the connection did not serve it."""
        mine = self._handlers.pop(handler, None)
        if mine is None:
            return False
        self._backend.handlers.unsubscribe(handler, mine)
        mine.close()
        return True

    def carry(self, line: CarrierConnection) -> None:
        """Be a carrier from now on. Errors: `Refused`, also if this connection is it already."""
        if self._closed:
            return
        if line.carrier in self._carriers:
            text = f"this connection is carrier {line.carrier} already"
            raise Refused(Code.CONFLICT, text, reason="attached", field="carrier")
        self._backend.carriers.attach(line.carrier, line)
        self._carriers[line.carrier] = line

    def carry_no_more(self, carrier: str, reason: str | None = None) -> bool:
        """Take no more of a carrier's messages; false, if the connection was not it."""
        line = self._carriers.pop(carrier, None)
        if line is not None:
            self._backend.carriers.detach(carrier, line, reason)
        return line is not None

    def watch_messages(self) -> None:
        """Tell of every inbound message from now on."""
        if MessageTail not in self._tails and not self._closed:
            tail = MessageTail(self._connection, self._encoder)
            self._tails[MessageTail] = tail, self._backend.handlers.tail(tail.message)

    def watch_events(self, types: tuple[str, ...], after: int | None) -> None:
        """Tell of events from now on, or behind number ``after``; a second call changes which."""
        self.ignore(EventTail)
        if not self._closed:
            log = self._backend.event_log
            tail = EventTail(self._connection, self._encoder, types, log, after)
            unsubscribe = self._backend.events.subscribe(tail.event)

            def stop() -> None:
                unsubscribe()
                tail.close()

            self._tails[EventTail] = tail, stop
            tail.start()

    def ignore(self, kind: type[MessageTail | EventTail]) -> bool:
        """Tell no more; false, if there was nothing to be told."""
        tail, stop = self._tails.pop(kind, (None, None))
        if stop is not None:
            stop()
        return tail is not None

    def caught_up(self) -> None:
        """The client reads again."""
        for tail, _ in self._tails.values():
            tail.caught_up()

    def close_handlers(self) -> None:
        """The client can acknowledge nothing more."""
        for handler in list(self._handlers):
            self.leave(handler)
        for carrier in list(self._carriers):
            self.carry_no_more(carrier, "its connection ended")

    def close(self) -> None:
        """The client is gone."""
        self._closed = True
        self.close_handlers()
        for kind in list(self._tails):
            self.ignore(kind)
