"""Many programs that pull messages of one handler, some of which die with messages in their hands."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from gsmd.api.server import Server
from gsmd.client import AsyncClient
from gsmd.config import parse
from gsmd.core.app import App
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.inbox import PulledMessage, Settlement
from gsmd.store.engine.database import Database
from tests.core.bench import deliver

HANDLER = "crm"

CONFIG = """
state_dir: {directory}
socket: {{path: {directory}/s}}
modems: [{{name: north, port: {directory}/none}}]
handlers: [{{name: crm, socket: true}}]
"""

LEASE = 60.0
DYING = 1.0
"""Seconds of the lease of those that die: so long their messages are away."""

WAIT = 1.0
"""Seconds that a pull waits for something to come back from them."""


_peers = count()


@asynccontextmanager
async def core(directory: Path) -> AsyncIterator[tuple[App, Path]]:
    """The core with its store on disk and its socket, without a modem: ``(app, path of the socket)``."""
    config = parse(CONFIG.format(directory=directory), "pulling", HANDLER_KINDS)
    app = await App.open(config, await Database.open(directory / "gsmd.db"))
    server = Server(app, config.socket)
    await server.start()
    try:
        yield app, server.path
    finally:
        await server.close(grace=1)
        await app.close()


async def fill(app: App, messages: int) -> None:
    """So many messages come in, each from another number."""
    for begin in range(0, messages, 100):
        size = min(100, messages - begin)
        frames = [deliver("Is it open today?", f"+336{next(_peers):08}")[0] for _ in range(size)]
        await app._inbound.keep("north", "sim", frames)


class Pullers:
    """``size`` of them, of which ``dying`` die after ``batches`` pulls, until ``messages`` are acknowledged."""

    def __init__(self, path: Path, handler: str, messages: int, *, at_once: int = 25) -> None:
        self.path = path
        self.handler = handler
        self.messages = messages
        self.at_once = at_once
        self.acknowledged: Counter[str] = Counter()
        """How often the daemon has said of each message that it is settled."""
        self.again: list[str] = []
        """Messages that came again although they had been acknowledged."""
        self._begun = asyncio.Event()
        self.died_with = 0
        """Messages in the hands of those that died."""

    async def work(self, size: int, dying: int, batches: int = 2) -> None:
        """Pull and settle; returns when everything is acknowledged. Those that are to die come first."""
        if not dying:
            self._begun.set()
        async with asyncio.TaskGroup() as group:
            for number in range(size):
                group.create_task(self._one(batches if number < dying else None))

    async def _one(self, batches: int | None) -> None:
        done = 0
        if batches is None:
            await self._begun.wait()
        async with AsyncClient(self.path, timeout=120) as client:
            lease = LEASE if batches is None else DYING
            while len(self.acknowledged) < self.messages:
                pulled = await client.pull(self.handler, self.at_once, wait=WAIT, lease=lease)
                self._look(pulled.messages)
                done += bool(pulled.messages)
                self._begun.set()
                if batches is not None and done >= batches and pulled.messages:
                    self.died_with += len(pulled.messages)
                    return
                await self._settle(client, pulled.messages)

    def _look(self, pulled: Sequence[PulledMessage]) -> None:
        self.again += [each.message.id for each in pulled if each.message.id in self.acknowledged]

    async def _settle(self, client: AsyncClient, pulled: Sequence[PulledMessage]) -> None:
        if not pulled:
            return
        settled = await client.settle([Settlement(each.lease) for each in pulled])
        self.acknowledged.update(
            each.message.id for each in pulled if each.lease not in settled.unknown
        )
