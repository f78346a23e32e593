"""What the modem writes: framed as ITU-T V.250 §5.7 says, then spoilt by the faults."""

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
        self._pauses: deque[tuple[float, bytes]] = deque()
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
        """What is written from here on comes ``seconds`` after what was written before."""
        self._pauses.append((0.0, bytes(self._buffer)))
        self._pauses.append((seconds, b""))
        self._buffer.clear()

    def flush(self) -> None:
        """Hand over what was collected."""
        if not self._buffer and not self._pauses:
            return
        data = bytes(self._buffer)
        self._buffer.clear()
        if not self.faults.stutter and not self._pauses:
            self.output(data)
            return
        self._enqueue(data)

    def discard(self) -> None:
        """Forget what was not handed over yet, as when the power goes."""
        self._buffer.clear()
        self._pauses.clear()
        self._epoch += 1

    def _enqueue(self, data: bytes) -> None:
        half = len(data) // 2
        was_idle = not self._pauses or self._pauses[0][0] == 0.0
        if self.faults.stutter and half:
            self._pauses.append((0.0, data[:half]))
            self._pauses.append((self.faults.stutter, data[half:]))
        elif data:
            self._pauses.append((0.0, data))
        if was_idle:
            self._play()

    def _play(self) -> None:
        while self._pauses:
            delay, data = self._pauses[0]
            if delay:
                self.scheduler.call_later(delay, partial(self._resume, self._epoch))
                return
            self._pauses.popleft()
            if data:
                self.output(data)

    def _resume(self, epoch: int) -> None:
        if epoch != self._epoch:
            return
        _, data = self._pauses.popleft()
        if data:
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
