"""The service centre's store: what is held for one handset until it can take it (3GPP TS 23.040 §3.2)."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from gsmd.pdu import Frame
from gsmd.simulator.scheduler import Scheduler, Timer


class Outcome(Enum):
    """The outcome of an attempt to deliver."""

    ACCEPTED = auto()
    MEMORY_FULL = auto()  # the handset will say when there is room again
    NO_ANSWER = auto()  # tried again after a while
    REJECTED = auto()  # never tried again
    EXPIRED = auto()


class Handset(Protocol):
    """A receiver that messages can be delivered to."""

    def receive(self, frame: Frame, done: Callable[[Outcome], None]) -> None:
        """Take a frame, and call ``done`` once, at once or later."""
        ...


@dataclass(eq=False)
class Held:
    """A message on its way to a handset. ``report``: it is a status report, which needs no slot."""

    frame: Frame
    finished: Callable[[Outcome], None]
    report: bool = False
    expiry: Timer | None = None


class Mailbox:
    """The queue for one handset: one attempt at a time, in order."""

    def __init__(
        self, scheduler: Scheduler, delay: Callable[[], float], retry: Callable[[], float]
    ) -> None:
        self._scheduler = scheduler
        self._delay = delay
        self._retry = retry
        self._queue: deque[Held] = deque()
        self._handset: Handset | None = None
        self._full = False
        self._timer: Timer | None = None
        self._attempt = 0
        self._under_way = False

    @property
    def held(self) -> int:
        """The number of messages that wait."""
        return len(self._queue)

    def put(self, held: Held, lifetime: float | None = None) -> None:
        """Queue a message; after ``lifetime`` seconds it is given up."""
        self._queue.append(held)
        if lifetime is not None:
            held.expiry = self._scheduler.call_later(lifetime, lambda: self._expire(held))
        self._schedule(self._delay())

    def put_first(self, held: Held) -> None:
        """Queue a message before all others."""
        self._queue.appendleft(held)
        self._schedule(self._delay())

    def attach(self, handset: Handset) -> None:
        """The handset can be reached: what waits is delivered."""
        self._handset = handset
        self._full = False
        self._again()

    def detach(self) -> None:
        """The handset cannot be reached; an attempt under way has failed."""
        self._handset = None
        self._again()

    def memory_available(self) -> None:
        """The handset has room again (RP-SMMA)."""
        if self._full:
            self._full = False
            if not self._under_way:  # a report may be: it is not brought a second time meanwhile
                self._again()

    def _again(self) -> None:
        self._attempt += 1
        self._under_way = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._schedule(self._delay())

    def _schedule(self, seconds: float) -> None:
        if (
            self._timer is None
            and not self._under_way
            and self._handset is not None
            and self._next()
        ):
            self._timer = self._scheduler.call_later(seconds, self._try)

    def _next(self) -> Held | None:
        waiting = (held for held in self._queue if held.report or not self._full)
        return next(waiting, None)

    def _try(self) -> None:
        self._timer = None
        held = self._next()
        if held is None or self._handset is None:
            return
        self._under_way = True
        attempt = self._attempt = self._attempt + 1
        self._handset.receive(held.frame, lambda outcome: self._done(attempt, held, outcome))

    def _done(self, attempt: int, held: Held, outcome: Outcome) -> None:
        if attempt != self._attempt or not self._under_way:
            return
        self._under_way = False
        if outcome is Outcome.MEMORY_FULL:
            self._full = True
            # reports are not held back: for a while at least
            self._schedule(self._retry() if held.report else self._delay())
        elif outcome is Outcome.NO_ANSWER:
            self._schedule(self._retry())
        else:
            self._queue.remove(held)
            if held.expiry is not None:
                held.expiry.cancel()
            held.finished(outcome)
            self._schedule(self._delay())

    def _expire(self, held: Held) -> None:
        if held in self._queue:
            if self._next() is held:  # an attempt may be under way: its answer comes too late
                self._attempt += 1
                self._under_way = False
            self._queue.remove(held)
            held.finished(Outcome.EXPIRED)
            self._schedule(self._delay())
