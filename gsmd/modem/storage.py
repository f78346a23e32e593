"""The SIM's and the modem's message storages: list, read, delete (3GPP TS 27.005 §3.2 to 3.5)."""

import logging
from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from gsmd.at import AtError
from gsmd.modem import commands
from gsmd.modem.line import CommandTimeout, Line
from gsmd.modem.listener import StoredEntry
from gsmd.modem.status import StorageUse

log = logging.getLogger(__name__)

DRAFTS = frozenset({2, 3})
"""``<stat>``: stored and unsent, stored and sent. Somebody else's, not received."""

GONE = 321
"""``+CMS ERROR: 321``, invalid memory index: there is nothing in that slot."""

BUSY = frozenset({14, 310, 311, 312, 313, 314, 315, 512, 513, 514, 515})
MOST_TRIES = 5
BATCH = 10
"""+CMGD in one command line: 100 characters are few enough for any modem."""


class Advertised(msgspec.Struct, frozen=True):
    """The storages a modem has: to read from, to write to, to receive into."""

    read: frozenset[str]
    write: frozenset[str]
    receive: frozenset[str]


class Storage:
    """The storages of one modem while its port is open. Callers hold the session's turn.

    ``chosen`` is where new messages go. ``use`` tells how full that is, as far as known.
    """

    def __init__(self, line: Line, *, batches: bool = True) -> None:
        self._line = line
        self._advertised = Advertised(frozenset({"SM"}), frozenset({"SM"}), frozenset({"SM"}))
        self.chosen = "SM"
        self.use: StorageUse | None = None
        self._current: str | None = None
        self._everywhere = True  # the next sweep looks into all storages
        self._batches = batches
        self._listing_hangs = False
        self._seen: dict[tuple[str, int], str] = {}
        self._failures: dict[tuple[str, int], int] = {}

    async def choose(self, wanted: str) -> None:
        """Choose ``wanted`` if it is advertised, else the nearest there is. Errors: `AtError`."""
        found = await commands.storages(self._line)
        if found is not None:
            self._advertised = Advertised(*found)
        read, write, receive = (
            self._advertised.read,
            self._advertised.write,
            self._advertised.receive,
        )
        self.chosen = _first(wanted, receive & read or receive or read)
        for names in (
            (self.chosen, _first(self.chosen, write), _first(self.chosen, receive)),
            (self.chosen, _first(self.chosen, write)),
            (self.chosen,),
        ):
            try:
                self._note(await commands.choose_storages(self._line, names))
            except AtError as error:
                refused = error
                continue
            self._current = self.chosen
            self._everywhere = True
            return
        raise refused

    # -- reading ---------------------------------------------------------------------------

    async def sweep(self) -> list[StoredEntry]:
        """Everything that was received and is still stored. The first time, in all storages."""
        names = self._sweepable() if self._everywhere else [self.chosen]
        entries: list[StoredEntry] = []
        for name in names:
            try:
                await self._select(name)
                entries += await self._list(name)
            except AtError as error:
                if name == self.chosen:
                    raise
                log.info("storage %s cannot be read: %s", name, error)
        await self._select(self.chosen)
        self._everywhere = False
        received = [entry for entry in entries if entry.stored_status not in DRAFTS]
        for entry in received:
            self._seen[entry.storage, entry.index] = entry.frame
        return received

    async def read(self, storage: str, index: int) -> StoredEntry | None:
        """The slot that a hint named; None if nothing is there (then the next sweep looks everywhere)."""
        name = storage if storage in self._advertised.read else self.chosen
        entry = None
        if index >= 0:
            await self._select(name)
            entry = await self._read(name, index)
        if entry is None:
            self._everywhere = True
        return entry

    async def _list(self, name: str) -> list[StoredEntry]:
        if not self._listing_hangs:
            try:
                return await commands.list_messages(self._line, name)
            except CommandTimeout:
                self._listing_hangs = True
                log.warning("AT+CMGL gets no answer: reading slot by slot from now on")
            except AtError as error:
                if error.cms == GONE:
                    return []
                if error.code in BUSY:
                    raise
                log.info("AT+CMGL is refused (%s): reading slot by slot", error)
        return await self._read_each(name)

    async def _read_each(self, name: str) -> list[StoredEntry]:
        used, total = await self._count(name)
        entries: list[StoredEntry] = []
        for index in range(total + 1):  # slots are counted from 0 or from 1
            entry = await self._read(name, index)
            if entry is not None:
                entries.append(entry)
            if 0 < used == len(entries):
                break
        return entries

    async def _count(self, name: str) -> tuple[int, int]:
        for found, used, total in await commands.storage_use(self._line):
            if found == name:
                return used, total
        return 0, 0

    async def _read(self, name: str, index: int) -> StoredEntry | None:
        try:
            entry = await commands.read_message(self._line, name, index)
        except AtError as error:
            if error.code in BUSY:
                raise
            return None  # gone, or never there: modems word it in many ways
        if entry is not None:
            self._seen[name, index] = entry.frame
        return entry

    # -- deleting --------------------------------------------------------------------------

    async def delete(self, entries: Sequence[StoredEntry]) -> list[StoredEntry]:
        """Free the slots of ``entries``; returns those that would not go.

        A slot is freed only if it still holds what the entry says. One that will not go is
        tried `MOST_TRIES` times, then left alone until the modem starts again.
        """
        kept: list[StoredEntry] = []
        ordered = sorted(entries, key=lambda entry: entry.storage)
        for name, group in groupby(ordered, key=lambda entry: entry.storage):
            if name not in self._advertised.read:
                kept += group
                continue
            await self._select(name)
            kept += await self._delete_in(name, list(group))
        await self._select(self.chosen)
        return kept

    async def _delete_in(self, name: str, entries: list[StoredEntry]) -> list[StoredEntry]:
        ready = []
        kept = []
        for entry in entries:
            if self._failures.get((name, entry.index), 0) >= MOST_TRIES:
                kept.append(entry)
            elif await self._still_holds(entry):
                ready.append(entry)
        for at in range(0, len(ready), BATCH):
            kept += await self._delete_batch(ready[at : at + BATCH])
        return kept

    async def _still_holds(self, entry: StoredEntry) -> bool:
        key = entry.storage, entry.index
        if key not in self._seen:  # read before a restart: another SIM may be in there now
            await self._read(*key)
        return self._seen.get(key) == entry.frame

    async def _delete_batch(self, entries: list[StoredEntry]) -> list[StoredEntry]:
        if len(entries) > 1 and self._batches:
            try:
                await commands.delete_messages(self._line, [entry.index for entry in entries])
            except AtError:
                pass  # how far it got is not known: one by one
            else:
                self._forget(entries)
                return []
        kept = []
        failed_alone = False
        for entry in entries:
            if not await self._delete_one(entry):
                kept.append(entry)
                failed_alone = True
        if len(entries) > 1 and not failed_alone:
            self._batches = False  # each goes alone, together they do not
        return kept

    async def _delete_one(self, entry: StoredEntry) -> bool:
        try:
            await commands.delete_messages(self._line, [entry.index])
        except AtError as error:
            if error.cms != GONE:
                key = entry.storage, entry.index
                self._failures[key] = self._failures.get(key, 0) + 1
                if self._failures[key] == MOST_TRIES:
                    log.warning("slot %s %d will not be freed: %s", *key, error)
                return False
        self._forget([entry])
        return True

    def _forget(self, entries: Iterable[StoredEntry]) -> None:
        for entry in entries:
            self._seen.pop((entry.storage, entry.index), None)
            self._failures.pop((entry.storage, entry.index), None)

    # -- which storage ---------------------------------------------------------------------

    async def _select(self, name: str) -> None:
        if self._current != name:
            self._current = None
            self._note(await commands.choose_storages(self._line, [name]))
            self._current = name

    def _note(self, uses: list[StorageUse]) -> None:
        for use in uses:
            if use.name == self.chosen:
                self.use = use

    def _sweepable(self) -> list[str]:
        # MT is SM and ME together (3GPP TS 27.005 §3.2.3): its slots would be met twice
        others = ("SR",) if self.chosen == "MT" else ("SM", "ME", "SR")
        read = self._advertised.read - {self.chosen}
        return [self.chosen, *(name for name in others if name in read)]


def _first(wanted: str, among: frozenset[str]) -> str:
    for name in (wanted, "SM", "ME", "MT"):
        if name in among or not among:
            return name
    return min(among)
