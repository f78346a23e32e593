"""Senders that nobody wants to hear of: those of the configuration, and those blocked while gsmd runs."""

from fnmatch import fnmatchcase

from gsmd.config import Config
from gsmd.protocol import blocks as rows
from gsmd.protocol import bounds
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.numbers import normalise
from gsmd.protocol.paging import BEYOND, cut, number
from gsmd.protocol.types import PageParams
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables import blocks
from gsmd.store.tables.blocks import Block
from gsmd.store.tables.messages import moment


class Blocks:
    """Knows them all. What is blocked by hand is on disk, with who did it."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self._by_hand: tuple[str, ...] = ()
        self.change(config)

    def change(self, config: Config) -> None:
        """Go by another configuration; what was blocked by hand stays."""
        self._country = config.outbound.country
        self.configured = config.guard.block
        self._configured = tuple(pattern.casefold() for pattern in config.guard.block)

    async def open(self) -> None:
        """Take up what was blocked before."""
        self._take_up(await self._ledger.read(blocks.patterns))

    def matches(self, peer: str) -> bool:
        """Whether messages from there are kept and nothing more. On any thread."""
        sender = peer.casefold()
        return any(fnmatchcase(sender, each) for each in (*self._configured, *self._by_hand))

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (
            bind(rows.LIST, self._list),
            bind(rows.LOG, self._log),
            bind(rows.ADD, self._add),
            bind(rows.REMOVE, self._remove),
        )

    async def add(self, typed: str, note: str | None = None) -> tuple[str, bool]:
        """Block a number, or all that fit a pattern: ``(pattern, whether that is new)``. Errors: `Refused`."""
        pattern = self._pattern(typed)

        def job(transaction: Transaction) -> tuple[bool, list[str]]:
            new = blocks.add(transaction.connection, Block(pattern, transaction.wall, note))
            if new:
                transaction.record_event("block.added", pattern=pattern)
            return new, blocks.patterns(transaction.connection)

        new, _ = await stored(self._ledger.write(job, lambda done: self._take_up(done[1])))
        return pattern, new

    async def remove(self, typed: str, note: str | None = None) -> tuple[str, bool]:
        """No more: ``(pattern, whether it was there)``. Errors: `Refused`, also for one of the configuration."""
        pattern = self._pattern(typed)
        if pattern in self.configured:
            raise Refused(
                Code.CONFLICT,
                f"{pattern} is blocked by the configuration (guard.block)",
                reason="configured",
                field="pattern",
            )

        def job(transaction: Transaction) -> tuple[bool, list[str]]:
            gone = blocks.remove(transaction.connection, pattern, transaction.wall, note)
            if gone:
                transaction.record_event("block.removed", pattern=pattern)
            return gone, blocks.patterns(transaction.connection)

        gone, _ = await stored(self._ledger.write(job, lambda done: self._take_up(done[1])))
        return pattern, gone

    async def _list(self, _: Context, p: PageParams) -> rows.Blocks:
        found = await self._ledger.read(lambda c: blocks.listing(c, p.after or "", p.limit + 1))
        page, next_ = cut(found, p.limit, lambda each: each.pattern)
        shown = [rows.Block(**{**each._asdict(), "at": moment(each.at)}) for each in page]
        return rows.Blocks(shown, list(self.configured), next_)

    async def _log(self, _: Context, p: PageParams) -> rows.BlockLog:
        before = number(p.after, BEYOND)
        found = await self._ledger.read(lambda c: blocks.history(c, before, p.limit + 1))
        page, next_ = cut(found, p.limit, lambda row: row[0])
        changes = [
            rows.BlockChange(**{**each._asdict(), "at": moment(each.at)}) for _, each in page
        ]
        return rows.BlockLog(changes, next_)

    async def _add(self, context: Context, p: rows.BlockParams) -> rows.Blocked:
        return rows.Blocked(*await self.add(p.pattern, p.note or f"by {context.user}"))

    async def _remove(self, context: Context, p: rows.BlockParams) -> rows.Unblocked:
        return rows.Unblocked(*await self.remove(p.pattern, p.note or f"by {context.user}"))

    def _take_up(self, patterns: list[str]) -> None:
        self._by_hand = tuple(pattern.casefold() for pattern in patterns)

    def _pattern(self, typed: str) -> str:
        """As it is compared: a whole number as the network gives it, anything else as it was typed."""
        pattern = typed.strip()
        if not pattern.replace("*", ""):
            raise _impossible("that would be everybody" if pattern else "empty", "everybody")
        if len(pattern) > bounds.PATTERN or not pattern.isprintable():
            raise _impossible(f"at most {bounds.PATTERN} characters", "pattern")
        if "*" in pattern:
            return pattern.replace(" ", "") if pattern[0] in "+0123456789" else pattern
        try:
            return normalise(pattern, self._country)
        except Refused:
            return pattern  # a name, like Vodafone


def _impossible(why: str, reason: str) -> Refused:
    return Refused(
        Code.INVALID,
        f"a number or a sender's name, with * for anything: {why}",
        reason=reason,
        field="pattern",
    )
