"""Figures for Prometheus: over HTTP on a loopback port, or in a file for the node exporter."""

import asyncio
import logging
import os
import shutil
from collections.abc import Iterable
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from gsmd.clock import Clock, SystemClock
from gsmd.config import ConfigError, MetricsConfig, Problem
from gsmd.core import Service
from gsmd.core.events import Event
from gsmd.store import gauges
from gsmd.store.database import Database

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from gsmd.daemon.figures import Snapshot, Tally

log = logging.getLogger(__name__)

_PATIENCE = 10.0
"""Seconds that a scrape waits for the daemon."""


class CannotExport(Exception):  # noqa: N818 -- it says what happened
    """The metrics cannot be told in the way that is configured."""


class Exporter:
    """Tells the figures of ``service`` in the ways that `change` was last given. Use it as a context."""

    def __init__(self, service: Service, database: Database, clock: Clock | None = None) -> None:
        self._service = service
        self._database = database
        self._clock = clock or SystemClock()
        self._started = self._clock.wall()
        self._config = MetricsConfig()
        self._tally: Tally | None = None
        self._server: tuple[Any, Thread] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._unsubscribe = service.events.subscribe(self._hear)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._unsubscribe()
        await self._end()

    async def change(self, config: MetricsConfig) -> None:
        """Tell the figures in these ways from now on.

        Errors: `CannotExport`, then nobody is told anything; `ConfigError` if the package is missing.
        """
        if config == self._config:
            return
        _require_library()
        await self._end()
        if self._tally is None:
            self._begin_to_count()
        if config.listen is not None:
            self._server = _listen(config.listen, _Bridge(self))
        if config.textfile is not None:
            self._writing = asyncio.create_task(self._write(config), name="metrics")
        self._config = config

    async def snapshot(self) -> "Snapshot":
        """The daemon now. `change` must have been given a way to tell it before."""
        from gsmd.daemon.figures import Snapshot

        assert self._tally is not None
        now = self._clock.wall()
        waiting = await self._database.read(lambda connection: gauges.waiting(connection, now))
        path = self._database.path
        return Snapshot(
            now=now,
            started=self._started,
            modems=self._service.modems(),
            handlers=await self._service.handlers(),
            waiting=waiting,
            incomplete=await self._database.read(gauges.incomplete),
            database_bytes=path.stat().st_size,
            free_bytes=shutil.disk_usage(path.parent).free,
            commits=self._database.commits,
            tally=self._tally,
        )

    def _begin_to_count(self) -> None:
        from gsmd.daemon.figures import Tally

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

    async def _end(self) -> None:
        self._config = MetricsConfig()
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
            self._writing = None
        if self._server is not None:
            server, thread = self._server
            self._server = None
            await asyncio.to_thread(_shut, server, thread)


class _Once:
    """A collector of figures taken before."""

    def __init__(self, snapshot: "Snapshot") -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterable["Metric"]:
        from gsmd.daemon.figures import metrics

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


def _listen(address: str, collector: _Bridge) -> tuple[Any, Thread]:
    from prometheus_client import CollectorRegistry, start_http_server

    host, _, port = address.rpartition(":")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    try:
        return start_http_server(int(port), host.strip("[]"), registry)
    except (OSError, OverflowError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number else str(error)
        raise CannotExport(f"cannot tell metrics at {address}: {reason}") from error


def _shut(server: Any, thread: Thread) -> None:
    server.shutdown()
    server.server_close()
    thread.join()


def _require_library() -> None:
    try:
        import prometheus_client  # noqa: F401 -- is it there?
    except ImportError as error:
        expected = "the package prometheus-client beside gsmd (pip install 'gsmd[metrics]')"
        raise ConfigError(
            Problem("configuration", None, "metrics", expected, str(error))
        ) from error
