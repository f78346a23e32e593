"""A modem's answer that comes after its time-out: whose it is, until it is on disk.

Theory of operation. A modem has one part in hand at a time. So a ``+CMGS`` that nobody waits for any more belongs to
the part that was let go of last, if that got no clear answer: one that got one owes none. After a start that is the
part which the store knows to be the last ("last"). An answer settles a part once: whatever comes behind it belongs to
none. It is put on disk beside what the sender does meanwhile, again and again while the store refuses, and changes
nothing where the part is being sent again already (`SubmitFailures.answered_late`). What is not on disk when the sender
ends is as good as never heard: the part stays uncertain.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal

from gsmd.core.submit_failures import SubmitFailures
from gsmd.store.ledger import Transaction
from gsmd.store.tables.submissions import PartKey


class LateAnswer:
    """Knows which part of a modem's owes an answer. ``store`` puts a job on disk, and returns only once it is there."""

    def __init__(
        self,
        modem: str,
        failures: SubmitFailures,
        store: Callable[[Callable[[Transaction], None]], Awaitable[None]],
    ) -> None:
        self._modem = modem
        self._failures = failures
        self._store = store
        self._owed_by: PartKey | Literal["last"] | None = "last"
        self._storing: set[asyncio.Future[None]] = set()

    def owed(self, part: PartKey) -> None:
        """The part let go of last got no answer, or none that is sure."""
        self._owed_by = part

    def none_owed(self) -> None:
        """The part let go of last has its answer."""
        self._owed_by = None

    def came(self, reference: int) -> None:
        """The modem tells a reference that nobody waits for any more."""
        part, self._owed_by = self._owed_by, None
        if part is not None:
            settle = partial(self._failures.answered_late, part, self._modem, reference)
            self._storing.add(task := asyncio.ensure_future(self._store(settle)))
            task.add_done_callback(self._storing.discard)

    async def written(self) -> None:
        """Wait until what came is on disk."""
        await asyncio.gather(*self._storing)

    def forget(self) -> None:
        """Let go of what is not on disk: whoever recovers goes by what is there."""
        for task in self._storing:
            task.cancel()
