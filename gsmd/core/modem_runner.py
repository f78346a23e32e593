"""One modem at work: its driver, its collector and its sender run side by side, each supervised.

A defect of ours in one of them is logged, and that one begins again: the others do not notice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gsmd.core.collector import Collector
from gsmd.core.sending import Sender
from gsmd.modem import Modem, ModemState
from gsmd.process.at_work import AT_WORK

log = logging.getLogger(__name__)

DRAIN = 75.0
"""Seconds that a submission under way may take to end when the daemon stops: the network's own time-out."""

_RESTART = 5.0
"""Seconds before a modem whose supervisor failed through a defect of ours is taken up again."""


class ModemRunner:
    """Runs one modem with the collector and the sender that belong to it."""

    def __init__(self, modem: Modem, collector: Collector, sender: Sender) -> None:
        self.modem = modem
        self.collector = collector
        self.sender = sender
        self.seen: tuple[ModemState, str] = (modem.state, modem.reason)
        self.sending: asyncio.Task[None] | None = None
        self.tasks: list[asyncio.Task[None]] = []

    def start(self, group: asyncio.TaskGroup) -> None:
        """Set everything to work."""
        name = self.modem.name
        self.sending = group.create_task(_supervise(name, "sending", self.sender.run))
        self.tasks = [
            group.create_task(_supervise(name, "driving", self.modem.run), name=name),
            group.create_task(_supervise(name, "reading", self.collector.run)),
            self.sending,
        ]

    async def stop(self) -> None:
        """Let the part under way have its answer, then let go of the modem."""
        self.sender.drain()
        if self.sending is not None:
            await asyncio.wait({self.sending}, timeout=DRAIN)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def at_work(self) -> bool:
        """True if nothing of it has ended by itself."""
        return not any(task.done() for task in self.tasks)


async def _supervise(modem: str, what: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run ``work``; a defect of ours in it is logged, and it starts again."""
    AT_WORK.set(modem)
    while True:
        try:
            return await work()
        except Exception:
            log.exception(
                "modem %s: %s failed in an unexpected way, goes on in %g s", modem, what, _RESTART
            )
        await asyncio.sleep(_RESTART)
