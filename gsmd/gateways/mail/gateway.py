"""``gsmd mail``: its life, from listening to the last mail.

Theory of operation. `MailGateway` builds what all parts share (`House`), listens for mail (`Door`, `Taking`), serves a
handler for each forward and one for what was sent by mail (`Forwarding`), and sends its own notices (`Outbox`). While
the daemon is away it goes on listening and answers 451.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gsmd.client._async.client import AsyncClient
from gsmd.config import Config, ConfigError, Problem
from gsmd.config.mail import MailConfig
from gsmd.config.network import Endpoint
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.forgetting import Forgetting, gone, is_stranger
from gsmd.gateways.gateway import CannotServe, Gateway, Surroundings
from gsmd.gateways.mail import tables
from gsmd.gateways.mail.door import Door
from gsmd.gateways.mail.forwarding import NOBODY, Forwarding, match_of
from gsmd.gateways.mail.house import HANDLER, House, Settings
from gsmd.gateways.mail.taking import Taking
from gsmd.gateways.mail.threads import now
from gsmd.gateways.work import Work
from gsmd.protocol.gateways import GatewayTrouble

log = logging.getLogger(__name__)

_FINISH = 20.0
"""Seconds that mail under way has when the process stops."""

_BEGIN = 10.0
"""Seconds in which the daemon should have been told what to collect."""

_CLEAN = 3600.0
_KEPT = 90 * 24 * 3600 * 1000


class MailGateway(Gateway):
    """The gateway."""

    name = "mail"
    fixed = ("state_dir", "domain")

    def __init__(self, config: Config, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = Settings(config)
        self._certificates = certificates(self._settings.mail)
        self._watch = DaemonWatch(surroundings.daemon)
        self._client = AsyncClient(surroundings.daemon)
        self._server: asyncio.Server | None = None
        self._house: House | None = None
        self._taking: Taking | None = None
        self._forwardings: dict[str, tuple[Forwarding, asyncio.Task[None]]] = {}
        self._work = Work()
        self._sending: asyncio.Task[None] | None = None
        self._drained = asyncio.Event()
        # aiosmtpd logs every command, with numbers in it
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)

    async def serve(self, ready: Callable[[], None]) -> None:
        """Take and send mail until drained."""
        path = self._surroundings.state_dir / "mail.sqlite"
        database = await Database.open(path, tables.STEPS)
        self._house = House(self._settings, self._client, self._watch, database)
        self._taking = Taking(self._house)
        try:
            await self._house.threads.open()
            self._server = await self._listen(self._settings.mail.listen)
            forgetting = Forgetting(self._client, self._watch, database, self._compare)
            for work in (self._watch.run(), self._clean(database), forgetting.run()):
                self._work.start(work)
            self._adopt()
            await self._watch.tried()
            await self._all_collect()
            ready()
            await self._work.until(self._drained)
        finally:
            await self._end(database)

    async def reload(self, config: Config) -> None:
        """Who may send, forwards, certificates, the smarthost, the address: as the configuration says from now on."""
        settings = Settings(config)
        context = certificates(settings.mail)
        if settings.mail.listen != self._settings.mail.listen:
            await self._listen_anew(settings.mail.listen)
        self._settings, self._certificates = settings, context
        if self._house is not None:
            self._house.settings = settings
            self._adopt()

    async def drain(self) -> None:
        """No new mail; what is being taken is taken, what is in hand has some seconds to be handed over."""
        if self._server is not None:
            self._server.close()
        if self._house is not None and self._taking is not None:
            self._house.draining = True
            await self._doors_closed(self._taking)
            await asyncio.gather(*(each.finish(_FINISH) for each, _ in self._forwardings.values()))
        self._drained.set()

    def status(self) -> str:
        """Where it listens, how much it forwards; what is away."""
        mail, smarthost = self._settings.mail, self._settings.smarthost
        parts = [f"listens at {mail.listen}" if mail.listen else "takes no mail"]
        parts.append(f"{len(mail.forward)} forwards")
        if not self._watch.present:
            parts.append(f"the daemon is away: {self._watch.why}")
        if smarthost is not None and smarthost.away is not None:
            parts.append(f"the smarthost is away: {smarthost.away}")
        return ", ".join(parts)

    def troubles(self) -> Sequence[GatewayTrouble]:
        """A smarthost that is away: mail waits for it."""
        smarthost = self._settings.smarthost
        if smarthost is None or smarthost.away is None:
            return ()
        to_do = "does it run at mail.smarthost of the configuration, and does it take mail from this machine? Mail waits for it"
        return (GatewayTrouble(f"the smarthost is away: {smarthost.away}", to_do),)

    @property
    def port(self) -> int:
        """The port that it listens at."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    # -- parts ------------------------------------------------------------------------------------

    def _adopt(self) -> None:
        """Serve the handlers of the settings, and send through their smarthost."""
        assert self._house is not None
        smarthost = self._settings.smarthost
        wanted: dict[str, dict[str, Any]] = {}
        if smarthost is not None:
            wanted = {HANDLER: dict(NOBODY)}
            wanted |= {name: match_of(each.match) for name, each in self._settings.forwards()}
        for name, (serving, task) in [*self._forwardings.items()]:
            if wanted.get(name) != serving.match:
                self._work.stop(task)
                del self._forwardings[name]
        for name in wanted.keys() - self._forwardings.keys():
            serving = Forwarding(self._house, name, wanted[name])
            self._forwardings[name] = serving, self._work.start(serving.run())
        if self._sending is not None:
            self._work.stop(self._sending)
            self._sending = None
        if smarthost is not None:
            self._sending = self._work.start(self._house.outbox.run(smarthost))

    async def _all_collect(self) -> None:
        """Until the daemon keeps messages for each handler, if it is there."""
        if not self._watch.present:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BEGIN):
                for serving, _ in [*self._forwardings.values()]:
                    await serving.collects.wait()

    async def _doors_closed(self, taking: Taking) -> None:
        """Until every connection has ended, or only silent ones are left."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FINISH):
                while taking.doors:
                    for door in [*taking.doors]:
                        await door.end()
                    await asyncio.sleep(0.05)

    async def _end(self, database: Database) -> None:
        if self._server is not None:
            self._server.close()
        if self._taking is not None:
            for door in [*self._taking.doors]:
                if door.transport is not None:
                    door.transport.close()
        await self._work.end()
        await self._client.close()
        await database.close()

    async def _clean(self, database: Database) -> None:
        while True:
            await database.write(partial(tables.forget_old, before=now() - _KEPT))
            await asyncio.sleep(_CLEAN)

    async def _compare(self) -> None:
        """Forget whom the daemon has forgotten. Errors: `GsmdError`."""
        assert self._house is not None
        database, client = self._house.database, self._client
        known = await database.read(tables.peers)
        strangers = {peer for peer in known if await is_stranger(client, peer)}
        missing = await gone(client, await database.read(tables.messages))
        if strangers or missing:
            await database.write(partial(tables.forget, strangers=strangers, gone=missing))

    # -- listening --------------------------------------------------------------------------------

    async def _listen(self, where: Endpoint | None) -> asyncio.Server | None:
        if where is None:
            return None
        loop = asyncio.get_running_loop()
        try:
            if self._surroundings.sockets:
                return await loop.create_server(self._door, sock=self._surroundings.sockets[0])
            if where.path is not None:
                return await loop.create_unix_server(self._door, where.path)
            return await loop.create_server(
                self._door, where.host or None, where.port, reuse_address=True
            )
        except OSError as error:
            raise CannotServe(f"cannot listen on {where}: {error.strerror or error}") from error

    async def _listen_anew(self, where: Endpoint | None) -> None:
        """Errors: `CannotServe`; then it listens as before."""
        before = self._server
        self._server = await self._listen(where)
        if before is not None:
            before.close()

    def _door(self) -> Door:
        assert self._taking is not None
        mail = self._settings.mail
        return Door(
            self._taking, domain=mail.domain, max_size=mail.max_size, tls=self._certificates
        )


def build(config: Config, surroundings: Surroundings) -> MailGateway:
    """The gateway. Errors: `ConfigError` for files that cannot be read."""
    return MailGateway(config, surroundings)


def certificates(settings: MailConfig) -> "ssl.SSLContext | None":
    """The context for STARTTLS, None without one. Errors: `ConfigError`."""
    if settings.tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls.certificate, settings.tls.key_file)
    except (OSError, ssl.SSLError) as error:
        expected = "a certificate with its key, PEM, that can be read"
        raise ConfigError(Problem("mail", None, "mail.tls", expected, str(error))) from error
    return context
