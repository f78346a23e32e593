"""The SIM's and the modem's message storages: list, read, delete (3GPP TS 27.005 §3.2 to 3.5)."""

import logging
from collections.abc import Collection, Sequence
from itertools import groupby

from gsmd.at import AtError
from gsmd.modem.link import commands
from gsmd.modem.link.line import Line
from gsmd.modem.link.line_errors import CommandTimeout
from gsmd.modem.status import StorageUse
from gsmd.modem.storage import slot_reading
from gsmd.modem.storage.selection import BUSY, Selection
from gsmd.modem.storage.slots import Slots
from gsmd.modem.storage.stored_entry import StoredEntry

log = logging.getLogger(__name__)

DRAFTS = frozenset({2, 3})
"""``<stat>``: stored and unsent, stored and sent. Somebody else's, not received."""

GONE = frozenset({321})
"""``+CMS ERROR: 321``, invalid memory index: there is nothing in that slot."""

BATCH = 10
"""+CMGD in one command line: 100 characters are few enough for any modem."""

_MOST_HANGS = 2

_THOROUGH = 10
"""Every so many sweeps all storages are looked into: a modem may store where nobody was told."""


class Storage:
    """The storages of one modem while its port is open. Callers hold the session's turn.

    ``batches``: whether several deletions may stand in one command line. ``exists``: whether it has any.

    ``use`` tells how full the one is that new messages go to, as far as known. ``unreadable``: how many
    messages each storage counts that neither a list nor the slots have. ``more``: the first sweep has found
    something where messages arrive, and has not looked further: that comes first, the next one looks everywhere.
    """

    def __init__(self, line: Line, *, batches: bool = True, exists: bool = True) -> None:
        self._line = line
        self.selection = Selection(line)
        self.use: StorageUse | None = None
        self.unreadable: dict[str, int] = {}
        self.more = False
        self._wanted = "SM"
        self._everywhere = True  # the next sweep looks into all storages
        self._sweeps = 0
        self._met = {
            "SR"
        }  # where messages have turned up; status reports have a place of their own
        self._batches = batches
        self._exists = exists
        self._hangs = 0
        self._slots = Slots()

    @property
    def chosen(self) -> str:
        """The storage that new messages go to."""
        return self.selection.chosen

    async def choose(self, wanted: str) -> None:
        """Choose ``wanted``, or what is nearest, for what comes in. Errors: `AtError`."""
        self._wanted = wanted
        self._everywhere = True
        await self.selection.choose(wanted)
        self.use = self.selection.uses.get(self.chosen)

    def forget_choice(self) -> None:
        """Somebody may have chosen another one."""
        self.selection.forget()

    # -- reading ---------------------------------------------------------------------------

    async def sweep(self, named: Collection[str] = ()) -> list[StoredEntry]:
        """All messages that were received and are still stored.

        Looked into are the chosen storage, that of status reports, and those that hints ``named``
        or something was found in before; the first time, and now and then, all there are.
        """
        if not self._exists:
            return []
        self._met.update(named)
        if self.selection.roomless:
            await self.selection.choose(self._wanted)  # a SIM that is slow may have room by now
        received: list[StoredEntry] = []
        used = 0
        thorough = self._is_thorough
        self.more = False
        names = self._sweepable()
        for name in names:
            try:
                await self.selection.select(name)
                listed = await self._look_into(name, count=thorough)
            except AtError as error:
                if name == self.chosen:
                    raise
                log.info("storage %s cannot be read: %s", name, error)
                continue
            if name == self.chosen:
                used = len(listed)  # what the modem counts itself lags behind on some
            received += [entry for entry in listed if entry.stored_status not in DRAFTS]
            if received and not self._sweeps and name == self.chosen:
                self.more = len(names) > 1
                break
        self._met.update(entry.storage for entry in received)
        await self.selection.select(self.chosen)
        self._everywhere = self.more
        self._sweeps += 1
        self._note_use(used)
        return [entry for entry in received if self._slots.holds(entry)]

    def _note_use(self, used: int) -> None:
        """Note the fill level: what was listed, and what is counted and not to be seen, takes room."""
        known = self.selection.uses.get(self.chosen)
        if known is not None:
            used += self.unreadable.get(self.chosen, 0)
            self.use = StorageUse(self.chosen, used, known.total)

    async def _look_into(self, name: str, *, count: bool) -> list[StoredEntry]:
        """The entries of the selected storage ``name``; ``count``: more is there than a list says, perhaps."""
        if count and name not in self.selection.fresh:
            await commands.known(self.selection.ask())
        counted = self.selection.uses.get(name) if name in self.selection.fresh else None
        self.selection.fresh.discard(name)
        listed = await self._list(name)
        if counted is not None:
            listed = await self._complete(name, listed, counted.used)
        return listed

    async def _complete(
        self, name: str, listed: list[StoredEntry], counted: int
    ) -> list[StoredEntry]:
        """``listed`` with what is counted and was not listed, as far as its slots can be read.

        What they do not have either is not looked for again until the count is another.
        """
        missing = counted - len(listed)
        if missing > 0 and missing != self.unreadable.get(name):
            log.info("storage %s counts %d and lists %d: slot by slot", name, counted, len(listed))
            found = {entry.index: entry for entry in await self._read_each(name)}
            listed = list((found | {entry.index: entry for entry in listed}).values())
            missing = counted - len(listed)
        if missing > 0:
            self.unreadable[name] = missing
        else:
            self.unreadable.pop(name, None)
        return listed

    async def read(self, storage: str, index: int) -> StoredEntry | None:
        """The slot that a hint named; None if nothing is there (then the next sweep looks everywhere)."""
        entry = None
        if index >= 0:
            name = storage if storage in self.selection.advertised.read else self.chosen
            self._met.add(name)
            await self.selection.select(name)
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
        await self.selection.ask()
        use = self.selection.uses.get(name)
        total = 0 if use is None else use.total
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
            if name not in self.selection.advertised.read:
                kept += group
                continue
            await self.selection.select(name)
            ready = [entry for entry in group if await self._still_there(entry)]
            stuck = [entry for entry in ready if self._slots.is_stuck(entry)]
            ready = [entry for entry in ready if not self._slots.is_stuck(entry)]
            kept += stuck
            for at in range(0, len(ready), BATCH):
                kept += await self._delete_batch(ready[at : at + BATCH])
            self.selection.fresh.discard(name)  # what was counted has gone
        await self.selection.select(self.chosen)
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

    @property
    def _is_thorough(self) -> bool:
        return self._everywhere or self._sweeps % _THOROUGH == 0

    def _sweepable(self) -> list[str]:
        # MT is SM and ME together (3GPP TS 27.005 §3.2.3): its slots would be met twice
        others: tuple[str, ...] = ("SR",) if self.chosen == "MT" else ("SM", "ME", "SR")
        if not self._is_thorough:
            others = tuple(name for name in others if name in self._met)
        read = self.selection.advertised.read - {self.chosen}
        return [self.chosen, *(name for name in others if name in read)]
