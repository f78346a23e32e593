"""The life of a process of gateways: one of them, or several.

Theory of operation.

    load the configuration → log as it says → build each gateway → serve all → READY
      SIGHUP: load again, check whole, each adopts it or nothing changes
      SIGTERM: STOPPING, each drains, then the end; a second one does not wait
      a gateway that returns by itself has nothing left to do (idle): when all have, the process ends

Exit codes are the daemon's: 0, 1 (it failed), 4 (the configuration: trying again would not help). A single
gateway that fails ends the process, and systemd starts it again. Of several, one that fails is built anew after a
pause while the others go on. Who was started by another gsmd (``gsmd run --all``) ends with it: it holds the
reading end of a pipe that nobody writes to, and sees it close.
"""

import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from gsmd.config import Config, ConfigError
from gsmd.gateways import catalogue, state
from gsmd.gateways.gateway import CannotServe, Gateway, Surroundings
from gsmd.gateways.reporting import Reporter
from gsmd.process import listening, logs, signals
from gsmd.process.systemd import Systemd, watchdog_interval

log = logging.getLogger(__name__)

EXIT_FAILED = 1
EXIT_CONFIGURATION = 4

DRAIN = 30.0
"""Seconds that work under way may take to end when the process stops."""

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds before a gateway that failed beside others is built anew."""

PARENT_PIPE = "GSMD_PARENT_PIPE"
"""The environment's name for the descriptor whose end is that of whoever started us."""

Load = Callable[[Path], Config]


def run(path: Path, names: Sequence[str], load: Load, *, socket: Path | None = None) -> int:
    """Run these gateways (none: all that are configured) by the file at ``path``; returns the exit code.

    ``load`` reads it. ``socket`` is the daemon's, None: the configuration's.
    """
    try:
        config = load(path)
        logs.configure(config.log)
        wanted = list(names) or catalogue.configured(config)
        if not wanted:
            raise catalogue.nothing_configured(str(path))
        asyncio.run(Process(path, config, wanted, load, socket=socket).run())
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 -- a person or systemd reads it
        return EXIT_CONFIGURATION
    except CannotServe as error:
        log.critical("%s", error)
        return EXIT_FAILED
    return 0


