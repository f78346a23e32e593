"""Somebody rings: told once per call, with the number if it is known, hung up on if that is wished."""

import asyncio
from collections.abc import Callable

from gsmd.modem import commands
from gsmd.modem.device import Device
from gsmd.modem.notices import CallEnded, Ringing
from gsmd.modem.session import Session

_SILENCE = 10.0
"""Seconds without a RING after which the next one is another call."""


class Calls:
    """The incoming calls of one modem. ``told`` gets the number, None where it is withheld."""

    def __init__(self, device: Device, told: Callable[[str | None], None]) -> None:
        self._device = device
        self._told = told
        self._rings = 0
        self._is_told = False
        self._last = 0.0

    def ringing(self, session: Session, ring: Ringing) -> None:
        """RING or +CLIP. The number comes after the first RING, if at all: the second one ends the wait."""
        now = asyncio.get_running_loop().time()
        if now - self._last > _SILENCE:
            self.ended(CallEnded())
        self._last = now
        self._rings += not ring.known
        if self._is_told or not (ring.known or self._rings > 1):
            return
        self._is_told = True
        self._device.counters.calls += 1
        self._told(ring.number)
        if self._device.config.hang_up:
            self._device.background.start(self._hang_up(session), "hanging up")

    def ended(self, _notice: CallEnded) -> None:
        """The next RING is another call."""
        self._rings = 0
        self._is_told = False

    async def _hang_up(self, session: Session) -> None:
        async with session.turn:
            # H also ends data calls; some modems take only the one or the other for voice
            if not await commands.accepts(session.line, "+CHUP"):
                await commands.accepts(session.line, "H")
