"""Trying again: later each time, never when all other boxes do, and with one word to the log for as long as it is the same trouble.

A thousand boxes that all ask again a second after an engine was slow would keep it so.
"""

import asyncio
import logging
import random

log = logging.getLogger(__name__)

_FIRST = 1.0
_LAST = 10.0


class Trouble:
    """One thing that may not work for a while; ``what`` is lost then."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._said = ""
        self._next = _FIRST

    async def wait(self, error: Exception) -> None:
        """It did not work: say why, and wait."""
        if str(error) != self._said:
            self._said = str(error)
            log.warning("%s: %s", self._what, error)
        seconds, self._next = self._next, min(_LAST, self._next * 2)
        await asyncio.sleep(apart(seconds))

    def over(self) -> None:
        """It worked."""
        self._said, self._next = "", _FIRST


def apart(seconds: float) -> float:
    """About so long, and not as long as anybody else."""
    return seconds * random.uniform(0.6, 1.2)  # noqa: S311 -- no secret
