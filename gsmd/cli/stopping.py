"""Ending at a signal, but not in the middle of something."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Self, TypeVar

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """Interrupts a wait. Not an `Exception`: nothing on the way may take it for an error."""


class Stopping:
    """While inside, SIGINT and SIGTERM end only what is run by `unless`; what is under way is finished.

    A second signal does not wait: it is a KeyboardInterrupt.
    """

    def __init__(self) -> None:
        self._asked = False
        self._waiting = False

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._signalled) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def unless(self, wait: Callable[[], T]) -> T | None:
        """``wait()``; None if a signal came, before or meanwhile."""
        try:
            self._waiting = True
            return None if self._asked else wait()
        except Stopped:
            return None
        finally:
            self._waiting = False

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        if self._waiting:
            raise Stopped
