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
        while True:
            busy = _at_work()  # first: what a thread did that ended before is seen by the look
            events = super().select(0.001 if busy or timeout is None else 0)
            if events or timeout == 0:
                return events
            if timeout is not None and not busy:
                self._skip(timeout)
                return []


def _at_work() -> bool:
    """Whether a thread of gsmd's has something to finish."""
    return any(thread.name.startswith("gsmd") for thread in threading.enumerate())


def run(main: Coroutine[Any, Any, None]) -> None:
    """Like `asyncio.run`, in a hurry."""
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(main)
