"""The selection of the storage that is read, and of the one for new messages: +CPMS (3GPP TS 27.005 §3.2.2).

Theory of operation
===================

A modem has up to three uses for its storages: reading (``<mem1>``), writing (``<mem2>``) and receiving
(``<mem3>``). `choose` settles on one storage for all three when a session begins; `select` looks into
another one to read it, and must leave receiving where it is.

Modems differ in how many names they want: one alone, two, or never less than three. Each form is tried,
and the one that worked is tried first the next time. A storage without any room (``0,0``, an eSIM often)
is none: the next one is taken. How full a storage is comes with the answer, or, where a modem says
nothing but OK, by asking.
"""

import logging
from collections.abc import Iterator, Sequence

import msgspec

from gsmd.at import AtError
from gsmd.modem.link import commands
from gsmd.modem.link.line import Line
from gsmd.modem.status import StorageUse

log = logging.getLogger(__name__)

BUSY = frozenset({10, 13, 14, 310, 311, 313, 314, 315, 512, 513, 514, 515})
"""The SIM or the SMS part is not ready, or gone: no statement about a storage."""


class Advertised(msgspec.Struct, frozen=True):
    """The storages a modem has: to read from, to write to, to receive into."""

    read: frozenset[str] = frozenset({"SM"})
    write: frozenset[str] = frozenset({"SM"})
    receive: frozenset[str] = frozenset({"SM"})


class Selection:
    """The storages of one modem while its port is open.

    ``chosen`` is where new messages go. ``uses`` tells how full each is, as it was last heard;
    ``fresh`` names those heard of since they were last listed.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self.advertised = Advertised()
        self.chosen = "SM"
        self.uses: dict[str, StorageUse] = {}
        self.fresh: set[str] = set()
        self._write = self._receive = "SM"
        self._current: str | None = None
        self._names = 1  # how many the modem wanted the last time

    @property
    def roomless(self) -> bool:
        """True if nothing can be received, because there is no room that could ever be free."""
        use = self.uses.get(self.chosen)
        return use is not None and use.total == 0

    def forget(self) -> None:
        """Somebody may have selected another one."""
        self._current = None

    async def choose(self, wanted: str) -> None:
        """Choose ``wanted`` if it is advertised, accepted and has room, else what is nearest.

        Errors: `AtError`, if the SIM is not ready or none is accepted.
        """
        found = await commands.storages(self._line)
        self.uses.clear()
        if found is None:
            names = list(dict.fromkeys((wanted, "SM", "ME")))
        else:
            self.advertised = advertised = Advertised(*found)
            usable = advertised.receive & advertised.read or advertised.read
            names = sorted(usable, key=lambda name: (name != wanted, name != "SM", name != "ME"))
        refused = await self._choose_first(names, advertised=found is not None)
        if refused is None:
            return
        if found is not None:
            raise refused
        # it needs no choice: there is one
        self.advertised = Advertised(*[frozenset({wanted})] * 3)
        self._current = self.chosen = wanted

    async def _choose_first(self, names: Sequence[str], *, advertised: bool) -> AtError | None:
        """Settle on the first of ``names`` that is accepted and has room, or, if none has, accepted."""
        refused: AtError | None = None
        roomless: str | None = None
        for name in names:
            if not advertised:
                self.advertised = Advertised(*[frozenset({name})] * 3)
            error = await self._choose(name)
            if error is not None:
                if error.code in BUSY:
                    raise error
                refused = error
            elif not self.roomless:
                return None
            else:
                log.info("%s: storage %s has no room at all", self._line.port.path, name)
                roomless = roomless or name
        if roomless is None:
            return refused
        return None if roomless == self.chosen else await self._choose(roomless)

    async def _choose(self, name: str) -> AtError | None:
        """Make ``name`` the storage for all three uses, as far as the modem has them apart."""
        write = name if name in self.advertised.write else _any(self.advertised.write, name)
        receive = name if name in self.advertised.receive else _any(self.advertised.receive, name)
        error: AtError | None = None
        for names in ((name, write, receive), (name, write), (name,)):
            try:
                uses = await commands.choose_storages(self._line, names)
            except AtError as refused:
                error = refused
                continue
            self._current = self.chosen = name
            self._write, self._receive = write, receive
            await self._note(name, uses)
            return None
        return error

    async def select(self, name: str) -> None:
        """Read from ``name`` from now on; what comes in still goes to ``chosen``. Errors: `AtError`."""
        if self._current == name:
            return
        if self._current is None and name == self.chosen:
            error = await self._choose(name)
            if error is not None:
                raise error
            return
        self._current = None
        for names in self._forms(name):
            try:
                uses = await commands.choose_storages(self._line, names)
            except AtError as refused:
                if refused.code in BUSY:
                    raise
                error = refused
                continue
            self._current, self._names = name, len(names)
            await self._note(name, uses)
            return
        assert error is not None
        raise error

    def _forms(self, name: str) -> Iterator[tuple[str, ...]]:
        full = (name, self._write, self._receive)
        yield full[: self._names]
        yield from (full[:count] for count in (1, 2, 3) if count != self._names)

    async def ask(self) -> None:
        """Have the modem tell how full the selected storages are. Errors: those of `Line.run`."""
        for name, used, total in await commands.storage_use(self._line):
            self.uses[name] = StorageUse(name, used, total)
            self.fresh.add(name)

    async def _note(self, name: str, uses: Sequence[StorageUse]) -> None:
        for use in uses:
            self.uses[use.name] = use
            self.fresh.add(use.name)
        if all(use.name != name for use in uses):
            await commands.known(self.ask())


def _any(names: frozenset[str], default: str) -> str:
    return min(names, key=lambda name: (name != "SM", name), default=default)
