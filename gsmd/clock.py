"""Time, in one place: what the wall says, and how long things take.

A Raspberry Pi has no clock chip: it starts in 1970 and jumps when the network
tells it the date. So nothing that waits ever looks at the wall.
"""

import asyncio
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NewType, Protocol

Milliseconds = NewType("Milliseconds", int)
"""A whole number of milliseconds: since 1970-01-01 UTC for the wall, since an arbitrary start for the rest."""

EARLIEST_PLAUSIBLE: Milliseconds = Milliseconds(1_577_836_800_000)
"""2020-01-01: a wall clock before this has not been set yet."""


class Clock(Protocol):
    """The source of the daemon's time; tests hand in their own."""

    def wall(self) -> Milliseconds:
        """UTC, for people: stamps in messages and events."""
        ...

    def monotonic(self) -> Milliseconds:
        """Never jumps and never goes back: for waiting, back-off and limits."""
        ...

    def boot(self) -> str:
        """The start of the machine that `monotonic` counts from; empty if that is not known."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Pauses between two tries of something that nothing will announce."""
        ...


class SystemClock:
    """The machine's clocks. ``monotonic`` counts time asleep too (CLOCK_BOOTTIME)."""

    def wall(self) -> Milliseconds:
        return Milliseconds(time.time_ns() // 1_000_000)

    def monotonic(self) -> Milliseconds:
        return Milliseconds(time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000)

    def boot(self) -> str:
        return _boot()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@cache
def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()  # random(4)
    return ""