class Process:
    """The gateways ``names``, from their building to their end."""

    def __init__(
        self,
        path: Path,
        config: Config,
        names: Sequence[str],
        load: Load,
        *,
        socket: Path | None = None,
    ) -> None:
        for name in names:
            if getattr(config, name) is None:
                raise catalogue.section_missing(name, str(path))
        self._path = path
        self._configs = dict.fromkeys(names, config)
        self._log = config.log
        self._load = load
        self._daemon = socket or config.socket.path
        self._places = state.directories(config, names)
        self._sockets = listening.handed_over()
        self._gateways = {name: self._build(name) for name in names}
        self._waiting_for = set(names)
        self._failures: dict[str, str] = {}
        self._begun = asyncio.Event()
        self._systemd = Systemd()
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._reload = asyncio.Event()

    async def run(self) -> None:
        """Serve until `stop`, a signal, or until nothing is left to do. Errors: `CannotServe`, `ConfigError`."""
        with (
            contextlib.closing(self._systemd),
            signals.handled(stop=self.stop, reload=self.reload),
            _ends_with_parent(self.stop),
        ):
            tasks = [asyncio.create_task(self._serve(name)) for name in self._gateways]
            beside = [
                asyncio.create_task(self._obey_reloads()),
                asyncio.create_task(self._report()),
            ]
            if interval := watchdog_interval():
                beside.append(asyncio.create_task(self._feed_watchdog(interval)))
            try:
                await self._until_the_end(tasks)
            finally:
                for task in (*tasks, *beside):
                    task.cancel()
                await asyncio.gather(*tasks, *beside, return_exceptions=True)

    def stop(self) -> None:
        """End in good order; asked a second time, without waiting for what is under way."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def reload(self) -> None:
        """Read the configuration again, and go by it if it is good."""
        self._reload.set()

    def _build(self, name: str) -> Gateway:
        sockets = self._sockets if len(self._places) == 1 else listening.named(self._sockets, name)
        surroundings = Surroundings(
            daemon=self._daemon,
            state_dir=self._places[name],
            sockets=tuple(sock for _, sock in sockets),
        )
        return catalogue.build(name, self._configs[name], surroundings)

    # -- serve ------------------------------------------------------------------------------

    async def _until_the_end(self, tasks: "list[asyncio.Task[None]]") -> None:
        stopping = asyncio.create_task(self._stop.wait())
        try:
            serving = set(tasks)
            while serving and not self._stop.is_set():
                done, _ = await asyncio.wait(
                    {*serving, stopping}, return_when=asyncio.FIRST_COMPLETED
                )
                serving -= done
                for task in done - {stopping}:
                    task.result()
        finally:
            stopping.cancel()
        if serving:
            self._systemd.stopping()
            await self._drain(serving)

    async def _serve(self, name: str) -> None:
        """One gateway; among several it is built anew when it fails."""
        attempt = 0
        while True:
            try:
                return await self._gateways[name].serve(lambda: self._serves(name))
            except Exception as error:
                if len(self._gateways) == 1:
                    raise
                known = isinstance(error, CannotServe | ConfigError)
                log.error("gateway %s: %s", name, error, exc_info=None if known else error)  # noqa: TRY400
                self._failures[name] = str(error) or type(error).__name__
            self._ready(name)  # the others are not held up
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1
            self._gateways[name] = self._build(name)

    def _serves(self, name: str) -> None:
        self._failures.pop(name, None)
        self._ready(name)

    def _ready(self, name: str) -> None:
        self._waiting_for.discard(name)
        if not self._waiting_for:
            if not gc.isenabled():  # whoever started us left it to when all is imported
                gc.freeze()
                gc.enable()
            self._systemd.ready(self._summary())
            self._begun.set()

    async def _report(self) -> None:
        """Tell the daemon how the gateways are, once they are at work."""
        await self._begun.wait()
        await Reporter(self._daemon, self._at_work, self._failures).run()

    def _at_work(self) -> dict[str, tuple[Gateway, Config]]:
        return {name: (each, self._configs[name]) for name, each in self._gateways.items()}

    def _summary(self) -> str:
        return "; ".join(f"{name}: {each.status()}" for name, each in self._gateways.items())

    async def _feed_watchdog(self, interval: float) -> None:
        while True:
            self._systemd.alive()
            await asyncio.sleep(interval)

    # -- reload -----------------------------------------------------------------------------

    async def _obey_reloads(self) -> None:
        while True:
            await self._reload.wait()
            self._reload.clear()
            self._systemd.reloading()
            try:
                config = await asyncio.to_thread(self._load, self._path)
            except ConfigError as error:
                log.error("the configuration is not taken, nothing has changed:\n%s", error)  # noqa: TRY400 -- the reason says it
            else:
                await self._adopt(config)
            self._systemd.ready(self._summary())

    async def _adopt(self, config: Config) -> None:
        """Each takes it or refuses it whole; one that is built anew later goes by what it took last."""
        for name, gateway in self._gateways.items():
            if problem := self._unchangeable(config, name, gateway):
                log.error("the configuration is not taken by gateway %s: %s", name, problem)
                continue
            try:
                await gateway.reload(config)
            except (ConfigError, CannotServe) as error:
                log.error("the configuration is not taken by gateway %s:\n%s", name, error)  # noqa: TRY400 -- the reason says it
                continue
            self._configs[name] = config
            log.info("the configuration of %s holds for gateway %s from now on", self._path, name)
        if config.log != self._log:
            logs.configure(config.log)
            self._log = config.log

    def _unchangeable(self, config: Config, name: str, gateway: Gateway) -> str:
        """The reason why another start is needed; empty if none is."""
        section, former = getattr(config, name), getattr(self._configs[name], name)
        if section is None:
            return "its section is gone: stop it instead"
        moved = [key for key in gateway.fixed if getattr(section, key) != getattr(former, key)]
        if moved:
            return f"{' and '.join(moved)} can change only when it is started again"
        return ""

    # -- drain ------------------------------------------------------------------------------

    async def _drain(self, serving: "set[asyncio.Task[None]]") -> None:
        """Until what is under way has ended, time is over, or somebody says stop again."""
        drained = asyncio.gather(*(each.drain() for each in self._gateways.values()))
        ended = asyncio.ensure_future(_both(drained, serving))
        hurried = asyncio.ensure_future(self._hurry.wait())
        await asyncio.wait({ended, hurried}, timeout=DRAIN, return_when=asyncio.FIRST_COMPLETED)
        for task in (ended, hurried):
            task.cancel()
        results = await asyncio.gather(ended, hurried, return_exceptions=True)
        if isinstance(results[0], Exception):
            log.error("draining failed: %s", results[0], exc_info=results[0])


async def _both(drained: "asyncio.Future[list[None]]", serving: "set[asyncio.Task[None]]") -> None:
    await drained
    await asyncio.wait(serving)


@contextlib.contextmanager
def _ends_with_parent(stop: Callable[[], None]) -> Iterator[None]:
    """While inside, the end of who started us is ours."""
    number = os.environ.pop(PARENT_PIPE, "")
    if not number.isdigit():
        yield
        return
    loop = asyncio.get_running_loop()

    def gone() -> None:
        loop.remove_reader(int(number))
        stop()

    loop.add_reader(int(number), gone)
    try:
        yield
    finally:
        loop.remove_reader(int(number))
