"""The SIM's and the modem's message storages: list, read, delete (3GPP TS 27.005 §3.2 to 3.5)."""

import logging
from collections.abc import Collection, Sequence
from itertools import groupby

import msgspec

from gsmd.at import AtError
from gsmd.modem.link import commands
from gsmd.modem.link.line import CommandTimeout, Line
from gsmd.modem.status import StorageUse
from gsmd.modem.storage import slot_reading
from gsmd.modem.storage.slots import Slots
from gsmd.modem.storage.stored_entry import StoredEntry

log = logging.getLogger(__name__)

DRAFTS = frozenset({2, 3})
"""``<stat>``: stored and unsent, stored and sent. Somebody else's, not received."""

GONE = frozenset({321})
"""``+CMS ERROR: 321``, invalid memory index: there is nothing in that slot."""

BUSY = frozenset({10, 13, 14, 310, 311, 313, 314, 315, 512, 513, 514, 515})
"""The SIM or the SMS part is not ready, or gone: no statement about the slot."""

BATCH = 10
"""+CMGD in one command line: 100 characters are few enough for any modem."""

_MOST_HANGS = 2

_THOROUGH = 10
"""Every so many sweeps all storages are looked into: a modem may store where nobody was told."""


class Advertised(msgspec.Struct, frozen=True):
    """The storages a modem has: to read from, to write to, to receive into."""

    read: frozenset[str] = frozenset({"SM"})
    write: frozenset[str] = frozenset({"SM"})
    receive: frozenset[str] = frozenset({"SM"})


