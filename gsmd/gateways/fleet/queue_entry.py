"""A message that the engine's queue has handed to us, until it is settled or given back."""

import contextlib
from typing import Protocol

import msgspec

from gsmd.fleet.link import EngineAway


class Link(Protocol):
    """What is needed of the engine."""

    async def publish(self, subject: str, data: bytes = b"") -> None: ...


class QueueEntry:
    """``deliveries`` counts how often the queue has handed it out; ``pending`` what waits behind it; ``at`` is when it was put in, by the engine's clock."""

    def __init__(self, link: Link, subject: str, body: bytes, reply: str) -> None:
        self._link = link
        self._reply = reply
        self.subject = subject
        self.body = body
        self.settled = False
        deliveries, _, _, at, pending = _figures(reply)
        self.deliveries = deliveries
        self.at = at / 1e9
        self.pending = pending

    async def settle(self) -> None:
        """It is done with. Nobody waits for an answer: if the engine does not hear it, it comes again, and is found to be done with."""
        self.settled = True
        with contextlib.suppress(EngineAway):
            await self._link.publish(self._reply, b"+ACK")

    async def give_back(self, after: float) -> None:
        """Whoever asks may have it, after so many seconds."""
        self.settled = True
        told = msgspec.json.encode({"delay": int(after * 1e9)})
        with contextlib.suppress(EngineAway):
            await self._link.publish(self._reply, b"-NAK " + told if after > 0 else b"-NAK")

    async def keep(self) -> None:
        """We still have it: nobody else is to get it yet."""
        if not self.settled:
            with contextlib.suppress(EngineAway):
                await self._link.publish(self._reply, b"+WPI")


def _figures(reply: str) -> list[int]:
    """Deliveries, number in the stream, in the consumer, time, pending; both forms of the subject have these."""
    words = reply.split(".")
    begin = 4 if len(words) == 9 else 6
    return [int(each) for each in words[begin : begin + 5]]
