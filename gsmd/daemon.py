"""The daemon's life: build → run → drain. Each step says what it did to systemd, if that is there."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sdnotify

from gsmd.api.listening import CannotListen
from gsmd.api.server import Server
from gsmd.clock import Clock
from gsmd.config import Config, ConfigError, LogConfig, load
from gsmd.core import Service
from gsmd.store.database import Database
from gsmd.store.errors import StoreError

log = logging.getLogger(__name__)

DATABASE = "gsmd.db"
"""The file in ``state_dir`` that holds everything."""

EXIT_FAILED = 1
EXIT_CONFIGURATION = 4


def run(path: Path) -> int:
    """Run the daemon with the configuration in ``path`` until SIGTERM or SIGINT; returns the exit code."""
    try:
        config = load(path)
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 -- a person or systemd reads it
        return EXIT_CONFIGURATION
    configure_logging(config.log)
    try:
        asyncio.run(Daemon(config, path).run())
    except (StoreError, CannotListen) as error:
        log.critical("%s", error)
        return EXIT_FAILED
    return 0


class Daemon:
    """One run of gsmd."""

    def __init__(
        self, config: Config, path: Path | None = None, *, clock: Clock | None = None
    ) -> None:
        self._config = config
        self._path = path
        self._clock = clock
        self._systemd = _Systemd()
        self._stop = asyncio.Event()
        self._ready = asyncio.Event()

    async def run(self) -> None:
        """Build, run until `stop` or a signal, drain. Errors: `StoreError`, `CannotListen`."""
        async with self._built() as (service, server):
            await server.start()
            try:
                self._systemd.notify("READY=1\nSTATUS=running")
                self._ready.set()
                with _signals(self):
                    await self._work(service)
            finally:
                await server.close()
                self._systemd.close()

    async def ready(self) -> None:
        """Wait until the socket listens. For whoever runs the daemon in a task of its own."""
        await self._ready.wait()

    def stop(self) -> None:
        """End the run in good order."""
        self._stop.set()

    def reload(self) -> None:
        """Look at the configuration again. What is wrong with it is said; a good one is used from the next start."""
        if self._path is None:
            return
        self._systemd.notify("RELOADING=1")
        try:
            load(self._path)
        except ConfigError as error:
            log.error("the configuration is not usable and nothing has changed:\n%s", error)  # noqa: TRY400 -- the reason says it
        else:
            log.warning("the configuration is good; it is used from the next start on")
        self._systemd.notify("READY=1")

    @asynccontextmanager
    async def _built(self) -> AsyncIterator[tuple[Service, Server]]:
        config = self._config
        database = await Database.open(config.state_dir / DATABASE)
        if database.set_aside is not None:
            self._systemd.notify(
                f"STATUS=a damaged database was set aside as {database.set_aside.path}"
            )
        service = await Service.open(config, database, self._clock)
        try:
            yield service, Server(service, config.socket, config.access, clock=self._clock)
        finally:
            await service.close()

    async def _work(self, service: Service) -> None:
        """Everything that goes on side by side, until somebody says stop."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(service.run(), name="service")]
            if interval := _watchdog_interval():
                tasks.append(group.create_task(self._feed_watchdog(interval), name="watchdog"))
            await self._stop.wait()
            self._systemd.notify("STOPPING=1\nSTATUS=finishing what is under way")
            await service.drain()
            for task in tasks:
                task.cancel()

    async def _feed_watchdog(self, interval: float) -> None:
        """Only while this loop turns; a supervisor that died has ended the run before."""
        while True:
            self._systemd.notify("WATCHDOG=1")
            await asyncio.sleep(interval)


def configure_logging(config: LogConfig) -> None:
    """Log to standard error; with journald's priorities where the journal reads it."""
    handler = logging.StreamHandler()
    if "JOURNAL_STREAM" in os.environ:
        handler.setFormatter(_JournalFormatter("%(name)s: %(message)s"))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-8s %(message)s"))
    logging.basicConfig(level=config.level.upper(), handlers=[handler], force=True)


class _Systemd:
    """Tells systemd how things stand, if it runs us (sd_notify(3))."""

    def __init__(self) -> None:
        # without the address the library would leave a socket open
        self._notifier = sdnotify.SystemdNotifier() if "NOTIFY_SOCKET" in os.environ else None

    def notify(self, state: str) -> None:
        if self._notifier is not None:
            self._notifier.notify(state)

    def close(self) -> None:
        if self._notifier is not None and self._notifier.socket is not None:
            self._notifier.socket.close()


class _JournalFormatter(logging.Formatter):
    """sd-daemon(3): ``<priority>`` in front of each line."""

    def format(self, record: logging.LogRecord) -> str:
        priority = next((p for level, p in _PRIORITIES if record.levelno >= level), 7)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


def _watchdog_interval() -> float | None:
    """Seconds between signs of life: half of what systemd allows, if it asks for them."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    if not microseconds.isdigit() or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(
        os.getpid()
    ):
        return None
    return int(microseconds) / 2_000_000


class _signals:  # noqa: N801 -- reads as a with-statement
    """SIGTERM and SIGINT stop the daemon, SIGHUP reloads it, while inside."""

    def __init__(self, daemon: Daemon) -> None:
        self._handlers = {
            signal.SIGTERM: daemon.stop,
            signal.SIGINT: daemon.stop,
            signal.SIGHUP: daemon.reload,
        }

    def __enter__(self) -> None:
        for number, handler in self._handlers.items():
            asyncio.get_running_loop().add_signal_handler(number, handler)

    def __exit__(self, *_: object) -> None:
        for number in self._handlers:
            asyncio.get_running_loop().remove_signal_handler(number)
