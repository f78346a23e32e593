"""A connection that is a carrier: messages go to the program as requests, and its answers are what comes of them."""

import asyncio
from typing import Any

import msgspec

from gsmd.api.connection import Connection, ConnectionGone
from gsmd.core.carrier import NotSubmitted, SubmissionRefused, SubmissionUncertain
from gsmd.protocol.carriers import Submission
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc import ErrorResponse, Response
from gsmd.protocol.wire import plain

_SPARED = 5.0
"""Seconds that a program is spared that cannot send now, unless it says for how long."""


class CarrierConnection:
    """Hands messages to one program. ``user`` and ``pid`` are its process's."""

    def __init__(
        self, connection: Connection, carrier: str, max_in_flight: int, user: str, pid: int
    ) -> None:
        self.carrier = carrier
        self.max_in_flight = max_in_flight
        self.user = user
        self.pid = pid
        self._connection = connection
        self._opened = asyncio.Event()

    def open(self) -> None:
        """The program knows that it is attached: messages may come."""
        self._opened.set()

    async def submit(self, submission: Submission) -> str | None:
        """Hand a message over. Errors: as the program says; `SubmissionUncertain` once it cannot say any more."""
        try:
            if not self._opened.is_set():
                await self._answered()
            await self._connection.writable()
        except ConnectionGone:
            raise NotSubmitted(f"{self.carrier} went away") from None
        question = self._connection.ask("carrier.submit", plain(submission))
        if question.done():  # nothing was written any more
            question.exception()
            raise NotSubmitted(f"{self.carrier} went away")
        try:
            answer = await question
        except ConnectionGone:
            raise SubmissionUncertain(f"{self.carrier} went away before it answered") from None
        return _reference(answer)

    async def _answered(self) -> None:
        """Wait until the program knows that it is attached, or is gone."""
        opened = asyncio.ensure_future(self._opened.wait())
        try:
            either: set[asyncio.Future[Any]] = {opened, self._connection.lost}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            opened.cancel()


class Reason(msgspec.Struct):
    """The details with which a program may reject a submission; anything else is ignored."""

    retry_after: float | None = None
    permanent: bool = False
    uncertain: bool = False


def _reference(answer: Response | ErrorResponse) -> str | None:
    """Any result says that it is sent, even one that cannot be understood: sending it again would double it."""
    if isinstance(answer, ErrorResponse):
        raise _no(answer)
    reference = answer.result.get("reference") if isinstance(answer.result, dict) else None
    if isinstance(reference, bool) or not isinstance(reference, str | int):
        return None
    return str(reference) or None


def _no(answer: ErrorResponse) -> Exception:
    try:
        more = msgspec.convert(answer.error.data, Reason)
    except msgspec.ValidationError:
        more = Reason()
    wait = more.retry_after
    if wait is not None and not 0 <= wait < 1e9:
        wait = None
    said = answer.error.message
    if more.uncertain:
        return SubmissionUncertain(said)
    if answer.error.code == Code.MODEM_UNAVAILABLE:
        return NotSubmitted(said, _SPARED if wait is None else wait)
    return SubmissionRefused(said, permanent=more.permanent, retry_after=wait)
