"""Handlers that connect to the daemon's socket. Several connections under one name share the work."""

import asyncio
from typing import Protocol

from gsmd.handlers.base import Delivery, HandlerError, HandlerGone
from gsmd.message import Reply


class Worker(Protocol):
    """A connected program that takes messages, at most ``max_in_flight`` at once."""

    max_in_flight: int

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Hands the message over and waits for the answer.

        Errors: `HandlerError`; `HandlerGone` once it can no longer answer. An answer that
        arrived before the program went away counts, so only the worker can tell.
        """
        ...


class _Seat:
    """A worker, and how many hand-overs to it are not answered."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.in_flight = 0

    @property
    def free(self) -> int:
        return max(0, self.worker.max_in_flight - self.in_flight)

    @property
    def load(self) -> float:
        return self.in_flight / self.worker.max_in_flight


class SocketHandler:
    """Gives each message to the least busy worker. ``timeout`` is in seconds, for one message."""

    def __init__(self, name: str, *, timeout: float) -> None:
        self.name = name
        self._timeout = timeout
        self._seats: list[_Seat] = []

    @property
    def capacity(self) -> int:
        return sum(seat.free for seat in self._seats)

    def succeed(self, former: "SocketHandler") -> None:
        """Take over who is connected to ``former``. What they have in hand goes on counting as theirs."""
        self._seats = former.vacate()

    def vacate(self) -> list[_Seat]:
        """Nobody is connected any more; what they have in hand is still theirs to answer."""
        seats, self._seats = self._seats, []
        return seats

    def attach(self, worker: Worker) -> None:
        """The worker takes messages from now on."""
        self._seats.append(_Seat(worker))

    def detach(self, worker: Worker) -> None:
        """The worker gets nothing more; what it has is still its own to answer, or to give up."""
        self._seats = [seat for seat in self._seats if seat.worker is not worker]

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Errors: `HandlerError`; `HandlerGone` if nobody is there, or not until the answer."""
        seat = min((s for s in self._seats if s.free), key=lambda s: s.load, default=None)
        if seat is None:
            raise HandlerGone(f"nobody is connected as {self.name} and has room")
        seat.in_flight += 1
        try:
            async with asyncio.timeout(self._timeout):
                return await seat.worker.deliver(delivery)
        except TimeoutError as error:
            raise HandlerError(f"{self.name} did not answer within {self._timeout:g} s") from error
        finally:
            seat.in_flight -= 1

    async def close(self) -> None:
        self._seats.clear()
