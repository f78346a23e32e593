"""Somebody rings: told once per call, with the number if it is known, hung up on if that is wished."""

import asyncio
from collections.abc import Callable

from gsmd.modem.device import Device
from gsmd.modem.link import commands
from gsmd.modem.link.urc import CallEnded, Ringing
from gsmd.modem.session import Session

_NUMBER_DUE = 0.5
"""Seconds behind a RING in which the number comes, if the modem tells it."""

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
        self._without_number: asyncio.TimerHandle | None = None

    def ringing(self, ring: Ringing) -> None:
        """RING or +CLIP. With some the number comes only behind the second RING, if at all."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._last > _SILENCE:
            self.ended(CallEnded())
        self._last = loop.time()
        self._rings += not ring.known
        if ring.known:
            self._tell(ring.number)
        elif self._rings == 2:
            self._without_number = loop.call_later(_NUMBER_DUE, self._tell, None)

    def _tell(self, number: str | None) -> None:
        session = self._device.session
        if self._is_told or session is None:
            return
        self._is_told = True
        self._device.counters.calls += 1
        self._told(number)
        if self._device.config.hang_up:
            self._device.background.start(self._hang_up(session), "hanging up")

    def ended(self, _notice: CallEnded) -> None:
        """The next RING is another call."""
        if self._without_number is not None:
            self._without_number.cancel()
        self._rings = 0
        self._is_told = False

    async def _hang_up(self, session: Session) -> None:
        async with session.turn:
            # H also ends data calls; some modems take only the one or the other for voice
            if not await commands.accepts(session.line, "+CHUP"):
                await commands.accepts(session.line, "H")
