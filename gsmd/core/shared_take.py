"""A take that shares the commit of a message that is being accepted.

A modem that has nothing to do would take the message in a commit of its own, right behind the one that accepts it. So
it offers its take beforehand: the transaction that accepts the message carries it out, and the sender, which waits
for the outcome as it would for that of its own commit, goes on with what it got. Where nothing comes of it (the
message was refused, another modem has it, the store refuses), the sender looks by itself.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable

from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Transaction
from gsmd.store.tables.outbox import Work

log = logging.getLogger(__name__)


class SharedTake:
    """The take of one sender: ``take`` is carried out on the writer's thread, ``outcome`` is for the sender."""

    def __init__(self, take: Callable[[Transaction], Work | None]) -> None:
        self.take = take
        self.outcome: asyncio.Future[Work | None] = asyncio.get_running_loop().create_future()

    def settle(self, work: Work | None) -> None:
        if not self.outcome.done():
            self.outcome.set_result(work)


class SharedTakes:
    """Those of all senders that have nothing to do: one of them gets the message."""

    def __init__(self, takes: Iterable[SharedTake]) -> None:
        self._takes = tuple(takes)
        self._taken: Work | None = None
        self._by: SharedTake | None = None

    def carry_out(self, transaction: Transaction) -> None:
        """In the transaction that accepts a message, behind it. Whatever fails here is not the message's fault."""
        try:
            with transaction.for_nobody(), transaction.attempt():
                for each in self._takes:
                    if (work := each.take(transaction)) is not None:
                        self._taken, self._by = work, each
                        return
        except (StoreError, sqlite3.Error):
            raise
        except Exception:
            log.exception("a modem could not take what was accepted, and looks again")

    def end(self, *, stored: bool) -> None:
        """On the loop, in any case: the transaction is on disk, or there is nothing of it."""
        for each in self._takes:
            each.settle(self._taken if stored and each is self._by else None)
