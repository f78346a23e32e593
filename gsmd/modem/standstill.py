"""Ways out of states that a modem does not leave by itself.

Theory of operation
===================

Some modems say "no SIM" or search for a network until somebody interferes, although nothing is wrong with
either. While such a state lasts, ever stronger means are tried, each once at first, then all over with pauses
that double up to two hours: the SIM may really be missing, and the network really be down.

A `Standstill` is one such state of one modem; it outlives the session, for some of the means end that. Whoever
sees the state says `stands`, whoever sees its end says `over`. A port that was just opened belongs to a modem
that is just starting: it is given time before anything is done to it (`opened`).
"""

import asyncio
from enum import StrEnum

from gsmd.modem.timeouts import Timeouts


class Means(StrEnum):
    """The means that may help, mildest first."""

    OPERATOR = "choosing the operator anew (AT+COPS=0)"
    RADIO = "switching the radio off and on (AT+CFUN)"
    RESTART = "restarting the modem"
    HARD_RESET = "running the reset command"


class Standstill:
    """One state that should not last, and what was tried against it."""

    def __init__(self, timeouts: Timeouts, means: tuple[Means, ...]) -> None:
        self._timeouts = timeouts
        self._means = means
        self._tried = 0
        self._next: float | None = None  # the loop's time; None: it does not stand still

    def stands(self) -> None:
        """It is in that state, still or again."""
        if self._next is None:
            self._next = self._now() + self._pause()

    def over(self) -> None:
        """It has left the state."""
        self._tried, self._next = 0, None

    def opened(self) -> None:
        """The port was just opened: the modem may be starting."""
        if self._next is not None:
            self._next = max(self._next, self._now() + self._timeouts.standstill)

    def due_in(self) -> float:
        """Seconds until something is to be tried; infinite if it does not stand still."""
        return float("inf") if self._next is None else self._next - self._now()

    def take(self) -> Means | None:
        """The means that is to be tried now, if any."""
        if self.due_in() > 0:
            return None
        means = self._means[self._tried % len(self._means)]
        self._tried += 1
        self._next = self._now() + self._pause()
        return means

    def _pause(self) -> float:
        doublings = max(0, self._tried + 1 - len(self._means))
        grown: float = self._timeouts.standstill * 2 ** min(doublings, 20)
        return min(grown, self._timeouts.standstill_max)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def of_the_sim(timeouts: Timeouts, *, hard_reset: bool) -> Standstill:
    """The SIM is said to be missing."""
    means = (Means.RESTART, Means.HARD_RESET) if hard_reset else (Means.RESTART,)
    return Standstill(timeouts, means)


def of_the_search(timeouts: Timeouts, *, hard_reset: bool) -> Standstill:
    """No network is found."""
    means = (Means.OPERATOR, Means.RADIO, Means.RESTART)
    return Standstill(timeouts, (*means, Means.HARD_RESET) if hard_reset else means)
