"""What the core does with a modem, in few lines: collect what comes, send what is to go, doubt what is unclear."""

import asyncio

from gsmd import pdu
from gsmd.modem import ModemUnavailable, StoredEntry, SubmitRefused, SubmitUncertain

from .conftest import Simulated

SHORT = 0.05
"""Seconds between two tries."""


class Clerk:
    """Takes messages off the SIM and brings others out, as often as it takes.

    ``texts`` is what came in, in order, each frame once; ``doubtful`` what may have gone out twice.
    """

    def __init__(self, run: Simulated) -> None:
        self._run = run
        self._frames: set[str] = set()
        self._news = asyncio.Event()
        self.texts: list[str] = []
        self.doubtful: set[str] = set()

    async def collect(self, count: int) -> None:
        """Until ``count`` texts have come in: at every hint, and now and then everything."""
        run = self._run
        seen = 0
        while len(self.texts) < count:
            arrivals = len(run.told.arrivals)
            hints, seen = run.told.arrivals[seen:], arrivals
            try:
                entries = [await run.modem.read(*hint) for hint in hints]
                await self._take([entry for entry in entries if entry is not None])
                if not hints or None in entries:
                    await self._take(await run.modem.sweep())
            except ModemUnavailable:
                pass
            for frame in run.told.frames:
                self._keep(frame)
            if len(self.texts) < count:
                await asyncio.sleep(SHORT)

    async def send(self, texts: list[str], to: str) -> None:
        """Until each of ``texts`` is out."""
        for text in texts:
            (part,) = pdu.compose(text, destination=pdu.Address.parse(to))
            frame = pdu.Frame(None, part.encode())
            while not await self._sent(frame, text):
                await asyncio.sleep(SHORT)

    async def _sent(self, frame: pdu.Frame, text: str) -> bool:
        try:
            await self._run.modem.submit(frame, commit=_nothing)
        except SubmitUncertain:
            self.doubtful.add(text)
            return False
        except (SubmitRefused, ModemUnavailable):
            return False
        return True

    async def _take(self, entries: list[StoredEntry]) -> None:
        for entry in entries:
            self._keep(entry.frame)
        await self._run.modem.delete(entries)

    def _keep(self, frame: str) -> None:
        if frame in self._frames:
            return
        self._frames.add(frame)
        message = pdu.decode(pdu.Frame.from_hex(frame).tpdu)
        if isinstance(message, pdu.Deliver):
            self.texts.append(message.user_data.text or "")


async def _nothing() -> None:
    """A commit that is done at once."""
