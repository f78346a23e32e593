"""A serial line's speed: bytes come out as fast as they would over a wire."""

import asyncio
from collections.abc import Callable

_BITS = 10  # start, eight, stop
_SLICE = 0.002  # seconds of line time that go in one piece


class Pacer:
    """Passes bytes on at ``baudrate`` bits a second, in order."""

    def __init__(self, baudrate: int, output: Callable[[bytes], object]) -> None:
        self._rate = baudrate / _BITS
        self._slice = max(1, int(self._rate * _SLICE))
        self._output = output
        self._waiting = bytearray()
        self._timer: asyncio.TimerHandle | None = None

    def feed(self, data: bytes) -> None:
        """Queue bytes for the line."""
        self._waiting += data
        if self._timer is None:
            self._arm()

    def flush(self) -> None:
        """Pass on at once what is still on the line."""
        data = bytes(self._waiting)
        self.close()
        if data:
            self._output(data)

    def close(self) -> None:
        """Lose what is still on the line."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        length = min(self._slice, len(self._waiting))
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(length / self._rate, self._pass_on, length)

    def _pass_on(self, length: int) -> None:
        self._timer = None
        data = bytes(self._waiting[:length])
        del self._waiting[:length]
        self._output(data)
        if self._waiting and self._timer is None:
            self._arm()
