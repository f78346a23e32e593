"""A modem as a carrier: its driver, its collector and its sender run side by side, each supervised.

A defect of ours in one of them is logged, and that one begins again: the others do not notice.
"""

import asyncio

from gsmd.config import ModemConfig
from gsmd.core.carrier import DRAIN
from gsmd.core.collector import Collector
from gsmd.core.sending import Sender
from gsmd.core.supervising import supervised
from gsmd.modem import Modem, ModemState


class ModemRunner:
    """Runs one modem with the collector and the sender that belong to it."""

    def __init__(self, modem: Modem, collector: Collector, sender: Sender) -> None:
        self.modem = modem
        self.collector = collector
        self.sender = sender
        self.seen: tuple[ModemState, str] = (modem.state, modem.reason)
        self.sending: asyncio.Task[None] | None = None
        self.tasks: list[asyncio.Task[None]] = []

    # as a carrier

    @property
    def name(self) -> str:
        return self.modem.name

    @property
    def at_work(self) -> bool:
        return not any(task.done() for task in self.tasks)

    @property
    def is_free(self) -> bool:
        return self.modem.can_send and self.sender.idle and not self.sender.pausing

    @property
    def obstacle(self) -> str | None:
        if not self.modem.can_send:
            return f"{self.name} is {self.modem.state}: {self.modem.reason}"
        return f"{self.name}: {self.sender.pausing}" if self.sender.pausing else None

    def adopt(self, settings: ModemConfig) -> bool:
        return self.modem.config == settings

    def start(self, group: asyncio.TaskGroup) -> None:
        name = self.name
        self.sending = group.create_task(supervised(name, "sending", self.sender.run))
        self.tasks = [
            group.create_task(supervised(name, "driving", self.modem.run), name=name),
            group.create_task(supervised(name, "reading", self.collector.run)),
            self.sending,
        ]

    def wake(self) -> None:
        self.sender.wake()

    def drain(self) -> None:
        self.sender.drain()

    async def stop(self) -> None:
        self.drain()
        if self.sending is not None:
            await asyncio.wait({self.sending}, timeout=DRAIN)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
