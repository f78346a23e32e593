"""A clock that tests turn by hand."""

import asyncio

from gsmd.clock import Milliseconds

NOON = 1_767_268_800_000
"""2026-01-01 12:00 UTC in milliseconds."""

_MOMENT = 0.002
"""Seconds."""


class HandClock:
    """``advance`` lets time pass; ``jump`` sets the wall clock only. ``boot_id`` as the kernel tells it."""

    def __init__(self, wall: int = NOON, boot_id: str = "") -> None:
        self._boot_id = boot_id
        self._wall = wall
        self._monotonic = 1_000_000

    def wall(self) -> Milliseconds:
        return Milliseconds(self._wall)

    def monotonic(self) -> Milliseconds:
        return Milliseconds(self._monotonic)

    def boot(self) -> str:
        return self._boot_id

    async def sleep(self, seconds: float) -> None:
        """A moment, however long the pause: nobody would turn the clock for it."""
        await asyncio.sleep(min(seconds, _MOMENT))

    def advance(self, seconds: float) -> None:
        self._wall += round(seconds * 1000)
        self._monotonic += round(seconds * 1000)

    def jump(self, seconds: float) -> None:
        self._wall += round(seconds * 1000)
