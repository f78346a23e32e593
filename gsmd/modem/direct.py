"""What the modem hands over without storing it: on disk first, then acknowledged.

3GPP TS 27.005 §3.4.4: under +CSMS=1 whatever came by +CMT or +CDS is acknowledged with +CNMA;
without it the modem hands over nothing more, and the network tries again.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable

from gsmd.at import AtError
from gsmd.modem import commands
from gsmd.modem.device import Device
from gsmd.modem.session import Session

log = logging.getLogger(__name__)

_NOTHING_TO_ACKNOWLEDGE = 340


class DirectDeliveries:
    """Hands each frame to ``keep``, one after the other."""

    def __init__(self, device: Device, keep: Callable[[str], Awaitable[None]]) -> None:
        self._device = device
        self._keep = keep
        self._waiting: deque[str] = deque()
        self._busy = False

    def take(self, session: Session, frame: str) -> None:
        """Keep ``frame`` as soon as those before it are kept."""
        self._waiting.append(frame)
        if not self._busy:
            self._busy = True
            self._device.background.start(self._keep_all(session), "direct delivery")

    def forget(self) -> None:
        """The port is closed: what was not acknowledged will be sent again by the network."""
        self._waiting.clear()
        self._busy = False

    async def _keep_all(self, session: Session) -> None:
        try:
            while self._waiting:
                await self._keep(self._waiting[0])
                self._waiting.popleft()
                if session.acknowledges:
                    await self._acknowledge(session)
        finally:
            self._busy = False

    async def _acknowledge(self, session: Session) -> None:
        async with session.turn:
            try:
                await commands.execute(session.line, "+CNMA")
            except AtError as error:
                if error.cms == _NOTHING_TO_ACKNOWLEDGE:
                    return
                # it claims phase 2+ and cannot do it: back to a modem that acknowledges by itself
                log.info("modem %s: %s", self._device.config.name, error)
                session.acknowledges = False
                await commands.accepts(session.line, "+CSMS=0")
