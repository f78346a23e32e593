"""What becomes of a message that was handed to the program of a carrier.

Theory of operation. The message is marked on disk before (`program_carrier`): from there on it may be out. An answer
in time settles it. One that does not come makes it ``uncertain``, but is waited for further: what says that the
message is out counts then too. What has happened is put on disk however long the store refuses.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple

from gsmd.at import Severity
from gsmd.core.attachment import Attachment
from gsmd.core.carrier import NotSubmitted, SubmissionRefused, SubmissionUncertain
from gsmd.core.failures import Refusal
from gsmd.core.outbound import Outbound
from gsmd.protocol.carriers import Submission
from gsmd.protocol.message import Failure
from gsmd.protocol.modems import CarrierCounters
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables.outbox import Work

log = logging.getLogger(__name__)


class Marked(NamedTuple):
    """A message that is marked on disk, and what the program gets of it."""

    work: Work
    submission: Submission


class ProgramOutcomes:
    """Those of one carrier. ``spare`` is called where the program wants to be left alone for some seconds, and why."""

    def __init__(
        self,
        name: str,
        outbound: Outbound,
        ledger: Ledger,
        counters: CarrierCounters,
        spare: Callable[[float, str], None],
    ) -> None:
        self._counters = counters
        self._name = name
        self._outbound = outbound
        self._ledger = ledger
        self._spare = spare

    async def carry(self, at: Attachment, marked: Marked, within: float) -> None:
        """Hand a message over, and put on disk what comes of it; uncertain after ``within`` seconds."""
        work = marked.work
        answer = asyncio.ensure_future(at.line.submit(marked.submission))
        try:
            done, _ = await asyncio.wait({answer}, timeout=within)
            if done:
                await self._settle(work, answer)
                return
            text = f"{self._name} did not answer within {within:g} s"
            await self._uncertain(work, text)
            await asyncio.wait({answer})
            await self._answered_late(work, answer)
        finally:
            answer.cancel()

    async def _settle(self, work: Work, answer: "asyncio.Future[str | None]") -> None:
        try:
            reference = answer.result()
        except SubmissionRefused as error:
            await self._refused(work, error)
        except NotSubmitted as error:
            await self._not_begun(work, error)
        except SubmissionUncertain as error:
            await self._uncertain(work, error.reason)
        except Exception as error:
            log.exception("carrier %s: submitting failed in an unexpected way", self._name)
            await self._uncertain(work, f"a defect of gsmd: {type(error).__name__}: {error}")
        else:
            self._counters.sent += 1
            await self.stored(lambda t: self._outbound.carried(t, work, self._name, reference))

    async def _not_begun(self, work: Work, error: NotSubmitted) -> None:
        if error.retry_after is not None:
            self._spare(error.retry_after, error.reason)
        await self.stored(lambda t: self._outbound.failures.withheld(t, work, error.reason))

    async def _refused(self, work: Work, error: SubmissionRefused) -> None:
        self._counters.refused += 1
        refusal = Refusal(
            error.reason,
            Severity.PERMANENT if error.permanent else Severity.TRANSIENT,
            Failure("refused", error.reason),
            retry_after=error.retry_after,
        )
        await self.stored(lambda t: self._outbound.failures.refused(t, work, refusal, worked=True))

    async def _uncertain(self, work: Work, reason: str) -> None:
        self._counters.uncertain += 1
        await self.stored(lambda t: self._outbound.failures.uncertain(t, work, reason))

    async def _answered_late(self, work: Work, answer: "asyncio.Future[str | None]") -> None:
        """What is said too late counts if it says that the message is out; anything else changes nothing."""
        if answer.cancelled() or answer.exception() is not None:
            return
        late = self._outbound.carried_reports.answered_late
        await self.stored(lambda t: late(t, work.seq, self._name, answer.result()))

    async def stored(self, job: Callable[[Transaction], object]) -> None:
        """Put on disk what has happened, however long the store refuses."""

        def refused(error: StoreError) -> None:
            log.warning("carrier %s: an outcome is not on disk yet: %s", self._name, error)

        await self._ledger.insist(job, refused)
