"""Work that goes on until it is done, whatever fails in it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gsmd.process.at_work import AT_WORK

log = logging.getLogger(__name__)

_RESTART = 5.0
"""Seconds before what failed through a defect of ours is taken up again."""


async def supervised(carrier: str, what: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run ``work`` of a carrier; a defect of ours in it is logged, and it starts again."""
    AT_WORK.set(carrier)
    while True:
        try:
            return await work()
        except Exception:
            log.exception(
                "%s: %s failed in an unexpected way, goes on in %g s", carrier, what, _RESTART
            )
        await asyncio.sleep(_RESTART)
