"""The contract of everything that carries messages: modems, and programs attached to the socket.

Theory of operation
===================

The queue of outbound messages is one. A carrier takes from it what its name stands for in the message's route, as
soon as it can, and as much as it has room for; of several that could, the better placed one in the route goes first.
Before anything of a message may leave, it is marked ``submitting`` on disk. What comes of the submission is one of:

    sent        the network has it, under a reference     `Outbound.sent`, `Outbound.carried`
    refused     nothing went out: for good, for now,      `SubmitFailures.refused`
                or through the carrier's trouble
    uncertain   no clear answer: it may be out            `SubmitFailures.uncertain`
    not begun   nothing was handed over                   `SubmitFailures.withheld`

The outcome is on disk before the carrier takes the message for done, and written until it is; if gsmd ends before, the
message is ``uncertain`` at the next start (`SubmitFailures.recover_from`). So nothing is lost, and nothing goes out
twice without the message saying so.

What comes back is the same with all: delivery reports find the message by the carrier's reference, from the submission
or before its answer (`Reports`, `CarriedReports`), and inbound messages are on disk before the carrier may forget them
(`Inbound`): a modem's slot is deleted then, a program has its answer.

A modem takes a message part by part (`ModemRunner`), a program as a whole (`ProgramCarrier`): parts are its business.
"""

import asyncio
from typing import Protocol, TypeVar

from gsmd.protocol.carriers import Submission

DRAIN = 75.0
"""Seconds that a submission under way may take to end when the daemon stops: the network's own time-out."""

S_contra = TypeVar("S_contra", contravariant=True)


class Carrier(Protocol[S_contra]):
    """Something that carries messages, by its name in the configuration; ``S_contra`` are its settings there."""

    @property
    def name(self) -> str: ...

    @property
    def sending(self) -> "asyncio.Task[None] | None":
        """What ends once it is drained."""
        ...

    @property
    def is_free(self) -> bool:
        """It could take a message right now."""
        ...

    @property
    def obstacle(self) -> str | None:
        """The reason why it takes nothing now, for people; None if there is none."""
        ...

    @property
    def at_work(self) -> bool:
        """True if nothing of it has ended by itself."""
        ...

    def adopt(self, settings: S_contra) -> bool:
        """Go by these settings from now on; False, if it has to begin anew for that."""
        ...

    def start(self, group: asyncio.TaskGroup) -> None:
        """Set everything to work."""
        ...

    def wake(self) -> None:
        """Something to send, or room for it, may have come."""
        ...

    def drain(self) -> None:
        """Finish what is under way, take nothing new."""
        ...

    async def stop(self) -> None:
        """Let what is under way have its answer, for `DRAIN` at most, then let go."""
        ...


class NotSubmitted(Exception):
    """Nothing was handed over, or the carrier cannot send now: no fault of the message, which waits.

    ``reason`` is one line for people; ``retry_after``: seconds that the carrier is to be spared.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class SubmissionRefused(Exception):
    """The carrier said no, and nothing went out. ``permanent``: no later try can work."""

    def __init__(
        self, reason: str, *, permanent: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after


class SubmissionUncertain(Exception):
    """It was handed over, and there is no clear answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Line(Protocol):
    """A program's connection, over which it is a carrier."""

    @property
    def max_in_flight(self) -> int:
        """Submissions that may be with it without an answer."""
        ...

    @property
    def user(self) -> str:
        """The user whose process it is."""
        ...

    @property
    def pid(self) -> int: ...

    async def submit(self, submission: Submission) -> str | None:
        """Hand a message over and wait for the answer: what the carrier calls it, if it says so.

        Errors: `SubmissionRefused`, `SubmissionUncertain` once it can no longer answer, `NotSubmitted`.
        """
        ...
