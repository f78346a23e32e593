"""Messages for a client that it did not ask for one by one: to deal with, to look at, and events.

A hand-over is a request to the client and its answer the acknowledgement. What
is only to look at is dropped while the client does not read, and counted.
"""

import asyncio
import logging
from datetime import datetime
from typing import Any

import msgspec

from gsmd.api.backend import EventLog
from gsmd.api.connection import Connection, ConnectionGone, Question
from gsmd.api.encoding import Encoder
from gsmd.api.follower import Follower
from gsmd.handlers.base import Delivery, HandlerError, HandlerGone
from gsmd.protocol import jsonrpc
from gsmd.protocol.events import Event
from gsmd.protocol.jsonrpc import ErrorResponse, Notification, Response
from gsmd.protocol.message import Message, Reply, iso, receipt_to_wire

log = logging.getLogger(__name__)


class HandlerSubscription:
    """A connection that takes the messages of one handler."""

    keeps_time = False

    def __init__(
        self, connection: Connection, encoder: Encoder, handler: str, max_in_flight: int
    ) -> None:
        self.handler = handler
        self.max_in_flight = max_in_flight
        self._connection = connection
        self._encoder = encoder
        self._open = asyncio.Event()
        self._closed = False
        self._questions: set[Question] = set()

    def open(self) -> None:
        """The client knows that it is subscribed: messages may come."""
        self._open.set()

    def close(self) -> None:
        """Give back what is not answered."""
        self._closed = True
        self._open.set()
        for question in list(self._questions):
            if not question.done():
                question.set_exception(ConnectionGone())

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Hand the message over. Errors: `HandlerError` as the client says, `HandlerGone`."""
        try:
            if self._connection.congested or not self._open.is_set():
                await self._can_deliver()
            answer = await self._ask(delivery)
        except ConnectionGone:
            raise HandlerGone(f"{self.handler} disconnected before it answered") from None
        return _reply(self.handler, answer)

    async def _can_deliver(self) -> None:
        await self._open.wait()
        await self._connection.writable()
        if self._closed:
            raise ConnectionGone

    async def _ask(self, delivery: Delivery) -> Response | ErrorResponse:
        params: dict[str, Any] = {
            "handler": delivery.handler,
            "attempt": delivery.attempt,
            "message": self._encoder.message(delivery.message),
        }
        if delivery.receipt is not None:
            params["receipt"] = receipt_to_wire(delivery.receipt)
        question = self._connection.ask("inbox.deliver", params)
        self._questions.add(question)
        try:
            return await question
        finally:
            self._questions.discard(question)


class Refusal(msgspec.Struct):
    """The details with which a client may reject a message; anything else is ignored."""

    retry_after: float | None = None
    permanent: bool = False


def _reply(handler: str, answer: Response | ErrorResponse) -> Reply | None:
    """Any result acknowledges, even one that cannot be understood: asking again would double it."""
    if isinstance(answer, ErrorResponse):
        raise _rejection(answer)
    text = answer.result.get("reply") if isinstance(answer.result, dict) else None
    if text is None or text == "":
        return None
    if not isinstance(text, str):
        log.warning("handler %s: the reply is not a string: acknowledged, not replied", handler)
        return None
    return Reply(text)


def _rejection(answer: ErrorResponse) -> HandlerError:
    try:
        more = msgspec.convert(answer.error.data, Refusal)
    except msgspec.ValidationError:
        more = Refusal()
    wait = more.retry_after
    if wait is not None and not 0 <= wait < 1e9:
        wait = None
    return HandlerError(answer.error.message, retry_after=wait, permanent=more.permanent)


class MessageTail:
    """The live tail: every inbound message while the connection lasts, and nothing kept."""

    def __init__(self, connection: Connection, encoder: Encoder) -> None:
        self._connection = connection
        self._encoder = encoder
        self._lost = 0

    def message(self, message: Message) -> None:
        """Tell of it now or never."""
        if self._connection.congested:
            self._lost += 1
        else:
            _tell(self._connection, "inbox.message", {"message": self._encoder.message(message)})

    def caught_up(self) -> None:
        """Say how many were lost, in the place where they would have been."""
        if self._lost:
            _tell(self._connection, "inbox.lost", {"lost": self._lost})
            self._lost = 0


class EventTail:
    """Events whose type begins with one of ``types``; all, if there are none.

    With ``after`` those behind that number, without a gap; else from now on, as far as the client keeps up.
    """

    def __init__(
        self,
        connection: Connection,
        encoder: Encoder,
        types: tuple[str, ...],
        log: EventLog,
        after: int | None,
    ) -> None:
        self._connection = connection
        self._encoder = encoder
        self._types = types
        self._lost = 0
        self._lost_at: datetime | None = None
        self._follower = None if after is None else Follower(connection, log, after, self._tell)

    def start(self) -> None:
        """The client knows that it is subscribed."""
        if self._follower is not None:
            self._follower.start()

    def close(self) -> None:
        """Tell no more."""
        if self._follower is not None:
            self._follower.close()

    def event(self, event: Event) -> None:
        """Tell of it now; never, if the client does not keep up and asked for no `Follower`."""
        if self._follower is not None:
            self._follower.event(event)
        elif not self._is_wanted(event):
            return
        elif self._connection.congested:
            self._lost += 1
            self._lost_at = event.at
        else:
            self._tell(event)

    def _is_wanted(self, event: Event) -> bool:
        return not self._types or event.type.startswith(self._types)

    def _tell(self, event: Event) -> None:
        if self._is_wanted(event):
            _tell(self._connection, "event", self._encoder.event(event))

    def caught_up(self) -> None:
        """Say how many were lost, in the place where they would have been."""
        if self._lost and self._lost_at is not None:
            lost = {"type": "lost", "at": iso(self._lost_at), "lost": self._lost}
            _tell(self._connection, "event", lost)
            self._lost = 0


def _tell(connection: Connection, method: str, params: Any) -> None:
    connection.send(jsonrpc.encode(Notification(method, params)))
