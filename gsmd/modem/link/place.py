"""Finding one's place again in the stream of a modem's answers.

Theory of operation
-------------------

A line is *in step* while each reply answers the command that runs. After a time-out, a cancellation or a reply out of
turn it is not: what comes next may be late. Then a question is asked whose answer can be told from any other (a
*marker*), and all that comes before that answer is thrown away. A port just opened is *fresh*: the modem may still be
starting, be in the middle of somebody's prompt, or say a banner; there the marker is asked in quick succession.
"""

import asyncio
import itertools
from typing import Protocol

from gsmd.at import Channel, Command, Reply
from gsmd.modem.errors import ModemError, Unresponsive
from gsmd.modem.link.line_errors import CommandTimeout
from gsmd.modem.timeouts import Timeouts

_MARKERS = tuple(
    Command(f"AT+{name}?", expects=(rf"\+{name}:",), marker=True, needs_text=True)
    for name in ("CMEE", "CMGF", "CSMS")
)
"""Questions of every modem, which need no network: an answer marks a place in the stream.

They take turns: the late answer to one try is not taken for the next one's.
"""

_PATIENCE = (1, 1, 2, 4)
"""Factors of the time-out of each try: later ones get more time."""

_PATIENCE_FRESH = (0.3, 0.6, 1, 3)
"""The same on a port just opened, where a modem that starts does not read yet."""

_NUDGE_PAUSE = 0.05
"""Seconds at least between two questions to a modem that wakes up, however much it says by itself."""


class Transactions(Protocol):
    """What finding the place needs of a line."""

    channel: Channel
    timeouts: Timeouts
    heard_at: float

    def start(self, command: Command) -> None: ...

    async def reply(self, within: float) -> Reply: ...

    def escape(self) -> None: ...

    def give_up(self) -> None: ...

    def give_up_with(self, error: ModemError) -> None: ...

    def check(self) -> None: ...


class Place:
    """The place on one line. ``strays`` counts the lines that nothing asked for.

    ``fresh``: the port was just opened, and the modem has not answered yet.
    """

    def __init__(self, line: Transactions) -> None:
        self.in_step = True
        self.fresh = True
        self.strays = 0
        self._line = line
        self._markers = itertools.cycle(_MARKERS)
        self._asked_at = 0.0
        self._loop = asyncio.get_running_loop()

    async def wake_up(self, seconds: float) -> None:
        """Ask a modem on a port just opened, which may still be starting, for so long, in quick succession.

        Errors: `Unresponsive` if it has not answered by then, `PortLost`.
        """
        within = self._line.timeouts.sync_fresh
        end = self._loop.time() + seconds
        escapes = False
        while not await self._found(escapes=escapes, within=within):
            if self._loop.time() >= end:
                raise Unresponsive("the modem does not answer")
            escapes = not escapes
        self.in_step, self.fresh = True, False

    def nudge(self) -> None:
        """It has said something by itself: whoever waits for it to wake up asks again at once."""
        running = self._line.channel.running
        if not self.fresh or running is None or not running.marker:
            return
        if self._loop.time() - self._asked_at >= _NUDGE_PAUSE:
            self._line.give_up_with(CommandTimeout(running.line))

    async def find(self, *, escaped: bool = False) -> None:
        """Escape from any prompt, throw away what is late, find the place. Errors: `Unresponsive`, `PortLost`.

        Every other try does without ESC, on a fresh port the first, and where it was ``escaped`` already: to some
        modems that is a part of the command, which they do not know then.
        """
        timeouts = self._line.timeouts
        escapes = not (self.fresh or escaped)
        for factor in (_PATIENCE_FRESH if self.fresh else _PATIENCE)[: timeouts.sync_tries]:
            if await self._found(escapes=escapes, within=factor * timeouts.sync):
                self.in_step, self.fresh = True, False
                return
            escapes = not escapes
        raise Unresponsive("the modem does not answer")

    async def _found(self, *, escapes: bool, within: float) -> bool:
        line = self._line
        line.give_up()
        line.check()
        self.strays = 0
        if escapes:
            line.escape()
        line.start(next(self._markers))
        self._asked_at = self._loop.time()
        try:
            await line.reply(within)
        except CommandTimeout:
            if not self.strays:
                return False
            # it answers, though not this question: silence is the best that can be had
        else:
            if self.fresh:
                return True  # it was the last question, and the first port of call
        # where questions were asked in quick succession, their answers may come as far apart
        await self._silence(max(line.timeouts.drain, 1.2 * within if self.fresh else 0.0))
        return True

    async def _silence(self, quiet: float) -> None:
        while True:
            heard_at = self._line.heard_at
            await asyncio.sleep(quiet)
            self._line.check()
            if self._line.heard_at == heard_at:
                return
