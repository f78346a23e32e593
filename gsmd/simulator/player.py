"""The modem's side of a recording, played to whoever opens the port.

A recording is a row of exchanges: what was written to the modem, and what it wrote until the next
time. A driver that is another one than the recorded one, or has another day, asks in another order, or
asks for something else. So for each command the exchange is sought that fits it:

- the first one with this very command that was not played yet. Is it ahead, the row goes on behind it, and what
  the modem had said by itself in exchanges that are passed over so, is said: what was stored then is there to be
  read now. Those exchanges are still to be had;
- one a little different (``AT+CMGS=23`` for ``AT+CMGS=27``) in the same way, where none is the same;
- if all were played, or the first that was not is far ahead, the last one before: its reply is given again.

A command that is nowhere gets ``ERROR``; `Player.unknown` has it.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from gsmd.recording import Recording, Way
from gsmd.simulator.scheduler import LoopScheduler, Scheduler, Timer

_ENDS = re.compile(rb"[^\r\x1a\x1b]*[\r\x1a]|[^\r\x1a\x1b]*\x1b")
_FINAL = re.compile(
    rb"(?:^|[\r\n])(?:OK|ERROR|\+CM[ES] ERROR:[^\r\n]*|COMMAND NOT SUPPORT|NO CARRIER|ABORTED)[\r\n]"
    rb"|[\r\n]> ?$"
)
_FAR = 20
"""Exchanges ahead at which a command is taken for an earlier one come again."""

_EXACT = ("AT+CMGR=", "AT+CPMS=")
"""Commands of which no other form will do: another slot, another storage."""

_TEXT, _ESCAPE = "\x1a", "\x1b"


class Exchange(msgspec.Struct):
    """A written line, and the modem's output behind it: ``(seconds after, octets)``.

    ``passed``: the row has gone on behind it, and what the modem said by itself in it was said.
    """

    command: str
    said: list[tuple[float, bytes]]
    played: bool = False
    passed: bool = False

    def split(self) -> tuple[list[tuple[float, bytes]], list[tuple[float, bytes]]]:
        """The reply, up to its final result or prompt; and what was said by itself after that."""
        so_far = b""
        for count, (_, octets) in enumerate(self.said, start=1):
            so_far += octets
            if _FINAL.search(so_far):
                return self.said[:count], self.said[count:]
        return self.said, []


def exchanges(recording: Recording) -> list[Exchange]:
    """The row; what the modem said before anything was written stands behind the empty first command."""
    row = [Exchange("", [])]
    written, began = b"", recording.entries[0].at if recording.entries else 0.0
    for entry in recording.entries:
        if entry.way is Way.FROM_MODEM:
            row[-1].said.append((entry.at - began, entry.octets))
        elif entry.way is Way.TO_MODEM:
            written += entry.octets
            for command in _ENDS.findall(written):
                row.append(Exchange(_key(command), []))
                began = entry.at
            written = _ENDS.sub(b"", written)
    return row


class Player:
    """A modem that says what another one has said. ``speed``: how many times as fast."""

    def __init__(
        self,
        recording: Recording,
        *,
        scheduler: Scheduler | None = None,
        speed: float = 1.0,
        on_unknown: Callable[[str], object] = lambda _command: None,
    ) -> None:
        self.output: Callable[[bytes], object] = lambda _octets: None
        self.unknown: list[str] = []
        self._row = exchanges(recording)
        self._place = 0
        self._scheduler = scheduler or LoopScheduler()
        self._speed = speed
        self._on_unknown = on_unknown
        self._written = b""
        self._timers: list[Timer] = []

    @property
    def over(self) -> bool:
        """True if every exchange has been played, or passed over."""
        return self._place >= len(self._row)

    def feed(self, data: bytes) -> None:
        """Take what the computer wrote."""
        if self._place == 0:
            self._place = 1
            self._play([(0, octets) for _, octets in self._row[0].said])
        self._written += data
        commands = _ENDS.findall(self._written)
        self._written = _ENDS.sub(b"", self._written)
        for command in commands:
            self._answer(_key(command))

    def port_closed(self) -> None:
        """Forget a command that was begun."""
        self._written = b""

    def power_off(self) -> None:
        """Say nothing of what was still to come."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def reboot(self) -> None:
        """Go on; what a start looks like, the recording tells."""

    def _answer(self, command: str) -> None:
        place = self._find(command)
        if place is None:
            self.unknown.append(command)
            self._on_unknown(command)
            self.output(b"\r\nERROR\r\n")
            return
        for passed in self._row[self._place : place]:
            self._play(passed.split()[1])
            passed.passed = True
        exchange = self._row[place]
        self._play(exchange.split()[0] if exchange.passed else exchange.said)
        exchange.played = exchange.passed = True
        self._place = max(self._place, place + 1)

    def _find(self, command: str) -> int | None:
        """The place in the row of the exchange that fits best."""
        for fits in _degrees(command):
            places = [place for place, each in enumerate(self._row) if place and fits(each.command)]
            fresh = next((place for place in places if not self._row[place].played), None)
            again = max((place for place in places if self._row[place].played), default=None)
            if fresh is not None and (again is None or fresh - self._place < _FAR):
                return fresh
            if again is not None:
                return again
        return None

    def _play(self, said: list[tuple[float, bytes]]) -> None:
        for delay, octets in said:
            timer = self._scheduler.call_later(delay / self._speed, partial(self._say, octets))
            self._timers.append(timer)

    def _say(self, octets: bytes) -> None:
        self.output(octets)  # whichever port it stands behind by now


def _degrees(command: str) -> Iterator[Callable[[str], bool]]:
    """Tests of whether a recorded command fits this one, the best first."""
    yield lambda recorded: recorded == command
    head, equals, _ = command.partition("=")
    if equals and not command.upper().startswith(_EXACT):
        yield lambda recorded: recorded.partition("=")[:2] == (head, equals)


def _key(written: bytes) -> str:
    """A command as it is compared; all texts are one, whatever they say."""
    if written.endswith(b"\x1a"):
        return _TEXT
    if written.endswith(b"\x1b"):
        return _ESCAPE
    return written.decode("latin-1").strip()
