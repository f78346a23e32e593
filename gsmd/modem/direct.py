"""What the modem hands over without storing it: on disk first, then acknowledged.

3GPP TS 27.005 §3.4.4: under +CSMS=1 whatever came by +CMT or +CDS is acknowledged with +CNMA;
without it the modem hands over nothing more, and the network tries again. +CNMA=2 refuses it: the
network tries again, and the modem goes on.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable

from gsmd.at import AtError
from gsmd.modem import commands
from gsmd.modem.device import Device
from gsmd.modem.notices import Direct
from gsmd.modem.session import Session

log = logging.getLogger(__name__)

_NOTHING_TO_ACKNOWLEDGE = 340


_REMEMBERED = 8


class DirectDeliveries:
    """Hands each frame to ``keep``, one after the other, once it is known whose they are."""

    def __init__(self, device: Device, keep: Callable[[str], Awaitable[None]]) -> None:
        self._device = device
        self._keep = keep
        self._waiting: deque[Direct] = deque()
        self._refused: deque[str] = deque(maxlen=_REMEMBERED)
        self._busy = False

    def take(self, session: Session, direct: Direct) -> None:
        """Keep it as soon as those before it are kept, and the SIM is known: it may come before."""
        self._drop_refused(session)
        self._waiting.append(direct)
        self._go_on(session)

    def prepared(self, session: Session) -> None:
        """The modem was brought up: keep what came meanwhile."""
        self._drop_refused(session)
        self._go_on(session)

    def forget(self) -> None:
        """The port is closed: what was not acknowledged will be sent again by the network."""
        self._waiting.clear()
        self._busy = False

    def _drop_refused(self, session: Session) -> None:
        """What came before the modem was prepared was refused then: the network brings it again."""
        if session.refused:
            session.refused = False
            self._waiting.clear()

    def _go_on(self, session: Session) -> None:
        if self._waiting and session.readable and not self._busy:
            self._busy = True
            self._device.background.start(self._keep_all(session), "direct delivery")

    async def _keep_all(self, session: Session) -> None:
        try:
            while self._waiting:
                if self._is_damaged(session, self._waiting[0]):
                    await self._refuse(session, self._waiting.popleft())
                    continue
                await self._keep(self._waiting[0].frame)
                self._waiting.popleft()
                if session.acknowledges:
                    await self._acknowledge(session)
        finally:
            self._busy = False

    def _is_damaged(self, session: Session, direct: Direct) -> bool:
        """Whether it had an accident on the line; what comes the same way twice is how the modem says it."""
        return session.acknowledges and not direct.whole and direct.frame not in self._refused

    async def _refuse(self, session: Session, direct: Direct) -> None:
        self._refused.append(direct.frame)
        log.warning(
            "modem %s: what it hands over is damaged, and refused", self._device.config.name
        )
        async with session.turn:
            await commands.accepts(session.line, "+CNMA=2")

    async def _acknowledge(self, session: Session) -> None:
        async with session.turn:
            try:
                await commands.execute(session.line, "+CNMA")
            except AtError as error:
                if error.cms == _NOTHING_TO_ACKNOWLEDGE:
                    # too late, perhaps: a modem that waited in vain announces nothing any more
                    self._device.concerns.doubt = "it no longer waits for an acknowledgement"
                    self._device.concerns.wake()
                    return
                # it claims phase 2+ and cannot do it: back to a modem that acknowledges by itself
                log.info("modem %s: %s", self._device.config.name, error)
                session.acknowledges = False
                await commands.accepts(session.line, "+CSMS=0")
