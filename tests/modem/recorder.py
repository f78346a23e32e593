"""A listener that remembers what it was told, and can be waited for."""

import asyncio
from collections.abc import Awaitable, Callable

from gsmd.modem import Modem, ModemState, UssdReply
from gsmd.protocol.modems import Credit


class Recorder:
    """What a modem told the core."""

    def __init__(self) -> None:
        self.states: list[tuple[ModemState, str]] = []
        self.initialisations = 0
        self.arrivals: list[tuple[str, int]] = []
        self.frames: list[str] = []
        self.full = 0
        self.levels: list[bool] = []
        self.calls: list[str | None] = []
        self.low: list[Credit] = []
        self.references: list[int] = []
        self.ussd_replies: list[UssdReply] = []
        self.keeping: Callable[[Modem, str], Awaitable[None]] | None = None
        self._news = asyncio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something was told that makes ``condition`` true."""
        while not condition():
            self._news.clear()
            await self._news.wait()

    async def initialised(self, modem: Modem) -> None:
        self.initialisations += 1
        self._news.set()

    def arrived(self, modem: Modem, storage: str, index: int) -> None:
        self.arrivals.append((storage, index))
        self._news.set()

    async def direct(self, modem: Modem, frame: str) -> None:
        if self.keeping is not None:
            await self.keeping(modem, frame)
        self.frames.append(frame)
        self._news.set()

    def storage_full(self, modem: Modem) -> None:
        self.full += 1
        self._news.set()

    def storage_level(self, modem: Modem, *, high: bool) -> None:
        self.levels.append(high)
        self._news.set()

    def changed(self, modem: Modem) -> None:
        now = modem.state, modem.reason
        if not self.states or self.states[-1] != now:
            self.states.append(now)
        self._news.set()

    def credit_low(self, modem: Modem, credit: Credit) -> None:
        self.low.append(credit)
        self._news.set()

    def called(self, modem: Modem, number: str | None) -> None:
        self.calls.append(number)
        self._news.set()

    def submitted(self, _modem: Modem, reference: int) -> None:
        self.references.append(reference)
        self._news.set()

    def ussd(self, _modem: Modem, reply: UssdReply) -> None:
        self.ussd_replies.append(reply)
        self._news.set()
