"""One run of the daemon: build → run → drain."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gsmd.api.server import GRACE, Server
from gsmd.clock import Clock
from gsmd.config import Config
from gsmd.core.app import App
from gsmd.core.fleet import BuildModem
from gsmd.daemon.exporter import Exporter
from gsmd.daemon.message_log import log_messages
from gsmd.daemon.reloading import Parts, reload
from gsmd.modem import Modem, ModemState
from gsmd.process import signals
from gsmd.process.systemd import Systemd, watchdog_interval
from gsmd.protocol.events import Event
from gsmd.store.engine.database import Database

if TYPE_CHECKING:
    from gsmd.daemon.children import Children

log = logging.getLogger(__name__)

DATABASE = "gsmd.db"
"""The file in ``state_dir`` that holds everything."""


class Daemon:
    """gsmd by one configuration. ``path`` is where it came from: without one it cannot be reloaded.

    ``build_modem`` makes its modems, with the parameters of `Modem`. ``children`` run as long as it does.
    """

    def __init__(
        self,
        config: Config,
        path: Path | None = None,
        *,
        clock: Clock | None = None,
        build_modem: BuildModem = Modem,
        children: "Children | None" = None,
    ) -> None:
        self._config = config
        self._path = path
        self._clock = clock
        self._build_modem = build_modem
        self._children = children
        self._systemd = Systemd()
        self._ready = asyncio.Event()
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._reload = asyncio.Event()

    async def run(self) -> None:
        """Build, run until `stop` or a signal, drain.

        Errors: `StoreError`, `CannotListen`, `CannotExport`, `ConfigError`.
        """
        with contextlib.closing(self._systemd), self._signals():
            async with self._built() as parts:
                await parts.server.start()
                try:
                    await self._work(parts)
                finally:
                    await parts.server.close(0 if self._hurry.is_set() else GRACE)

    async def ready(self) -> None:
        """Wait until the socket listens. For whoever runs the daemon in a task of its own."""
        await self._ready.wait()

    def stop(self) -> None:
        """End the run in good order; asked a second time, without waiting for what is under way."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def reload(self) -> None:
        """Read the configuration again, and go by it if it is good."""
        self._reload.set()

    # -- build ------------------------------------------------------------------------------

    @asynccontextmanager
    async def _built(self) -> AsyncIterator[Parts]:
        config = self._config
        database = await Database.open(config.state_dir / DATABASE)
        if database.set_aside is not None:
            log.critical(
                "a damaged database was set aside as %s; an empty one takes its place",
                database.set_aside.path,
            )
        app = await App.open(config, database, self._clock, self._build_modem)
        try:
            server = Server(
                app, config.socket, config.access, clock=self._clock, carries=config.carries
            )
            async with (
                log_messages(
                    app.events, app.messages.get, show_text=config.log.show_text
                ) as message_log,
                Exporter(app, database, self._clock) as exporter,
            ):
                await exporter.change(config.metrics)
                yield Parts(app, server, exporter, message_log)
        finally:
            await app.close()

    # -- run --------------------------------------------------------------------------------

    async def _work(self, parts: Parts) -> None:
        """Run all that goes on side by side, until somebody says stop."""
        app = parts.app
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(app.run(), name="app")]
            tasks.append(group.create_task(self._obey_reloads(parts)))
            if interval := watchdog_interval():
                tasks.append(group.create_task(self._feed_watchdog(app, interval)))
            unsubscribe = app.events.subscribe(lambda event: self._hear(event, app))
            self._systemd.ready(_summary(app))
            self._ready.set()
            if self._children is not None:
                tasks.append(group.create_task(self._children.run()))
            await self._stop.wait()
            unsubscribe()
            self._systemd.stopping()
            if self._children is not None:
                await self._children.stop(self._hurry)
            await self._drain(app)
            for task in tasks:
                task.cancel()

    async def _obey_reloads(self, parts: Parts) -> None:
        while True:
            await self._reload.wait()
            self._reload.clear()
            if self._path is None:
                continue
            self._systemd.reloading()
            self._config = await reload(self._path, self._config, parts)
            if self._children is not None:
                self._children.reload()
            self._systemd.ready(_summary(parts.app))

    async def _feed_watchdog(self, app: App, interval: float) -> None:
        """Only while this loop turns and everything that has to be at work is."""
        while app.alive():
            self._systemd.alive()
            await asyncio.sleep(interval)
        log.critical("a part of the daemon has ended: the watchdog gets no more signs of life")

    def _hear(self, event: Event, app: App) -> None:
        if event.type == "modem.state":
            self._systemd.status(_summary(app))

    # -- drain ------------------------------------------------------------------------------

    async def _drain(self, app: App) -> None:
        """Until the parts under way have their answers, or somebody says stop again."""
        drained = asyncio.ensure_future(app.drain())
        hurried = asyncio.ensure_future(self._hurry.wait())
        await asyncio.wait({drained, hurried}, return_when=asyncio.FIRST_COMPLETED)
        for task in (drained, hurried):
            task.cancel()
        await asyncio.gather(drained, hurried, return_exceptions=True)

    def _signals(self) -> contextlib.AbstractContextManager[None]:
        return signals.handled(stop=self.stop, reload=self.reload)


def _summary(app: App) -> str:
    """The state of the modems, in one line."""
    modems = app.modems.status()
    ready = sum(modem.state is ModemState.READY for modem in modems)
    others = [f"{modem.name} {modem.state}" for modem in modems if modem.state != ModemState.READY]
    return "; ".join([f"{ready} of {len(modems)} modems ready", *others])
