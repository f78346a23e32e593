"""A modem that is gone for a week must not fill the log with one sentence."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from gsmd.patterns import pattern
from gsmd.process.journal import about

_FREELY = 3
"""So often a line is let through as it comes …"""

_FIRST_PAUSE, _LONGEST_PAUSE = 60.0, 6 * 3600.0
"""… then again after these many seconds, doubling."""

_REMEMBERED = 256
"""Different lines that are kept in mind."""

_NUMBERS = pattern(r"\d+")


class _Line:
    def __init__(self) -> None:
        self.count = 0
        self.held_back = 0
        self.pause = _FIRST_PAUSE
        self.next_at = 0.0


class RepeatFilter(logging.Filter):
    """Holds back lines that say the same again and again, and says how many there were.

    Numbers in a line (delays, counts) make it no other line. Lines about a message always pass:
    each is about something that happened once. A line not heard for twice the longest pause is new.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lines: OrderedDict[tuple[object, ...], _Line] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        subject = about(record)
        if "GSMD_MESSAGE" in subject or record.levelno < logging.INFO:
            return True
        key = (record.name, record.levelno, *subject.values())
        line = self._line((*key, _NUMBERS.sub("#", record.getMessage())))
        now = self._clock()
        if line.count and now - line.next_at > 2 * _LONGEST_PAUSE:
            line.count, line.pause = 0, _FIRST_PAUSE
        line.count += 1
        if line.count > _FREELY and now < line.next_at:
            line.held_back += 1
            return False
        if line.count >= _FREELY:
            line.next_at = now + line.pause
            line.pause = min(line.pause * 2, _LONGEST_PAUSE)
        else:
            line.next_at = now
        self._say_how_many(record, line)
        return True

    def _line(self, key: tuple[object, ...]) -> _Line:
        line = self._lines.setdefault(key, _Line())
        self._lines.move_to_end(key)
        if len(self._lines) > _REMEMBERED:
            self._lines.popitem(last=False)
        return line

    def _say_how_many(self, record: logging.LogRecord, line: _Line) -> None:
        if line.held_back:
            times = "time" if line.held_back == 1 else "times"
            record.msg = f"{record.msg} (and {line.held_back} {times} before)"
            line.held_back = 0
