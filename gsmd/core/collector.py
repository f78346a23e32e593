"""The times to look into a modem's storage: at every hint, after every start, and now and then.

A hint names a slot. If nothing is there, everything is looked into, for some modems name the wrong one; if
that finds nothing either, again a little later, for with some a message can be read only a moment after it
was announced. A modem that announces nothing is looked into more often.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from gsmd.modem import Modem, StoredEntry
from gsmd.modem.errors import ModemError
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger

log = logging.getLogger(__name__)

_MANY = 3
"""From so many hints on, one listing of the storage is quicker than looking at each slot."""

_AGAIN = (1.0, 3.0, 10.0)
"""Seconds until a slot that was announced, and nothing was found for, is looked at again."""

_UNANNOUNCED = 10.0
"""Seconds between two sweeps, at most, of a modem that does not announce what comes in."""

_RECEIVED = frozenset({0, 1})
"""<stat> of what came in, read or not (3GPP TS 27.005 §3.1); drafts and copies of sent ones are not ours."""

Slot = tuple[str, int]
"""A storage and an index; -1: somewhere in it."""

Take = Callable[[Modem, Sequence[StoredEntry]], Awaitable[None]]


class Collector:
    """Empties one modem's storage. A URC is a hint; a sweep finds what no URC announced."""

    def __init__(self, modem: Modem, take: Take, ledger: Ledger, sweep_every: float) -> None:
        self._modem = modem
        self._ledger = ledger
        self._take = take
        self.sweep_every = sweep_every
        self._hints: dict[Slot, None] = {}  # ordered, each slot once
        self._tried: dict[Slot, int] = {}  # how often a slot that was announced was found empty
        self._sweep = False
        self._looking = False
        self._wake = asyncio.Event()

    def arrived(self, storage: str, index: int) -> None:
        """Something may be in that slot; -1: somewhere."""
        self._tried.pop((storage, index), None)
        self._look_for(storage, index)

    def _look_for(self, storage: str, index: int) -> None:
        self._hints[storage, index] = None
        self._wake.set()

    def sweep(self) -> None:
        """Look everywhere."""
        self._sweep = True
        self._wake.set()

    def full(self) -> None:
        """The storage is full. While it is being looked at, that says nothing new."""
        if not self._looking:
            self.sweep()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
            except TimeoutError:
                self._sweep = True
            self._wake.clear()
            await self._ledger.insist_on(self._look, self._refused)

    def _refused(self, error: StoreError) -> None:
        """Nothing was deleted, and by the next try another SIM may be in: everything is looked at anew."""
        log.error("modem %s: nothing is taken off the SIM: %s", self._modem.name, error)
        self._sweep = True

    async def _look(self) -> None:
        """Take what is there. Errors: `StoreError`."""
        if not self._modem.can_read:
            return  # `initialised` brings a sweep when it can
        self._looking = True
        try:
            while self._hints or self._sweep:
                entries = await self._read()
                received = [entry for entry in entries if entry.stored_status in _RECEIVED]
                for entry in received:  # what is there now; what comes after it is deleted, is new
                    self._hints.pop((entry.storage, entry.index), None)
                if received:
                    await self._take(self._modem, received)
        except ModemError as error:
            log.info("modem %s: reading its storage waits: %s", self._modem.name, error)
            self._sweep = True
        finally:
            self._looking = False

    async def _read(self) -> list[StoredEntry]:
        slot = next(iter(self._hints), None)
        if slot is None or slot[1] < 0 or self._sweep or len(self._hints) >= _MANY:
            return await self._read_all()
        del self._hints[slot]  # what comes into it from here on is new
        entry = await self._modem.read(*slot)
        if entry is not None:
            self._tried.pop(slot, None)
            return [entry]
        self._hints[slot] = None
        return await self._read_all()  # some modems name the wrong slot

    async def _read_all(self) -> list[StoredEntry]:
        self._sweep = False
        hints = list(self._hints)
        self._hints.clear()
        try:
            entries = await self._modem.sweep({storage for storage, _ in hints})
        except ModemError:
            self._hints.update(dict.fromkeys(hints))
            raise
        found = {(entry.storage, entry.index) for entry in entries}
        missed = [slot for slot in hints if slot not in found]
        if len(entries) < len(hints):
            self._look_again(missed)
        return entries

    def _look_again(self, hints: Sequence[Slot]) -> None:
        """Look once more where nothing was found: what was announced may be readable a moment later."""
        loop = asyncio.get_running_loop()
        for slot in hints:
            tried = self._tried.pop(slot, 0)
            if tried < len(_AGAIN):
                self._tried[slot] = tried + 1
                loop.call_later(_AGAIN[tried], self._look_for, *slot)

    def _pause(self) -> float:
        return self.sweep_every if self._modem.announces else min(self.sweep_every, _UNANNOUNCED)
