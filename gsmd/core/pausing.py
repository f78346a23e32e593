"""A sender's pauses: it could send as far as the modem is concerned, and does not."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from gsmd.clock import Clock
from gsmd.modem import Modem
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")

_BREATH = 1.0
"""Seconds before a store that refused, or a modem that could not send and does not say why, is asked again."""


class Pauses:
    """One after the other. ``reason`` says why the present one is made; None: there is none.

    ``told`` is called when a pause begins that the other modems have not heard of: they may take what
    this one leaves. ``woken`` is set when something to send may have come; ``end`` is true once the
    sender is to end.
    """

    def __init__(
        self, modem: Modem, clock: Clock, told: Callable[[], None], end: Callable[[], bool]
    ) -> None:
        self.reason: str | None = None
        self.woken = asyncio.Event()
        self._modem = modem
        self._clock = clock
        self._told = told
        self._end = end
        self._told_of: str | None = None

    def over(self) -> None:
        """Something is sent again: the next pause is news."""
        self._told_of = None

    async def breathe(self, why: str) -> None:
        """Wait a moment, whatever comes."""
        self._begin(why)
        try:
            await self._clock.sleep(_BREATH)
        finally:
            self.reason = None

    async def spare(self, seconds: float, why: str, *, until_woken: bool = False) -> None:
        """Wait that long, or until the modem cannot send; with ``until_woken`` until anything happens."""
        self._begin(why)
        self.woken.clear()
        try:
            async with asyncio.timeout(seconds):
                while not self._end() and self._modem.can_send:
                    await self.woken.wait()
                    if until_woken:
                        break
                    self.woken.clear()
        except TimeoutError:
            pass
        finally:
            self.reason = None

    async def insist(self, ledger: Ledger, job: Callable[[Transaction], T]) -> T:
        """Put on disk what has happened; while the store refuses, that is the reason of a pause."""
        why: str | None = None

        def refused(error: StoreError) -> None:
            nonlocal why
            log.warning("modem %s: an outcome is not on disk yet: %s", self._modem.name, error)
            self.reason = why = f"the store refuses: {error}"

        try:
            return await ledger.insist(job, refused)
        finally:
            if self.reason == why:  # not what else there may be
                self.reason = None

    def _begin(self, why: str) -> None:
        self.reason = why
        if self._told_of != why:
            self._told_of = why
            self._told()
