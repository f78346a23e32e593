"""Figures for Prometheus: over HTTP on a loopback port, or in a file for the node exporter."""

import asyncio
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import msgspec

from gsmd.clock import Clock, SystemClock
from gsmd.config import ConfigError, MetricsConfig, Problem
from gsmd.core.app import App
from gsmd.protocol.events import Event
from gsmd.store.engine.database import Database
from gsmd.store.tables import gauges

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from gsmd.daemon.metrics import Snapshot, Tally

log = logging.getLogger(__name__)

_PATIENCE = 10.0
"""Seconds that a scrape waits for the daemon."""


class CannotExport(Exception):
    """The metrics cannot be told in the way that is configured."""


class Exporter:
    """Tells the figures of ``app`` in the ways that `change` was last given. Use it as a context."""

    def __init__(self, app: App, database: Database, clock: Clock | None = None) -> None:
        self._app = app
        self._database = database
        self._clock = clock or SystemClock()
        self._started = self._clock.wall()
        self._config = MetricsConfig()
        self._tally: Tally | None = None
        self._server: _Server | None = None
        self._writing: asyncio.Task[None] | None = None
        self._unsubscribe = app.events.subscribe(self._hear)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._unsubscribe()
        await self.adopt(Telling(MetricsConfig(), None))

    async def change(self, config: MetricsConfig) -> None:
        """Tell the figures in these ways from now on. Errors: as of `prepare`."""
        await self.adopt(await self.prepare(config))

    async def prepare(self, config: MetricsConfig) -> "Telling":
        """Prepare all that may fail about publishing metrics in these ways; `adopt` or `abandon` it.

        Errors: `CannotExport`, and `ConfigError` if the package is missing.
        """
        if config == self._config:
            return Telling(config, self._server)
        _require_library()
        if self._tally is None:
            self._begin_to_count()
        if config.listen is None:
            return Telling(config, None)
        if config.listen == self._config.listen:
            return Telling(config, self._server)
        return Telling(config, _listen(config.listen, _Bridge(self)))

    async def adopt(self, telling: "Telling") -> None:
        """Tell the figures in the way that was prepared, and in no other."""
        if telling.config == self._config:
            return
        former, self._server = self._server, telling.server
        self._config = telling.config
        await self._stop_writing()
        if telling.config.textfile is not None:
            self._writing = asyncio.create_task(self._write(telling.config), name="metrics")
        if former is not None and former is not self._server:
            await former.close()

    async def abandon(self, telling: "Telling") -> None:
        """Go on as before."""
        if telling.server is not None and telling.server is not self._server:
            await telling.server.close()

    async def snapshot(self) -> "Snapshot":
        """The daemon now. `change` must have been given a way to tell it before."""
        from gsmd.daemon.metrics import Snapshot

        assert self._tally is not None
        now = self._clock.wall()
        waiting = await self._database.read(lambda connection: gauges.waiting(connection, now))
        path = self._database.path
        return Snapshot(
            now=now,
            started=self._started,
            modems=self._app.modems.status(),
            carriers=self._app.carriers.status(),
            handlers=await self._app.handlers.status(),
            waiting=waiting,
            incomplete=await self._database.read(gauges.incomplete),
            database_bytes=path.stat().st_size,
            free_bytes=_free(path.parent),
            commits=self._database.commits,
            tally=self._tally,
        )

    def _begin_to_count(self) -> None:
        from gsmd.daemon.metrics import Tally

        self._tally = Tally()

    def _hear(self, event: Event) -> None:
        if self._tally is not None:
            self._tally.hear(event)

    async def _write(self, config: MetricsConfig) -> None:
        from prometheus_client import CollectorRegistry, write_to_textfile

        assert config.textfile is not None
        while True:
            registry = CollectorRegistry(auto_describe=False)
            registry.register(_Once(await self.snapshot()))
            try:
                await asyncio.to_thread(write_to_textfile, str(config.textfile), registry)
            except OSError as error:
                log.warning("metrics: cannot write %s: %s", config.textfile, error.strerror)
            await asyncio.sleep(config.every)

    async def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
            self._writing = None


class _Server:
    """Prometheus' own HTTP server, in a thread."""

    def __init__(self, server: Any, thread: Thread) -> None:
        self._server = server
        self._thread = thread

    async def close(self) -> None:
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Telling(msgspec.Struct, frozen=True):
    """A way of telling the figures, ready to be used."""

    config: MetricsConfig
    server: _Server | None


class _Once:
    """A collector of figures taken before."""

    def __init__(self, snapshot: "Snapshot") -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterable["Metric"]:
        from gsmd.daemon.metrics import metrics

        return metrics(self._snapshot)


class _Bridge:
    """A collector for the threads of the HTTP server: asks the event loop."""

    def __init__(self, exporter: Exporter) -> None:
        self._exporter = exporter
        self._loop = asyncio.get_running_loop()

    def collect(self) -> Iterable["Metric"]:
        asked = asyncio.run_coroutine_threadsafe(self._exporter.snapshot(), self._loop)
        return _Once(asked.result(_PATIENCE)).collect()

    def describe(self) -> Iterable["Metric"]:
        """Nothing: the registry would collect to find out, in the loop that has to answer."""
        return ()


def _listen(address: str, collector: _Bridge) -> _Server:
    from prometheus_client import CollectorRegistry, start_http_server

    host, _, port = address.rpartition(":")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    try:
        return _Server(*start_http_server(int(port), host.strip("[]"), registry))
    except (OSError, OverflowError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number else str(error)
        raise CannotExport(f"cannot tell metrics at {address}: {reason}") from error


def _free(directory: Path) -> int:
    """Octets that an ordinary user may still fill."""
    told = os.statvfs(directory)
    return told.f_bavail * told.f_frsize


def _require_library() -> None:
    try:
        import prometheus_client  # noqa: F401 -- is it there?
    except ImportError as error:
        expected = "the package prometheus-client beside gsmd (pip install 'gsmd[metrics]')"
        raise ConfigError(
            Problem("configuration", None, "metrics", expected, str(error))
        ) from error
