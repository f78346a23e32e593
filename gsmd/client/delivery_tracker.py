"""Messages handed to this program: each is answered once, also when the connection breaks in between.

A message that was not answered when the connection broke is handed over again
by the daemon. If the program still has it, it goes on with it; if its answer
may have been lost on the way, the answer is given again. Neither is seen twice.
"""

import time
from collections import OrderedDict
from typing import Any, Protocol, TypeVar

import msgspec

from gsmd.client import protocol_state
from gsmd.client.errors import Conflict
from gsmd.protocol.jsonrpc import Id, Request
from gsmd.protocol.message import Message, Receipt

_SAME_ANSWER = 60.0
"""Seconds after a reconnection in which a message that comes again gets the answer it had."""


class Link(Protocol):
    """A connection to the daemon."""

    def write(self, line: bytes) -> bool:
        """Send; false, if the connection is gone."""
        ...


class Exchange:
    """One message in the program's hands, and where its answer goes."""

    def __init__(
        self, owner: "DeliveryTracker | None", link: Link, request_id: Id, params: Any
    ) -> None:
        self.handler: str | None = params.get("handler")
        self.attempt: int = params.get("attempt", 1)
        self.message_id: str = params["message"]["id"]
        self.receipt: Receipt | None = _receipt(params)
        self.name = _name(params)
        """What is handed over, by which it is known when it comes again."""
        self.settled = owner is None
        """There is nothing to answer any more: it has been, or it was only to be seen."""
        self.deferred = False
        self.reply: str | None = None
        self.link = link
        self._owner = owner
        self._request_id = request_id

    def accept(self, reply: str | None = None) -> None:
        """Done; ``reply`` goes to the sender. Errors: `Conflict`, if it was answered before."""
        owner = self._settle()
        self.reply = reply
        self.link.write(protocol_state.accepting(self._request_id, reply))
        owner.accepted(self)

    def reject(self, reason: str, *, retry_after: float | None, permanent: bool) -> None:
        """Not done. Errors: `Conflict`, if it was answered before."""
        self._settle()
        line = protocol_state.rejecting(
            self._request_id, reason, retry_after=retry_after, permanent=permanent
        )
        self.link.write(line)

    def again(self, link: Link, request_id: Id, attempt: int) -> None:
        """The daemon handed it over once more, while the program still has it."""
        self.link, self._request_id, self.attempt = link, request_id, attempt

    def _settle(self) -> "DeliveryTracker":
        if self._owner is None:
            text = "nobody waits for an answer: listen with a handler's name"
            raise Conflict(text, reason="not_subscribed")
        if self.settled:
            text = f"message {self.message_id} has been answered already"
            raise Conflict(text, reason="answered")
        self.settled = True
        self._owner.forget(self)
        return self._owner


class DeliveryTracker:
    """The messages that one listener was given, across its connections."""

    def __init__(self, max_in_flight: int) -> None:
        self._most = max_in_flight
        self._open: dict[str, Exchange] = {}
        self._accepted: OrderedDict[str, Exchange] = OrderedDict()
        self._unsure: dict[str, Exchange] = {}
        self._unsure_until = 0.0

    def take(self, link: Link, request: Request) -> Exchange | None:
        """The message, if it is new to the program; None where it is not to be bothered again."""
        params = request.params
        key, attempt = _name(params), params.get("attempt", 1)
        if (held := self._open.get(key)) is not None:
            held.again(link, request.id, attempt)
            return None
        done = self._unsure.pop(key, None)
        if done is not None and attempt > done.attempt and time.monotonic() < self._unsure_until:
            link.write(protocol_state.accepting(request.id, done.reply))
            return None
        exchange = self._open[key] = Exchange(self, link, request.id, params)
        return exchange

    def accepted(self, exchange: Exchange) -> None:
        """An answer is on its way; more than are in flight at once cannot get lost."""
        self._accepted[exchange.name] = exchange
        while len(self._accepted) > self._most:
            self._accepted.popitem(last=False)

    def forget(self, exchange: Exchange) -> None:
        """It is no longer in the program's hands."""
        self._open.pop(exchange.name, None)

    def reconnected(self) -> None:
        """There is a new connection: what was said last on the old one may not have arrived."""
        self._unsure.update(self._accepted)
        self._accepted.clear()
        self._unsure_until = time.monotonic() + _SAME_ANSWER


def _receipt(params: Any) -> Receipt | None:
    told = params.get("receipt")
    return None if told is None else msgspec.convert(told, Receipt)


def _name(params: Any) -> str:
    """A message's id; that of a receipt has its number behind it."""
    id_, receipt = str(params["message"]["id"]), params.get("receipt")
    return id_ if receipt is None else f"{id_}.{receipt['number']}"


class Received(Message, frozen=True, kw_only=True, dict=True):
    """A message as it was handed over. As JSON, and in comparisons, it is the `Message` alone."""

    @property
    def exchange(self) -> Exchange:
        """The hand-over it came by."""
        found: Exchange = self.__dict__["exchange"]
        return found

    @property
    def handler(self) -> str | None:
        """The handler it is meant for; None on a live tail."""
        return self.exchange.handler

    @property
    def attempt(self) -> int:
        """The number of this hand-over, from 1."""
        return self.exchange.attempt

    @property
    def receipt(self) -> Receipt | None:
        """What became of a message of ours, which this is then, as it was; None for one that came in."""
        return self.exchange.receipt

    @property
    def answered(self) -> bool:
        """It has been replied to, acknowledged or rejected."""
        return self.exchange.settled

    def defer(self) -> None:
        """It will be answered later: going on to the next message does not acknowledge this one."""
        self.exchange.deferred = True


R = TypeVar("R", bound=Received)


def received(kind: type[R], exchange: Exchange, message: Any) -> R:
    """The message of a hand-over or a live tail."""
    result = msgspec.convert(message, kind)
    result.__dict__["exchange"] = exchange
    return result
