"""Campaigns whose preparation did not come to its end: nobody was told of them, and they go.

Preparing a campaign takes many transactions. Whatever ends it in between (the store refuses one, the caller goes away, gsmd
ends), the campaign is dropped, piece by piece, as soon as the store lets that be done; the same key begins it anew.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from gsmd.features.campaigns import table
from gsmd.store.ledger import Ledger, Transaction

_BATCH = 500
"""Recipients that are dropped in one transaction, so that nothing else waits long."""


class Unfinished:
    """Knows which campaigns somebody prepares; ``wake`` is called when there is one to drop."""

    def __init__(self, ledger: Ledger, wake: Callable[[], None]) -> None:
        self._ledger = ledger
        self._wake = wake
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._in_work: set[str] = set()
        self._left = False

    @asynccontextmanager
    async def work_on(self, id_: str) -> AsyncIterator[None]:
        """Prepare a campaign inside, after whoever else does; left by an error, it is dropped."""
        turn = self._turns.setdefault(id_, asyncio.Lock())
        async with turn:
            self._in_work.add(id_)
            try:
                yield
            except BaseException:
                self._left = True
                self._wake()
                raise
            finally:
                self._in_work.discard(id_)

    async def drop(self, id_: str) -> None:
        """Drop what is left of one from an earlier try. Errors: `StoreError`."""
        while not await self._ledger.write(lambda t: _drop_some(t, id_.__eq__)):
            pass

    async def drop_all(self) -> None:
        """Drop those that nobody prepares. Errors: `StoreError`."""
        while not await self._ledger.write(
            lambda t: _drop_some(t, lambda id_: id_ not in self._in_work)
        ):
            pass

    async def drop_left(self) -> None:
        """The same, if there are any. Errors: `StoreError`."""
        if not self._left:
            return
        self._left = False
        try:
            await self.drop_all()
        except BaseException:
            self._left = True
            raise


def _drop_some(transaction: Transaction, goes: Callable[[str], bool]) -> bool:
    """Drop a piece of those whose id ``goes``; true once none is left."""
    connection = transaction.connection
    found = [seq for seq, id_ in table.unprepared(connection) if goes(id_)]
    return all(table.drop(connection, seq, _BATCH) for seq in found)
