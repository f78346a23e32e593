"""Handlers that connect to the daemon's socket. Several connections under one name share the work."""

import asyncio
from contextlib import suppress
from typing import Protocol

from gsmd.handlers.base import Delivery, HandlerError, HandlerGone
from gsmd.message import Reply


class Worker(Protocol):
    """A connected program that takes messages, at most ``max_in_flight`` at once."""

    max_in_flight: int

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Hands the message over and waits for the answer. Errors: `HandlerError`."""
        ...


class _Seat:
    """A worker, and the hand-overs to it that are not answered."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.waits: set[asyncio.Timeout] = set()
        self.gone = False

    @property
    def free(self) -> int:
        return max(0, self.worker.max_in_flight - len(self.waits))

    @property
    def load(self) -> float:
        return len(self.waits) / self.worker.max_in_flight

    def leave(self) -> None:
        """Ends the waiting for answers that will not come."""
        self.gone = True
        now = asyncio.get_running_loop().time()
        for wait in self.waits:
            with suppress(RuntimeError):  # it is over already
                wait.reschedule(now)


class SocketHandler:
    """Gives each message to the least busy worker. ``timeout`` is in seconds, for one message."""

    def __init__(self, name: str, *, timeout: float) -> None:
        self.name = name
        self._timeout = timeout
        self._seats: list[_Seat] = []

    @property
    def capacity(self) -> int:
        return sum(seat.free for seat in self._seats)

    def attach(self, worker: Worker) -> None:
        """The worker takes messages from now on."""
        self._seats.append(_Seat(worker))

    def detach(self, worker: Worker) -> None:
        """The worker takes no more; what it has not answered is to be handed over again."""
        for seat in [seat for seat in self._seats if seat.worker is worker]:
            self._seats.remove(seat)
            seat.leave()

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Errors: `HandlerError`; `HandlerGone` if nobody is there, or not until the answer."""
        seat = min((s for s in self._seats if s.free), key=lambda s: s.load, default=None)
        if seat is None:
            raise HandlerGone(f"nobody is connected as {self.name} and has room")
        wait = asyncio.timeout(self._timeout)
        seat.waits.add(wait)
        try:
            async with wait:
                return await seat.worker.deliver(delivery)
        except TimeoutError as error:
            if seat.gone:
                raise HandlerGone(f"{self.name} went away before it answered") from None
            raise HandlerError(f"{self.name} did not answer within {self._timeout:g} s") from error
        finally:
            seat.waits.discard(wait)

    async def close(self) -> None:
        for seat in list(self._seats):
            self.detach(seat.worker)
