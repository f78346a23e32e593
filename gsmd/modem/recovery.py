"""The recovery of a modem that does not answer: ever stronger means, ever longer pauses.

The mildest, ESC and finding the place again, is `Line.resync`; what is here begins after it.
"""

import random
from enum import StrEnum

import msgspec

from gsmd.modem.timeouts import Timeouts


class Step(StrEnum):
    """The rungs, mildest first."""

    REOPEN = "open the port again"
    SOFT_RESET = "restart the modem (AT+CFUN=1,1)"
    HARD_RESET = "run the reset command"


class Plan(msgspec.Struct, frozen=True):
    """The next means to try, and how long to wait first."""

    step: Step
    delay: float


class Ladder:
    """Counts what was tried since the modem last worked.

    A device that appeared anew begins at the bottom: a reset sent to a modem that is just
    starting does harm.
    """

    def __init__(
        self, timeouts: Timeouts, *, hard_reset: bool, jitter: random.Random | None = None
    ) -> None:
        self._timeouts = timeouts
        self._random = jitter or random.Random()  # noqa: S311 -- it spreads retries, it hides nothing
        self._steps = [Step.REOPEN, Step.SOFT_RESET]
        if hard_reset:
            self._steps.append(Step.HARD_RESET)
        self._rung = 0
        self._failures = 0

    def failed(self) -> Plan:
        """It did not work, again: the next rung. After the last one, all over with longer pauses."""
        step = self._steps[self._rung % len(self._steps)]
        self._rung += 1
        return Plan(step, self.delay())

    def delay(self) -> float:
        """The next pause: doubled each time, up to the limit, and spread by a quarter either way."""
        grown = self._timeouts.retry_first * 2 ** min(self._failures, 20)
        self._failures += 1
        limited: float = min(grown, self._timeouts.retry_max)
        return limited * self._random.uniform(0.75, 1.25)

    def appeared(self) -> None:
        """It is another device, or the same one plugged in again."""
        self._rung = 0

    def worked(self) -> None:
        """The modem does what it should."""
        self._rung = self._failures = 0
