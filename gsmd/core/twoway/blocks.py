"""Senders that nobody wants to hear of: those of the configuration, and those blocked while gsmd runs."""

from fnmatch import fnmatchcase

from gsmd.config import Config
from gsmd.core.numbers import normalise
from gsmd.core.requests import Code, Refused, stored
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import blocks
from gsmd.store.tables.blocks import Block, BlockChange

_LONGEST = 40


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

    async def entries(self, after: str, limit: int) -> list[Block]:
        """Those blocked by hand, by pattern, from behind ``after``."""
        return await self._ledger.read(lambda c: blocks.listing(c, after, limit))

    async def log(self, before: int, limit: int) -> list[tuple[int, BlockChange]]:
        """Who was blocked and unblocked, newest first."""
        return await self._ledger.read(lambda c: blocks.history(c, before, limit))

    def _take_up(self, patterns: list[str]) -> None:
        self._by_hand = tuple(pattern.casefold() for pattern in patterns)

    def _pattern(self, typed: str) -> str:
        """As it is compared: a whole number as the network gives it, anything else as it was typed."""
        pattern = typed.strip()
        if not pattern.replace("*", ""):
            raise _impossible("that would be everybody" if pattern else "empty", "everybody")
        if len(pattern) > _LONGEST or not pattern.isprintable():
            raise _impossible(f"at most {_LONGEST} characters", "pattern")
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
