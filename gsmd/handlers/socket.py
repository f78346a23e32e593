"""Handlers that connect to the daemon's socket. Several connections under one name share the work."""

import asyncio
from typing import ClassVar

from gsmd.config import HandlerSettings
from gsmd.config.types import Waiting
from gsmd.handlers.base import (
    Delivery,
    DeliveryMarks,
    Handler,
    HandlerError,
    HandlerGone,
    Seat,
    Worker,
)
from gsmd.protocol.message import Reply


class SocketSettings(HandlerSettings, frozen=True, kw_only=True):
    """``timeout``: seconds for one message.

    It is long, because a program may be given several messages at once and take one after the other.
    ``receipts``: whether it is told what becomes of all that goes in its name.
    """

    kind: ClassVar[str] = "socket"

    socket: bool = True
    timeout: Waiting = 600.0
    receipts: bool = False

    @property
    def wants_receipts(self) -> bool | None:
        return self.receipts


class SocketHandler(Handler):
    """Gives each message to the least busy worker."""

    def __init__(
        self, name: str, settings: SocketSettings, _marks: DeliveryMarks | None = None
    ) -> None:
        self.name = name
        self._timeout = settings.timeout
        self._seats: list[Seat] = []

    @property
    def capacity(self) -> int:
        return sum(seat.free for seat in self._seats)

    def succeed(self, former: Handler) -> None:
        """Take over who is connected to ``former``. What they have in hand goes on counting as theirs."""
        self._seats = former.vacate()

    def vacate(self) -> list[Seat]:
        """Nobody is connected any more; what they have in hand is still theirs to answer."""
        seats, self._seats = self._seats, []
        return seats

    def attach(self, worker: Worker) -> None:
        """The worker takes messages from now on."""
        self._seats.append(Seat(worker))

    def detach(self, worker: Worker) -> bool:
        """The worker gets nothing more; what it has is still its own to answer, or to give up."""
        before = len(self._seats)
        self._seats = [seat for seat in self._seats if seat.worker is not worker]
        return len(self._seats) < before

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Errors: `HandlerError`; `HandlerGone` if nobody is there, or not until the answer."""
        seat = min((s for s in self._seats if s.free), key=lambda s: s.load, default=None)
        if seat is None:
            raise HandlerGone(f"nobody is connected as {self.name} and has room")
        seat.in_flight += 1
        try:
            async with asyncio.timeout(None if seat.worker.keeps_time else self._timeout):
                return await seat.worker.deliver(delivery)
        except TimeoutError as error:
            raise HandlerError(f"{self.name} did not answer within {self._timeout:g} s") from error
        finally:
            seat.in_flight -= 1

    async def close(self) -> None:
        self._seats.clear()
