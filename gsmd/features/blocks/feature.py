"""Senders that nobody wants to hear of: those of the configuration, and those blocked while gsmd runs."""

from collections.abc import Sequence

from gsmd.config import Config
from gsmd.features import Claim, Feature, Host
from gsmd.features.blocks import table
from gsmd.features.blocks.rules import matches, pattern_of
from gsmd.features.blocks.table import Block
from gsmd.protocol import blocks as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Failure, Message
from gsmd.protocol.method import Bound, Context, bind, by
from gsmd.protocol.paging import BEYOND, cut, number
from gsmd.protocol.types import PageParams
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.refusals import stored
from gsmd.store.tables.messages import moment


class Blocks(Feature):
    """Knows them all. What is blocked by hand is on disk, with who did it."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._ledger = ledger
        self._by_hand: tuple[str, ...] = ()
        self.configure(config)

    def configure(self, config: Config) -> None:
        """Go by another configuration; what was blocked by hand stays."""
        self._country = config.outbound.country
        self._configured = config.guard.block
        self._folded = tuple(pattern.casefold() for pattern in config.guard.block)

    async def open(self) -> None:
        """Take up what was blocked before."""
        self._take_up(await self._ledger.read(table.patterns))

    def ignores(self, message: Message) -> bool:
        return matches(message.peer, (*self._folded, *self._by_hand))

    def published(
        self,
        transaction: Transaction,
        host: Host,
        seq: int,
        message: Message,
        claim: Claim | None,
        *,
        ignored: bool,
    ) -> None:
        del host, claim
        if ignored and self.ignores(message):
            transaction.record_event("message.blocked", seq, message.id, modem=message.modem)

    def may_answer(self, transaction: Transaction, message: Message, text: str) -> Failure | None:
        del transaction, text
        return Failure("blocked", f"{message.peer} is blocked") if self.ignores(message) else None

    def methods(self, host: Host) -> Sequence[Bound]:
        del host
        return (
            bind(rows.LIST, self._list),
            bind(rows.LOG, self._log),
            bind(rows.ADD, self._add),
            bind(rows.REMOVE, self._remove),
        )

    async def _block(self, typed: str, note: str | None) -> tuple[str, bool]:
        """Block a number, or all that fit a pattern: ``(pattern, whether that is new)``. Errors: `Refused`."""
        pattern = pattern_of(typed, self._country)

        def job(transaction: Transaction) -> tuple[bool, list[str]]:
            new = table.add(transaction.connection, _entry(transaction, pattern, note))
            if new:
                transaction.record_event("block.added", pattern=pattern)
            return new, table.patterns(transaction.connection)

        new, _ = await stored(self._ledger.write(job, lambda done: self._take_up(done[1])))
        return pattern, new

    async def _unblock(self, typed: str, note: str | None) -> tuple[str, bool]:
        """No more: ``(pattern, whether it was there)``. Errors: `Refused`, also for one of the configuration."""
        pattern = pattern_of(typed, self._country)
        if pattern in self._configured:
            raise Refused(
                Code.CONFLICT,
                f"{pattern} is blocked by the configuration (guard.block)",
                reason="configured",
                field="pattern",
            )

        def job(transaction: Transaction) -> tuple[bool, list[str]]:
            gone = table.remove(transaction.connection, _entry(transaction, pattern, note))
            if gone:
                transaction.record_event("block.removed", pattern=pattern)
            return gone, table.patterns(transaction.connection)

        gone, _ = await stored(self._ledger.write(job, lambda done: self._take_up(done[1])))
        return pattern, gone

    async def _list(self, _: Context, p: PageParams) -> rows.BlockPage:
        found = await self._ledger.read(lambda c: table.listing(c, p.after or "", p.limit + 1))
        page, next_ = cut(found, p.limit, lambda each: each.pattern)
        shown = [rows.Block(**{**each._asdict(), "at": moment(each.at)}) for each in page]
        return rows.BlockPage(shown, list(self._configured), next_)

    async def _log(self, _: Context, p: PageParams) -> rows.BlockLog:
        before = number(p.after, BEYOND)
        found = await self._ledger.read(lambda c: table.history(c, before, p.limit + 1))
        page, next_ = cut(found, p.limit, lambda row: row[0])
        changes = [
            rows.BlockChange(**{**each._asdict(), "at": moment(each.at)}) for _, each in page
        ]
        return rows.BlockLog(changes, next_)

    async def _add(self, context: Context, p: rows.BlockParams) -> rows.Blocked:
        return rows.Blocked(*await self._block(p.pattern, p.note or by(context, p)))

    async def _remove(self, context: Context, p: rows.BlockParams) -> rows.Unblocked:
        return rows.Unblocked(*await self._unblock(p.pattern, p.note or by(context, p)))

    def _take_up(self, patterns: list[str]) -> None:
        self._by_hand = tuple(pattern.casefold() for pattern in patterns)


def _entry(transaction: Transaction, pattern: str, note: str | None) -> Block:
    return Block(pattern, transaction.wall, note, transaction.actor)
