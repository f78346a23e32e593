"""The source of timers for simulated modems and networks.

An asyncio loop is a `Scheduler` as it stands. `ManualScheduler` lets a test move time itself.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen, unless cancelled."""

    def cancel(self) -> None: ...


class Scheduler(Protocol):
    """The part of an asyncio event loop that is needed here; times are in seconds."""

    def time(self) -> float: ...

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer: ...


class LoopScheduler:
    """The event loop that runs when the first timer is asked for."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def time(self) -> float:
        return self._running().time()

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        loop = self._running()
        return loop.call_later(delay, callback) if delay > 0 else loop.call_soon(callback)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop


class _ManualTimer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualScheduler:
    """Time stands still until `advance` moves it; what falls due happens in order."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, _ManualTimer]] = []

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Timer:
        timer = _ManualTimer(callback)
        heapq.heappush(self._timers, (self._now + max(delay, 0), next(self._order), timer))
        return timer

    def advance(self, seconds: float = 0.0) -> None:
        """Let ``seconds`` pass, and everything happen that falls due within them."""
        until = self._now + seconds
        while self._timers and self._timers[0][0] <= until:
            self._now, _, timer = heapq.heappop(self._timers)
            if timer.callback is not None:
                timer.callback()
        self._now = until
