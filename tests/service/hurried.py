"""An event loop whose time runs ahead where nothing happens: a week in a moment."""

import asyncio
import selectors
import threading
from collections.abc import Callable, Coroutine
from typing import Any


class HurriedLoop(asyncio.SelectorEventLoop):
    """Sleeps are skipped, unless a thread is at work: its end comes in real time."""

    def __init__(self) -> None:
        self._ahead = 0.0
        super().__init__(_Impatient(self.skip))

    def time(self) -> float:
        return super().time() + self._ahead

    def skip(self, seconds: float) -> None:
        self._ahead += seconds


class _Impatient(selectors.DefaultSelector):
    def __init__(self, skip: Callable[[float], None]) -> None:
        super().__init__()
        self._skip = skip

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        while not events and (timeout is None or timeout > 0):
            if timeout is not None and threading.active_count() == 1:
                self._skip(timeout)
                return []
            events = super().select(0.001)
        return events


def run(main: Coroutine[Any, Any, None]) -> None:
    """Like `asyncio.run`, in a hurry."""
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(main)
