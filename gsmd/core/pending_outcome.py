"""The outcome of a part's submission, until it is on disk."""

import asyncio
from collections.abc import Awaitable, Callable

from gsmd.store.ledger import Transaction
from gsmd.store.tables.outbox import Work

_SOON = 0.02
"""Seconds that an outcome may wait for the next part's commit, to share it."""

Outcome = Callable[[Transaction], Work | None]
"""Puts on disk what came of a part; may take the next message in the same transaction."""


class PendingOutcome:
    """At most one outcome that is known and not on disk yet.

    It goes there in the commit that marks the next part (`take`), or alone (`write`): when it has waited
    a moment, or when something else is to be written of a message. Whoever takes it and cannot commit it
    gives it back (`owe`).

    ``store`` puts it on disk, and returns only once it is there.
    """

    def __init__(self, store: Callable[[Outcome], Awaitable[object]]) -> None:
        self._store = store
        self._outcome: Outcome | None = None
        self._writing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    def owe(self, outcome: Outcome) -> None:
        """This is to be put on disk, soon at the latest: the next part may have to wait for its prompt."""
        self._outcome = outcome
        if self._timer is None or self._timer.done():
            self._timer = asyncio.ensure_future(self._write_soon())

    def take(self) -> Outcome | None:
        """The outcome, for a commit that is made now in any case."""
        outcome, self._outcome = self._outcome, None
        return outcome

    async def write(self) -> None:
        """Put it on disk, and wait until what is being put there is."""
        async with self._writing:
            outcome = self.take()
            if outcome is not None:
                await self._store(outcome)

    def forget(self) -> None:
        """Let it go: whoever recovers goes by what is on disk."""
        self._outcome = None
        if self._timer is not None:
            self._timer.cancel()

    async def _write_soon(self) -> None:
        while self._outcome is not None:  # another one may be owed while one is written
            await asyncio.sleep(_SOON)
            await self.write()