class Storage:
    """The storages of one modem while its port is open. Callers hold the session's turn.

    ``chosen`` is where new messages go. ``use`` tells how full that is, as far as known.
    """

    def __init__(self, line: Line, *, batches: bool = True) -> None:
        self._line = line
        self._advertised = Advertised()
        self.chosen = "SM"
        self.use: StorageUse | None = None
        self._current: str | None = None
        self._everywhere = True  # the next sweep looks into all storages
        self._sweeps = 0
        self._met = {
            "SR"
        }  # where messages have turned up; status reports have a place of their own
        self._batches = batches
        self._hangs = 0
        self._slots = Slots()

    async def choose(self, wanted: str) -> None:
        """Choose ``wanted`` if it is advertised and accepted, else what is nearest. Errors: `AtError`."""
        found = await commands.storages(self._line)
        if found is None:
            await self._choose_unadvertised(wanted)
            return
        self._advertised = advertised = Advertised(*found)
        usable = advertised.receive & advertised.read or advertised.read
        preferred = sorted(usable, key=lambda name: (name != wanted, name != "SM", name != "ME"))
        for name in preferred:
            error = await self._choose(name)
            self._everywhere = True
            if error is None:
                return
            if error.code in BUSY or name == preferred[-1]:
                raise error

    async def _choose_unadvertised(self, wanted: str) -> None:
        """The modem does not say which it has: the first that it takes."""
        self._everywhere = True
        for name in dict.fromkeys((wanted, "SM", "ME")):
            self._advertised = Advertised(*[frozenset({name})] * 3)
            error = await self._choose(name)
            if error is None:
                return
            if error.code in BUSY:
                raise error
        # it needs no choice: there is one
        self._advertised = Advertised(*[frozenset({wanted})] * 3)
        self._current = self.chosen = wanted

    async def _choose(self, name: str) -> AtError | None:
        """Make ``name`` the storage for all three uses, as far as the modem has them apart."""
        error: AtError | None = None
        write = name if name in self._advertised.write else _any(self._advertised.write, name)
        receive = name if name in self._advertised.receive else _any(self._advertised.receive, name)
        for names in ((name, write, receive), (name, write), (name,)):
            try:
                uses = await commands.choose_storages(self._line, names)
            except AtError as refused:
                error = refused
                continue
            self._current = self.chosen = name
            self._note(uses)
            return None
        return error

    def forget_choice(self) -> None:
        """Somebody may have chosen another one."""
        self._current = None

    # -- reading ---------------------------------------------------------------------------

    async def sweep(self, named: Collection[str] = ()) -> list[StoredEntry]:
        """Everything that was received and is still stored.

        Looked into are the chosen storage, that of status reports, and those that hints ``named``
        or something was found in before; the first time, and now and then, all there are.
        """
        self._met.update(named)
        received: list[StoredEntry] = []
        used = 0
        for name in self._sweepable():
            try:
                await self._select(name)
                listed = await self._list(name)
            except AtError as error:
                if name == self.chosen:
                    raise
                log.info("storage %s cannot be read: %s", name, error)
                continue
            if name == self.chosen:
                used = len(listed)  # what the modem counts itself lags behind on some
            received += [entry for entry in listed if entry.stored_status not in DRAFTS]
        self._met.update(entry.storage for entry in received)
        await self._select(self.chosen)
        self._everywhere = False
        self._sweeps += 1
        if self.use is not None:
            self.use = StorageUse(self.chosen, used, self.use.total)
        return [entry for entry in received if self._slots.holds(entry)]

    async def read(self, storage: str, index: int) -> StoredEntry | None:
        """The slot that a hint named; None if nothing is there (then the next sweep looks everywhere)."""
        entry = None
        if index >= 0:
            name = storage if storage in self._advertised.read else self.chosen
            self._met.add(name)
            await self._select(name)
            entry = await self._read(name, index)
        if entry is None:
            self._everywhere = True
        return entry if entry is not None and self._slots.holds(entry) else None

    async def _list(self, name: str) -> list[StoredEntry]:
        if self._hangs < _MOST_HANGS:
            try:
                return await slot_reading.list_messages(self._line, name)
            except CommandTimeout:
                self._hangs += 1
                log.warning("%s: AT+CMGL gets no answer: slot by slot", self._line.port.path)
            except AtError as error:
                if error.code in BUSY:
                    raise
                if error.cms in GONE:
                    return []  # that is how some say that there is nothing
                log.info("%s: %s: slot by slot", self._line.port.path, error)
        return await self._read_each(name)

    async def _read_each(self, name: str) -> list[StoredEntry]:
        # the number of used slots lags behind on some: it says nothing about when to stop
        total = next(
            (total for found, _, total in await commands.storage_use(self._line) if found == name),
            0,
        )
        entries = [await self._read(name, index) for index in range(total + 1)]  # from 0 or from 1
        return [entry for entry in entries if entry is not None]

    async def _read(self, name: str, index: int) -> StoredEntry | None:
        try:
            return await slot_reading.read_message(self._line, name, index)
        except AtError as error:
            if error.code in BUSY:
                raise
            return None  # gone, or never there: modems word it in many ways

    # -- deleting --------------------------------------------------------------------------

    async def delete(self, entries: Sequence[StoredEntry]) -> list[StoredEntry]:
        """Free the slots of ``entries``; returns those that would not go.

        A slot is freed only if it still holds what the entry says. One that will not go is tried
        a few times, then left alone until the modem starts again.
        """
        kept: list[StoredEntry] = []
        ordered = sorted(entries, key=lambda entry: entry.storage)
        for name, group in groupby(ordered, key=lambda entry: entry.storage):
            if name not in self._advertised.read:
                kept += group
                continue
            await self._select(name)
            ready = [entry for entry in group if await self._still_there(entry)]
            stuck = [entry for entry in ready if self._slots.is_stuck(entry)]
            ready = [entry for entry in ready if not self._slots.is_stuck(entry)]
            kept += stuck
            for at in range(0, len(ready), BATCH):
                kept += await self._delete_batch(ready[at : at + BATCH])
        await self._select(self.chosen)
        self._count_deleted(entries, kept)
        return kept

    async def _still_there(self, entry: StoredEntry) -> bool:
        if not self._slots.knows(entry):
            # read before a restart: another SIM, or another message, may be in there by now
            present = await self._read(entry.storage, entry.index)
            if present is not None:
                self._slots.holds(present)
        return self._slots.knows(entry)

    async def _delete_batch(self, entries: list[StoredEntry]) -> list[StoredEntry]:
        if len(entries) > 1 and self._batches:
            try:
                await commands.delete_messages(self._line, [entry.index for entry in entries])
            except AtError:
                pass  # how far it got is not known: one by one
            else:
                for entry in entries:
                    self._slots.freed(entry)
                return []
        kept = [entry for entry in entries if not await self._delete_one(entry)]
        if len(entries) > 1 and not kept:
            self._batches = False  # each goes alone, together they do not
        return kept

    async def _delete_one(self, entry: StoredEntry) -> bool:
        try:
            await commands.delete_messages(self._line, [entry.index])
        except AtError as error:
            if error.cms not in GONE:
                self._slots.failed(entry, str(error))
                return False
        self._slots.freed(entry)
        return True

    def _count_deleted(self, entries: Sequence[StoredEntry], kept: list[StoredEntry]) -> None:
        gone = [entry for entry in entries if entry.storage == self.chosen and entry not in kept]
        if self.use is not None:
            self.use = StorageUse(self.use.name, max(self.use.used - len(gone), 0), self.use.total)

    # -- which storage ---------------------------------------------------------------------

    async def _select(self, name: str) -> None:
        if self._current == name:
            return
        if self._current is None and name == self.chosen:
            error = await self._choose(name)
            if error is not None:
                raise error
            return
        self._current = None
        self._note(await commands.choose_storages(self._line, [name]))
        self._current = name

    def _note(self, uses: list[StorageUse]) -> None:
        for use in uses:
            if use.name == self.chosen:
                self.use = use

    def _sweepable(self) -> list[str]:
        # MT is SM and ME together (3GPP TS 27.005 §3.2.3): its slots would be met twice
        others: tuple[str, ...] = ("SR",) if self.chosen == "MT" else ("SM", "ME", "SR")
        if not self._everywhere and self._sweeps % _THOROUGH:
            others = tuple(name for name in others if name in self._met)
        read = self._advertised.read - {self.chosen}
        return [self.chosen, *(name for name in others if name in read)]


def _any(names: frozenset[str], default: str) -> str:
    return min(names, key=lambda name: (name != "SM", name), default=default)
