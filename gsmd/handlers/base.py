"""The contract between gsmd and everybody who takes messages.

Theory of operation
-------------------

Each handler has a queue on disk, and in gsmd a delivery worker that empties it. The worker takes as
many messages off the queue as the handler has `Handler.capacity` for, never two of one sender at once,
and calls `Handler.deliver` for each. What comes of that call is the whole contract:

*returning* acknowledges. The delivery is settled on disk, and the reply that was returned, if any, is
queued in the same commit. Until that commit the message counts as not delivered: a crash between the
two brings it again, with the same id. Handlers get every message at least once.

*raising* `HandlerError` means "not done". The message comes again after the back-off that is
configured (`retry`), or after `HandlerError.retry_after`; after the last attempt, or at once if
the error is `HandlerError.permanent`, it goes to the dead letters. `HandlerGone` says that nobody was
there to take it: there is no back-off, it comes again as soon as there is room. `HandlerSuspended` says that
nobody wants any: nothing more is handed over until somebody has it resumed, and all that waits goes on waiting. Any
other exception is a defect of the handler: it is logged and counts as a `HandlerError`.

*being cancelled* means that the daemon stops, or that the handler's configuration has changed, and
the time for finishing is over. Nothing is settled; whatever was started for the message (a
process, a connection) is ended on the way out, and the message comes again after the next start.

**Places.** The handler itself counts what it has in hand: a call of `deliver` takes a place before its
first wait, and gives it back on the way out, however it ends. `capacity` is what is left. The worker
never calls with no place left; it looks again after every settled delivery, and when it is woken.

**Time.** The handler bounds each hand-over by its own time-out and ends what takes longer, because only
it knows how. Nothing outside `deliver` watches the clock.

**Attempts.** `Delivery.attempt` counts hand-overs from 1, also those that a crash, a lost connection or a
restart cut off. All of them since it was last redriven count towards the attempts that `retry` allows:
a message that takes its handler down each time ends as a dead letter.
"""

from abc import ABC, abstractmethod
from typing import Protocol

import msgspec

from gsmd.protocol.message import Message, Receipt, Reply


class HandlerError(Exception):
    """The handler did not take the message. ``reason`` is one line for people.

    ``retry_after`` (seconds) is the handler's own wish for the next try, None for the usual back-off.
    ``permanent`` means that no later try can work: straight to the dead letters.
    """

    def __init__(
        self, reason: str, *, retry_after: float | None = None, permanent: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.permanent = permanent


class HandlerGone(HandlerError):
    """The other side went away before it answered: hand over again as soon as somebody is there."""


class HandlerSuspended(HandlerError):
    """The other side wants no messages any more: keep them all until somebody has looked at it."""


class AttachError(Exception):
    """Programs cannot connect to a handler of this kind."""


class Delivery(msgspec.Struct, frozen=True):
    """One hand-over of a message to a handler. ``attempt`` counts from 1.

    ``receipt``: the message is one of ours, and this is what became of it; a reply to it goes nowhere.
    """

    handler: str
    attempt: int
    message: Message
    receipt: Receipt | None = None


class Worker(Protocol):
    """A program that takes messages."""

    @property
    def max_in_flight(self) -> int:
        """The most messages that may be with it without an answer."""
        ...

    @property
    def keeps_time(self) -> bool:
        """It bounds hand-overs itself, in place of its handler."""
        ...

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Hand the message over and wait for the answer.

        Errors: `HandlerError`; `HandlerGone` once it can no longer answer. An answer that
        arrived before the program went away counts, so only the worker can tell.
        """
        ...


class Seat:
    """A worker, and how many hand-overs to it are not answered."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.in_flight = 0

    @property
    def free(self) -> int:
        return max(0, self.worker.max_in_flight - self.in_flight)

    @property
    def load(self) -> float:
        """The part of its places that is taken, 0 to 1."""
        return self.in_flight / self.worker.max_in_flight


class Handler(ABC):
    """Somebody who takes messages, under a name."""

    name: str

    @property
    @abstractmethod
    def capacity(self) -> int:
        """The number of further hand-overs it can take right now; 0 while nobody is there."""

    @abstractmethod
    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Hand the message over and wait until it is dealt with.

        Errors: `HandlerError`; anything else is a defect and counts as one.
        """

    def status_of(self, delivery: Delivery) -> int | None:
        """The HTTP status with which a hand-over that is just over was answered; None where there is none. Asked once."""
        del delivery
        return None

    async def close(self) -> None:  # noqa: B027 -- most have nothing to let go of
        """Let go of connections. No hand-over is under way any more, and none follows."""

    def attach(self, worker: Worker) -> None:
        """``worker`` takes messages from now on. Errors: `AttachError` where nobody can connect."""
        del worker
        raise AttachError(f"{self.name} is not a socket handler")

    def detach(self, worker: Worker) -> bool:
        """``worker`` gets nothing more; returns whether it was attached.

        What it has in hand is still its own to answer, or to give up.
        """
        del worker
        return False

    def succeed(self, former: "Handler") -> None:
        """Take the place of ``former``: who is connected to it stays, where this kind has a use for that.

        What they have in hand goes on counting as theirs.
        """
        del former

    def vacate(self) -> list[Seat]:
        """Let everybody who is connected go to a successor; what they have in hand is still theirs."""
        return []


class DeliveryMarks(Protocol):
    """Marks of what a handler has done of a message that it is not done with, kept over restarts.

    For handlers that do several things with each message: what was done is not done again when
    the message comes again because of the rest.
    """

    async def of(self, handler: str, id_: str) -> set[str]:
        """The marks that were made for a message. Errors: `HandlerError`."""
        ...

    async def add(self, handler: str, id_: str, mark: str) -> None:
        """On disk once this returns. Errors: `HandlerError`."""
        ...


class VolatileDeliveryMarks:
    """Marks for as long as the process lives."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], set[str]] = {}

    async def of(self, handler: str, id_: str) -> set[str]:
        return set(self._marks.get((handler, id_), ()))

    async def add(self, handler: str, id_: str, mark: str) -> None:
        self._marks.setdefault((handler, id_), set()).add(mark)
