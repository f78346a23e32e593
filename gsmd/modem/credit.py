"""The balance of a prepaid SIM, asked for now and then by USSD.

Theory of operation: it asks once the modem can send, and again so long after each answer. What went wrong
(no network, a text that does not fit) is tried again sooner. The figure belongs to the SIM that was asked: with
another one in the modem there is none until that was asked.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from gsmd.clock import Clock
from gsmd.config import CreditConfig
from gsmd.modem.errors import ModemUnavailable, UssdFailed
from gsmd.modem.ussd.answer import UssdReply
from gsmd.patterns import pattern
from gsmd.protocol.modems import Credit

log = logging.getLogger(__name__)

_AGAIN = 600.0
"""Seconds after a question without a figure until the next, if not less lies between two anyway."""

_FIGURE = pattern(r"-?\d[\d.,' \u00a0\u202f]*")


class Asked(Protocol):
    """The modem, as far as it is asked."""

    name: str

    @property
    def sim(self) -> str | None: ...

    @property
    def can_send(self) -> bool: ...

    async def ussd(self, code: str) -> UssdReply: ...


class CreditWatch:
    """Keeps the figure of one modem. ``told`` gets each that is the first below ``low``; ``changed``: any new one."""

    def __init__(
        self,
        config: CreditConfig | None,
        clock: Clock,
        *,
        low: Callable[[Credit], None],
        changed: Callable[[], None],
    ) -> None:
        self._config = config
        self._clock = clock
        self._low = low
        self._changed = changed
        self._news = asyncio.Event()
        self._sim: str | None = None
        self._credit: Credit | None = None
        self._was_low = False

    def of(self, sim: str | None) -> Credit | None:
        """The balance of a SIM, as far as it was asked."""
        return self._credit if sim == self._sim else None

    def wake(self) -> None:
        """The modem's state is another one."""
        self._news.set()

    async def run(self, modem: Asked) -> None:
        """Ask, for ever, if there is anything to ask."""
        while self._config is not None:
            while not modem.can_send:
                self._news.clear()
                await self._news.wait()
            found = await self._ask(modem, self._config)
            every = self._config.every
            await self._pause(modem, every if found else min(every, _AGAIN))

    async def _pause(self, modem: Asked, seconds: float) -> None:
        """Wait so long, or until there is another SIM."""
        asked = modem.sim
        try:
            async with asyncio.timeout(seconds):
                while modem.sim == asked or not modem.can_send:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass

    async def _ask(self, modem: Asked, config: CreditConfig) -> bool:
        """True if there is a figure now."""
        sim = modem.sim
        try:
            reply = await modem.ussd(config.ussd)
        except (UssdFailed, ModemUnavailable) as error:
            log.warning("modem %s: the credit is not known: %s", modem.name, error.reason)
            return False
        amount = amount_in(reply.text, config.match)
        if amount is None:
            log.warning("modem %s: no credit in what the network says", modem.name)
        at = datetime.fromtimestamp(self._clock.wall() / 1000, UTC)
        self._sim, self._credit = sim, Credit(amount, at, reply.text)
        self._changed()
        if amount is not None:
            self._judge(amount, config.low)
        return amount is not None

    def _judge(self, amount: float, low: float | None) -> None:
        was_low = self._was_low
        self._was_low = low is not None and amount < low
        if self._was_low and not was_low and self._credit is not None:
            self._low(self._credit)


def amount_in(text: str, pattern: str) -> float | None:
    """The figure that ``pattern`` (its first group, if it has one) finds in a text; None if it finds none.

    Of two kinds of separators the last is the decimal one; of one kind it is if it stands once, and not
    before three digits and the end: then it is a thousands'. ``5,00`` and ``5.00``, ``1.234,50`` and
    ``1,234`` are read as they are meant.
    """
    match = re.search(pattern, text)
    figure = (
        _FIGURE.search(match[1] if match.re.groups and match[1] else match[0]) if match else None
    )
    if figure is None:
        return None
    digits = re.sub(r"[^\d.,-]", "", figure[0]).rstrip(".,")
    separators = [mark for mark in digits if mark in ".,"]
    if separators:
        last = separators[-1]
        whole, _, decimals = digits.rpartition(last)
        thousands = separators.count(last) > 1 or (len(set(separators)) == 1 and len(decimals) == 3)
        digits = re.sub(r"[.,]", "", whole) + ("" if thousands else ".") + decimals
    return float(digits)
