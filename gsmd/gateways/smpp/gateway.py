"""``gsmd smpp``: its life, from listening to the last unbind.

Theory of operation. `SmppGateway` builds what all connections share: the accounts, the file with submissions and
parts, the watch on the daemon, the `Service`. A connection is a `Bind`; what it may do is decided by its session.
While the daemon is away binds stay, and what cannot be done without it is answered ESME_RSYSERR, which ESMEs try
again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gsmd.client.errors import GsmdError
from gsmd.config import Config
from gsmd.config.smpp import SmppAccount, SmppConfig
from gsmd.gateways.daemon_watch import DaemonWatch
from gsmd.gateways.database import Database
from gsmd.gateways.gateway import CannotServe, Gateway, Surroundings
from gsmd.gateways.smpp import listening, segments, tables
from gsmd.gateways.smpp.accounts import Account, Accounts, longer_than_specified, read_password
from gsmd.gateways.smpp.bind import THEIR_WINDOW, Bind
from gsmd.gateways.smpp.control import Control, account_report
from gsmd.gateways.smpp.daemon_line import DaemonLine
from gsmd.gateways.smpp.delivering import Delivering
from gsmd.gateways.smpp.joining import Joining
from gsmd.gateways.smpp.ledger import Ledger
from gsmd.gateways.smpp.metrics import Metrics
from gsmd.gateways.smpp.numbers import SimNumbers
from gsmd.gateways.smpp.parameters import Parameters
from gsmd.gateways.smpp.questions import Questions
from gsmd.gateways.smpp.receipts import Receipts
from gsmd.gateways.smpp.sending import utc_now
from gsmd.gateways.smpp.service import Service, subscription
from gsmd.gateways.smpp.submitting import Submitting
from gsmd.gateways.smpp.upstream import taken
from gsmd.gateways.smpp.upstream.provider import Together
from gsmd.gateways.smpp.upstream.providers import Providers, known
from gsmd.gateways.work import Work
from gsmd.protocol.gateways import GatewayTrouble
from gsmd.smpp import Limits

log = logging.getLogger(__name__)

UNBIND = 10.0
"""Seconds for an end in good order."""

_CLEAN = 3600.0
_AGAIN = 1.0  # seconds between looks for parts that are late, at first
_RARELY = 60.0  # and at the most, while nothing can be done about them


class SmppGateway(Gateway):
    """The gateway."""

    name = "smpp"

    def __init__(self, config: Config, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = _section(config)
        self._passwords = _passwords(self._settings)
        self._known = known(self._settings)
        self._certificates = listening.certificates(self._settings)
        self.limits = Limits()
        self._sims = SimNumbers()
        self._servers: list[asyncio.Server] = []
        self._service: Service | None = None
        self._watch = DaemonWatch(surroundings.daemon, self._hear, ("modem.",))
        self._drained = asyncio.Event()
        self._work = Work()

    async def serve(self, ready: Callable[[], None]) -> None:
        """Listen until drained."""
        path = self._surroundings.state_dir / "smpp.sqlite"
        self._database = await Database.open(path, tables.STEPS)
        self._service = self._built()
        control = Control(self._surroundings.state_dir / "control.sock", self.report)
        try:
            self._adopt_accounts()
            self._providers.change(self._known)
            self._servers = await self._listen()
            self.metrics.open(self._settings.metrics)
            await control.open()
            self._watch.on_change(self._daemon_changed)
            for work in (self._watch.run(), self._look_after_parts(), self._clean()):
                self._work.start(work)
            await self._watch.tried()
            ready()
            await self._work.until(self._drained)
        finally:
            await self._end(control)

    async def reload(self, config: Config) -> None:
        """Accounts, certificates, addresses: as the configuration says from now on."""
        settings = _section(config)
        passwords, certificates = _passwords(settings), listening.certificates(settings)
        providers = known(settings)
        before = self._settings, self._certificates
        self._settings, self._certificates = settings, certificates
        if settings.listen != before[0].listen or settings.tls is not None or before[0].tls:
            await self._listen_anew(before)
        if settings.metrics != before[0].metrics:
            self.metrics.open(settings.metrics)
        self._passwords = passwords
        self._adopt_accounts()
        self._known = providers
        if self._service is not None:
            self._providers.change(providers)
            self._service.parts_came.set()

    async def drain(self) -> None:
        """No new connection; each bind is unbound once what it asked for is answered."""
        for server in self._servers:
            server.close()
        if self._service is not None:
            self._service.draining = True
            await asyncio.gather(
                self._providers.drain(), *(bind.end(UNBIND) for bind in [*self._service.binds])
            )
        self._drained.set()

    def status(self) -> str:
        """The numbers of binds and accounts; whether the daemon is away."""
        binds = () if self._service is None else self._service.binds
        bound = sum(bind.account is not None for bind in binds)
        away = "" if self._watch.present else f", the daemon is away: {self._watch.why}"
        providers = ""
        if self._settings.providers and self._service is not None:
            there = sum(each.bound for each in self._providers)
            providers = f", {there} of {len(self._settings.providers)} providers"
        return f"{bound} bound, {len(self._settings.accounts)} accounts{providers}{away}"

    def troubles(self) -> Sequence[GatewayTrouble]:
        """SMSCs of others that it is not bound to."""
        to_do = "check its host, port, system_id and password_file in smpp.providers; gsmd smpp providers shows all"
        return [
            GatewayTrouble(f"provider {each.settings.name} is away: {each.why}", to_do)
            for each in (self._providers if self._service is not None else ())
            if not each.bound
        ]

    @property
    def addresses(self) -> list[tuple[Any, ...]]:
        """The addresses that it listens at, the plain one first."""
        return [sock.getsockname() for server in self._servers for sock in server.sockets]

    async def report(self) -> dict[str, list[dict[str, Any]]]:
        """Each account and each provider as `gsmd smpp accounts` and `gsmd smpp providers` show them."""
        waiting = await self._database.read(tables.waiting)
        now = asyncio.get_running_loop().time()
        return {
            "accounts": [
                account_report(each, waiting.get(each.name, (0, 0)), now) for each in self._accounts
            ],
            "providers": [each.report(now) for each in self._providers],
        }

    # -- building and ending ------------------------------------------------------------------------

    def _built(self) -> Service:
        self._accounts = Accounts(THEIR_WINDOW, self._surroundings.daemon)
        self._providers = Providers(
            Together(
                daemon=self._surroundings.daemon,
                database=self._database,
                watch=self._watch,
                limits=self.limits,
                now=utc_now,
                part_came=self._part_came,
            )
        )
        self.metrics = Metrics(self._accounts, self._providers)
        receipts = Receipts(self._own_receipts)
        parameters = Parameters(self._sims, utc_now)
        self._ledger = Ledger(self._database)
        self._joining = Joining(self._database, receipts, parameters, utc_now)
        return Service(
            self._surroundings.daemon,
            self._accounts,
            Submitting(self._database, parameters, self._joining, self._ledger, utc_now),
            Delivering(self._database, receipts, self._sims, utc_now),
            Questions(self._database, self._ledger, utc_now),
        )

    async def _end(self, control: Control) -> None:
        for server in self._servers:
            server.close()
        assert self._service is not None
        await asyncio.gather(*(bind.end(0) for bind in [*self._service.binds]))
        await self._providers.close()
        await self._work.end()
        await asyncio.gather(*(account.line.close() for account in self._accounts))
        if self._service.leaving:
            await asyncio.wait({*self._service.leaving})
        self.metrics.close()
        await control.close()
        await self._ledger.settle()
        await self._database.close()

    async def _listen(self) -> list[asyncio.Server]:
        return await listening.listen(
            self._settings, self._certificates, self._connection, self._surroundings.sockets
        )

    async def _listen_anew(self, before: tuple[SmppConfig, Any]) -> None:
        """Errors: `CannotServe`; then it listens as before."""
        for server in self._servers:
            server.close()
        try:
            self._servers = await self._listen()
        except CannotServe:
            self._settings, self._certificates = before
            self._servers = await self._listen()
            raise

    def _connection(self, secure: bool) -> Bind:  # noqa: FBT001 -- the only thing it is told
        assert self._service is not None
        return Bind(self._service, self.limits, secure=secure)

    def _adopt_accounts(self) -> None:
        for account, password in self._passwords:
            if longer_than_specified(password):
                log.warning(
                    "the password of %s is longer than SMPP's 8 characters: Kannel and others cut it off",
                    account.system_id,
                )
        for gone in self._accounts.change(self._passwords):
            self._work.start(self._let_go(gone), vital=False)
        if self._watch.present:
            self._work.start(self._register(), vital=False)

    async def _let_go(self, account: Account) -> None:
        """End the binds of an account that is in the configuration no more."""
        await asyncio.gather(*(bind.end(UNBIND) for bind in [*account.binds]))
        await account.line.close()

    # -- the daemon ---------------------------------------------------------------------------------

    def _hear(self, _: Any) -> None:
        self._work.start(self._learn_modems(), vital=False)

    def _daemon_changed(self) -> None:
        if self._watch.present:
            self._work.start(self._learn_modems(), vital=False)
            self._work.start(self._register(), vital=False)
            if self._service is not None:
                self._service.parts_came.set()

    async def _learn_modems(self) -> None:
        for account in [*self._accounts][:1]:
            try:
                told = await account.line.call("modems.list", {})
                self._sims.learn(told["modems"])
            except GsmdError as error:
                log.warning("the modems' numbers are not known: %s", error)

    async def _register(self) -> None:
        """Each account collects from now on, bound or not."""
        for account in [*self._accounts]:
            if any(bind.receives for bind in account.binds):
                continue
            line = DaemonLine(self._surroundings.daemon)
            try:
                await line.call("inbox.subscribe", subscription(account))
            except GsmdError as error:
                log.warning("%s collects no messages: %s", account.name, error)
            finally:
                await line.close()

    def _own_receipts(self, account: str) -> None:
        if (found := self._accounts.get(account)) is not None:
            found.own_receipts.set()

    # -- beside -------------------------------------------------------------------------------------

    async def _look_after_parts(self) -> None:
        """Long messages that are whole and not sent, and parts whose others do not come in time."""
        assert self._service is not None
        pause = _AGAIN
        while True:
            self._service.parts_came.clear()
            now = round(time.time() * 1000)
            limit = round(self._settings.incomplete_after * 1000)
            await self._joining.overdue(now - limit, self._accounts, self._line_of)
            if self._watch.present:
                await self._give_up_arrived(now - limit)
            names = [each.settings.name for each in self._providers]
            oldest = await self._database.read(partial(segments.oldest, providers=names))
            due = None if oldest is None else (oldest + limit - now) / 1000
            pause = min(2 * pause, _RARELY) if due is not None and due <= 0 else _AGAIN
            wait = None if due is None else max(pause, due)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._service.parts_came.wait()

    def _part_came(self) -> None:
        assert self._service is not None
        self._service.parts_came.set()

    async def _give_up_arrived(self, began_before: int) -> None:
        try:
            await self._providers.give_up_parts(began_before)
        except GsmdError as error:
            log.warning("what came of a long message waits for the daemon: %s", error)

    def _line_of(self, name: str) -> tuple[Account, DaemonLine] | None:
        account = self._accounts.get(name)
        return None if account is None or not self._watch.present else (account, account.line)

    async def _clean(self) -> None:
        while True:
            now = round(time.time() * 1000)
            await self._database.write(partial(tables.forget_old, now=now))
            await self._database.write(partial(taken.forget_old, now=now))
            await asyncio.sleep(_CLEAN)


def build(config: Config, surroundings: Surroundings) -> SmppGateway:
    """The gateway. Errors: `ConfigError` for passwords and certificates that cannot be read."""
    return SmppGateway(config, surroundings)


def _section(config: Config) -> SmppConfig:
    assert config.smpp is not None
    return config.smpp


def _passwords(settings: SmppConfig) -> list[tuple[SmppAccount, bytes]]:
    return [(each, read_password(each, "smpp")) for each in settings.accounts]
