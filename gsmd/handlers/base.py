"""The one contract that every way of handing a message to somebody fulfils.

``deliver`` returning is the acknowledgement; an error means "not done, again later".
"""

from typing import Protocol

import msgspec

from gsmd.message import Message, Reply


class HandlerError(Exception):
    """The handler did not take the message. ``reason`` is one line for people.

    ``retry_after`` (seconds) is the handler's own wish for the next try, None for the usual back-off.
    ``permanent`` means that no later try can work: straight to the dead letters.
    """

    def __init__(
        self, reason: str, *, retry_after: float | None = None, permanent: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.permanent = permanent


class HandlerGone(HandlerError):  # noqa: N818 -- it says what happened
    """The other side went away before it answered: hand over again as soon as somebody is there."""


class Delivery(msgspec.Struct, frozen=True):
    """One hand-over: the message, to whom, and the how-manieth try (from 1)."""

    handler: str
    attempt: int
    message: Message


class Handler(Protocol):
    """Something that takes messages."""

    name: str

    @property
    def capacity(self) -> int:
        """How many hand-overs it can take at once from now on; 0 while nobody is there."""
        ...

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Hand the message over and wait until it is dealt with.

        Errors: `HandlerError`; anything else is a defect and counts as one.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and processes."""
        ...


class Memory(Protocol):
    """What a handler has done of a message that it is not done with, kept over restarts."""

    async def recall(self, handler: str, id_: str) -> set[str]:
        """The marks that were made for a message. Errors: `HandlerError`."""
        ...

    async def keep(self, handler: str, id_: str, mark: str) -> None:
        """On disk once this returns. Errors: `HandlerError`."""
        ...


class Forgetful:
    """A memory for as long as the process lives."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], set[str]] = {}

    async def recall(self, handler: str, id_: str) -> set[str]:
        return set(self._marks.get((handler, id_), ()))

    async def keep(self, handler: str, id_: str, mark: str) -> None:
        self._marks.setdefault((handler, id_), set()).add(mark)
