"""Checks that the supervisor of a modem has to make. Anybody may ask for one; one task makes them."""

import asyncio
from enum import Enum, auto


class Check(Enum):
    """One thing to look into."""

    RESTART = auto()  # the modem started anew
    STARTUP_STEP = auto()  # it came a step further in its start
    SILENCE = auto()  # it did not answer
    SIM = auto()  # its SIM may be another one, or none
    SETTINGS_SUSPECT = auto()  # its settings may be lost
    NETWORK = auto()  # it may have lost the network
    RECEPTION = auto()  # it is not to hand messages over any more


class PendingChecks:
    """The checks that are due, each with its reason as people read it."""

    def __init__(self) -> None:
        self._reasons: dict[Check, str] = {}
        self._requested = asyncio.Event()

    def __getitem__(self, check: Check) -> str | None:
        """The reason why ``check`` is due; None: it is not."""
        return self._reasons.get(check)

    def request(self, check: Check, reason: str) -> None:
        """Have it looked into, now."""
        self._reasons[check] = reason
        self._requested.set()

    def take(self, check: Check) -> str | None:
        """The reason why ``check`` was due, if it was; it no longer is."""
        return self._reasons.pop(check, None)

    def clear(self) -> None:
        """Begin anew: the port was just opened."""
        self._reasons.clear()
        self._requested.clear()

    def wake(self) -> None:
        """Something else than a check has to be seen to."""
        self._requested.set()

    async def wait(self, limit: float) -> None:
        """Until a check is requested, or ``limit`` seconds have passed."""
        try:
            async with asyncio.timeout(limit):
                await self._requested.wait()
        except TimeoutError:
            pass
        self._requested.clear()
