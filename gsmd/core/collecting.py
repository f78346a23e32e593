"""When to look into a modem's storage: at every hint, after every start, and now and then."""

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

_RECEIVED = frozenset({0, 1})
"""<stat> of what came in, read or not (3GPP TS 27.005 §3.1); drafts and copies of sent ones are not ours."""

Take = Callable[[Modem, Sequence[StoredEntry]], Awaitable[None]]


class Collector:
    """Empties one modem's storage. A URC is a hint; a sweep finds what no URC announced."""

    def __init__(self, modem: Modem, take: Take, ledger: Ledger, sweep_every: float) -> None:
        self._modem = modem
        self._ledger = ledger
        self._take = take
        self.sweep_every = sweep_every
        self._hints: dict[tuple[str, int], None] = {}  # ordered, each slot once
        self._sweep = False
        self._looking = False
        self._wake = asyncio.Event()

    def arrived(self, storage: str, index: int) -> None:
        """Something may be in that slot; -1: somewhere."""
        if index < 0:
            self._sweep = True
        else:
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
                async with asyncio.timeout(self.sweep_every):
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
        if self._sweep or len(self._hints) >= _MANY:
            self._sweep = False
            named = {storage for storage, _ in self._hints}
            self._hints.clear()
            return await self._modem.sweep(named)
        (storage, index) = next(iter(self._hints))
        del self._hints[storage, index]
        entry = await self._modem.read(storage, index)
        if entry is None:
            self._sweep = True  # some modems name the wrong slot
            return []
        return [entry]
