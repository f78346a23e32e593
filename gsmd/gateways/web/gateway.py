"""The web gateway: its parts, from their opening to their end."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING

from gsmd.config import Config
from gsmd.config.web import WebConfig
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.gateway import Gateway, Surroundings
from gsmd.gateways.web import application, serving
from gsmd.gateways.web.accounts.directory import Directory
from gsmd.gateways.web.daemon import Daemon
from gsmd.gateways.web.door.authentication import Door
from gsmd.gateways.web.door.sends import Sends
from gsmd.gateways.web.door.signing_in import SigningIn
from gsmd.gateways.web.house import House

if TYPE_CHECKING:
    from gsmd.gateways.web.compat.callbacks import Callbacks
    from gsmd.gateways.web.compat.surface import Surface

log = logging.getLogger(__name__)


def build(config: Config, surroundings: Surroundings) -> "WebGateway":
    """The gateway by its section."""
    assert config.web is not None
    return WebGateway(config.web, surroundings)


class WebGateway(Gateway):
    """Pages and REST."""

    name = "web"
    fixed = ("state_dir", "listen", "tls", "compat", "links")

    def __init__(self, settings: WebConfig, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings
        self._watch = DaemonWatch(surroundings.daemon)
        self._drained = asyncio.Event()
        self._reloaders: list[Callable[[WebConfig], None]] = []
        self._serving: serving.Serving | None = None
        self._send_off: Callable[[], None] = lambda: None
        self._tls: ssl.SSLContext | None = None

    async def serve(self, ready: Callable[[], None]) -> None:
        """Serve until drained, or idle for long enough where systemd starts it again."""
        settings = self._settings
        self._tls = tls = serving.tls_context(settings.tls)
        directory = await Directory.open(self._surroundings.state_dir)
        daemon = Daemon(self._surroundings.daemon)
        door = Door(directory, settings)
        sends = Sends(settings)
        signing_in = SigningIn(directory)
        house = House(settings, daemon, directory, door, signing_in, sends)
        calls, surfaces = _compatible(settings, house)
        guard = application.build(house, surfaces)
        self._reloaders = [guard.change, door.change, sends.change]
        if calls is not None:
            self._reloaders.append(lambda changed: calls.poster.change(changed.hooks_allow))
        self._send_off = guard.drain
        self._serving = serving.Serving(guard)
        activated = self._surroundings.sockets
        try:
            sockets = activated or serving.open_sockets(settings.listen)
            await self._serving.start(sockets, tls)
            log.info("listening on %s", settings.listen if not activated else "systemd's socket")
            work = [self._watch.run(), directory.run(), *([calls.run()] if calls else [])]
            async with _beside(*work):
                ready()
                await self._until_done(self._serving, calls)
        finally:
            self._serving.close()
            if not activated:
                serving.remove(settings.listen)
            await daemon.close()
            await directory.close()

    async def reload(self, config: Config) -> None:
        """Another configuration: who is trusted, how often one may ask, what hosts are ours."""
        assert config.web is not None
        if self._tls is not None and config.web.tls is not None:
            serving.load_certificate(self._tls, config.web.tls)  # it may be a newer one
        self._settings = config.web
        for change in self._reloaders:
            change(config.web)

    async def drain(self) -> None:
        """Accept nothing more, answer what was asked."""
        if self._serving is not None:
            self._send_off()
            await self._serving.drain()
        self._drained.set()

    def status(self) -> str:
        """Where it listens."""
        return f"listening on {self._settings.listen}"

    async def _until_done(self, running: serving.Serving, calls: "Callbacks | None") -> None:
        idle = self._settings.idle_exit if self._surroundings.sockets else None
        while not self._drained.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(idle):
                    await self._drained.wait()
            used = running.was_used() or (calls is not None and calls.wanted)
            if not used and not self._drained.is_set():
                log.info("nobody wanted anything for %g s: until the next request", idle or 0)
                return


def _compatible(settings: WebConfig, house: House) -> "tuple[Callbacks | None, Sequence[Surface]]":
    """Other gateways' interfaces, if some are wanted, and their calls."""
    if not settings.compat:
        return None, ()
    from gsmd.gateways.web.compat.catalogue import surfaces
    from gsmd.gateways.web.compat.surface import Shared

    shared = Shared(house)
    return shared.callbacks, surfaces(settings.compat, shared)


@contextlib.asynccontextmanager
async def _beside(*work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
