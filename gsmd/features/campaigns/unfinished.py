"""Campaigns whose preparation did not come to its end: nobody was told of them, and they go.

Preparing a campaign takes many transactions. Whatever ends it in between (the store refuses one, the caller goes away, gsmd
ends), the campaign is dropped, piece by piece, as soon as the store lets that be done; the same key begins it anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gsmd.features.campaigns import table
from gsmd.store.ledger import Ledger, Transaction

_BATCH = 500
"""Recipients that are dropped in one transaction, so that nothing else waits long."""


class Unfinished:
    """Knows which campaigns somebody prepares; ``wake`` is called when there is one to drop."""

    def __init__(self, ledger: Ledger, wake: Callable[[], None]) -> None:
        self._ledger = ledger
        self._wake = wake
        self._in_work: set[int] = set()
        self._left = False

    @contextmanager
    def work_on(self, seq: int) -> Iterator[None]:
        """Prepare a campaign inside; left by an error, it is dropped."""
        self._in_work.add(seq)
        try:
            yield
        except BaseException:
            self._left = True
            self._wake()
            raise
        finally:
            self._in_work.discard(seq)

    async def drop_all(self) -> None:
        """Drop those that nobody prepares. Errors: `StoreError`."""
        while not await self._ledger.write(self._drop_some):
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

    def _drop_some(self, transaction: Transaction) -> bool:
        """True once none is left."""
        found = set(table.unprepared(transaction.connection)) - self._in_work
        return all(table.drop(transaction.connection, seq, _BATCH) for seq in found)
