"""The modem's output: framed as ITU-T V.250 §5.7 says, then spoilt by the faults."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from gsmd.simulator.faults import Faults
from gsmd.simulator.scheduler import Scheduler
from gsmd.simulator.settings import Settings

_NUMERIC = {
    "OK": "0",
    "CONNECT": "1",
    "RING": "2",
    "NO CARRIER": "3",
    "ERROR": "4",
    "NO DIALTONE": "6",
    "BUSY": "7",
    "NO ANSWER": "8",
}
"""ITU-T V.250 table 1."""


@dataclass
class Wire:
    """Collects what is to be written and hands it to ``output`` in one piece per `flush`."""

    settings: Settings
    faults: Faults
    scheduler: Scheduler
    output: Callable[[bytes], object]
    chatter: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._buffer = bytearray()
        self._queue: deque[tuple[float, bytes]] = deque()
        self._delay = 0.0
        self._playing = False
        self._chatter = itertools.cycle(self.chatter or ("+CIEV: 2,3",))
        self._epoch = 0

    def echo(self, data: bytes) -> None:
        """Characters back to where they came from."""
        self._buffer += data

    def inform(self, lines: Iterable[str]) -> bytes:
        """The information text of one command, as bytes: the reply is put together elsewhere."""
        end = self._line_end()
        block = bytearray() if not self.settings.verbose else bytearray(end)
        if block and self.faults.missing_newline and self.faults.take("missing_newline"):
            block.clear()
        for line in lines:
            block += _encoded(line) + end
            if self.faults.chatter:
                block += end + _encoded(next(self._chatter)) + end
        return bytes(block)

    def result(self, text: str) -> bytes:
        """A final result, as bytes; nothing when ATQ1 suppresses it."""
        if self.settings.quiet:
            return b""
        if not self.settings.verbose:
            return _encoded(_NUMERIC.get(text, text)) + bytes((self.settings.carriage_return,))
        return self._framed(text)

    def reply(self, data: bytes) -> None:
        """Write a finished reply, with what the faults put before it."""
        if self.faults.noise:
            self._buffer += self.faults.noise
        if self.faults.stray_ok and self.faults.take("stray_ok"):
            self._buffer += self._framed("OK")
        self._buffer += data

    def unsolicited(self, *lines: str) -> None:
        """Write lines nobody asked for."""
        if not self.settings.verbose and lines[0] in _NUMERIC:
            self._buffer += self.result(lines[0])
            return
        self._buffer += self._framed(*lines)

    def raw(self, data: bytes) -> None:
        """Write these very bytes."""
        self._buffer += data

    def prompt(self, form: bytes) -> None:
        self._buffer += form

    def small_talk(self) -> str:
        """The next line of the modem's chatter."""
        return next(self._chatter)

    def pause(self, seconds: float) -> None:
        """Write what comes from here on ``seconds`` after what was written before."""
        self._cut()
        self._delay += seconds

    def flush(self) -> None:
        """Hand over what was collected."""
        if not self._buffer:
            return
        if not self.faults.stutter and not self._queue and not self._delay and not self._playing:
            data = bytes(self._buffer)
            self._buffer.clear()
            self.output(data)
            return
        if self.faults.stutter:
            self._stutter()
        self._cut()
        if not self._playing:
            self._play()

    def discard(self) -> None:
        """Forget what was not handed over yet, as when the power goes."""
        self._buffer.clear()
        self._queue.clear()
        self._delay = 0.0
        self._playing = False
        self._epoch += 1

    def _stutter(self) -> None:
        second_half = self._buffer[len(self._buffer) // 2 :]
        del self._buffer[len(self._buffer) // 2 :]
        self.pause(self.faults.stutter)
        self._buffer += second_half

    def _cut(self) -> None:
        if self._buffer:
            self._queue.append((self._delay, bytes(self._buffer)))
            self._buffer.clear()
            self._delay = 0.0

    def _play(self) -> None:
        self._playing = bool(self._queue)
        if self._playing:
            self.scheduler.call_later(self._queue[0][0], partial(self._next, self._epoch))

    def _next(self, epoch: int) -> None:
        if epoch == self._epoch:
            _, data = self._queue.popleft()
            self.output(data)
            self._play()

    def _line_end(self) -> bytes:
        return bytes((self.settings.carriage_return, self.settings.line_feed))

    def _framed(self, *lines: str) -> bytes:
        end = self._line_end()
        start = end if self.settings.verbose else b""
        if start and self.faults.missing_newline and self.faults.take("missing_newline"):
            start = b""
        return start + end.join(map(_encoded, lines)) + end


def _encoded(text: str) -> bytes:
    return text.encode("latin-1", "replace")
