"""gsmd without its socket: the parts, put together, and their life from open to close."""

import asyncio
from collections.abc import Sequence

from gsmd.clock import Clock, SystemClock
from gsmd.config import Config
from gsmd.core.acceptance import Acceptance
from gsmd.core.added_hooks import AddedHooks
from gsmd.core.carriers import Carriers
from gsmd.core.catalogue import BuildFeatures, build_features
from gsmd.core.event_log import EventLog
from gsmd.core.features import Features
from gsmd.core.fleet import BuildModem, Fleet
from gsmd.core.gateways import Gateways
from gsmd.core.handler_directory import HandlerDirectory
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.handlers import Handlers
from gsmd.core.host import FeatureHost
from gsmd.core.housekeeping import Housekeeping
from gsmd.core.inbound import Inbound
from gsmd.core.messages import Messages
from gsmd.core.modem_history import ModemHistory
from gsmd.core.modems import Modems
from gsmd.core.outbound import Outbound
from gsmd.core.pulling import Leases, Pulling
from gsmd.core.replacing import Replacing
from gsmd.core.reports import Reports
from gsmd.core.routing import Routing
from gsmd.core.subscribers import Subscribers
from gsmd.core.succession import Succession
from gsmd.core.upkeep import Upkeep
from gsmd.modem import Modem, ModemStatus
from gsmd.protocol.events import Event
from gsmd.protocol.message import Message
from gsmd.protocol.method import Bound
from gsmd.store.engine.database import Database
from gsmd.store.ledger import EventBus, Ledger, Transaction
from gsmd.store.tables import runs

_QUEUE_MOVED = frozenset(
    f"message.{state}"
    for state in ("queued", "sent", "failed", "uncertain", "cancelled", "expired")
)
"""Events after which something (more) may be sent."""


class App:
    """The application. `open` builds it on a database; `run` works until cancelled; `close` lets go.

    ``messages``, ``handlers``, ``modems`` and ``upkeep`` are what callers may ask for, ``events`` what they
    may hear; `methods` has it all, that of the features too, as the protocol's methods.
    """

    def __init__(
        self,
        config: Config,
        ledger: Ledger,
        clock: Clock,
        build_modem: BuildModem,
        build_features: BuildFeatures,
    ) -> None:
        self.events: EventBus = ledger.bus
        self.event_log = EventLog(ledger)
        self._ledger = ledger
        reports = Reports()
        self._subscribers = Subscribers(config)
        self._features = Features(
            build_features(config, ledger, self._own_numbers, self._number_of)
        )
        routes = Routing.of(config)
        self._acceptance = Acceptance(
            ledger, routes, config.outbound, self._features, self._wants_receipts
        )
        self._outbound = Outbound(ledger, reports, config.outbound, self._features)
        self._host = FeatureHost(
            self._acceptance, self._outbound, self._features, lambda: self._registry
        )
        leases = Leases(clock)
        self._registry = HandlerRegistry(
            HandlerDirectory().with_configuration(
                self._features.handlers(config), config.hooks_allow
            ),
            ledger,
            self._poke,
            self._features,
            self._host,
            leases.settled,
        )
        self._inbound = Inbound(
            ledger,
            self._registry,
            reports,
            self._subscribers,
            self._features,
            self._host,
            config.inbound,
            self._published,
        )
        self._modem_history = ModemHistory(ledger, self._statuses)
        self._fleet = Fleet(
            config,
            self._inbound,
            self._outbound,
            ledger,
            clock,
            build_modem,
            self._modem_history.changed,
        )
        self._housekeeping = Housekeeping(
            ledger, self._inbound, self._outbound, self._registry, config, self._fleet.wake
        )
        self.messages = Messages(
            ledger,
            self._acceptance,
            self._outbound,
            Replacing(self._features),
            self._registry,
            self._subscribers,
            self._fleet.why_waiting,
            self._features.saying,
            self._fleet.share,
        )
        self._hooks_allow = config.hooks_allow
        self.handlers = Handlers(ledger, self._registry, self._subscribers)
        self.hooks = AddedHooks(ledger, self._registry, lambda: self._hooks_allow)
        self.pulling = Pulling(self.handlers, leases)
        self.modems = Modems(self._fleet)
        self.carriers = Carriers(self._fleet, self._inbound, self._outbound.carried_reports, ledger)
        self.gateways = Gateways(config, clock)
        self.upkeep = Upkeep(ledger, self._housekeeping)
        self.events.subscribe(self._hear)

    @classmethod
    async def open(
        cls,
        config: Config,
        database: Database,
        clock: Clock | None = None,
        build_modem: BuildModem = Modem,
        build_features: BuildFeatures = build_features,
    ) -> "App":
        """Take up the work where the last run left it. Errors: `StoreError`."""
        clock = clock or SystemClock()
        ledger = await Ledger.open(database, clock, EventBus())
        app = cls(config, ledger, clock, build_modem, build_features)
        await ledger.write(app._begin)
        await app._features.open(ledger, config)
        await app._registry.open(config.hooks_allow)
        return app

    def methods(self) -> Sequence[Bound]:
        """Every method of the protocol but those that are about a connection."""
        return (
            *self.messages.methods(),
            *self.handlers.methods(),
            *self.hooks.methods(),
            *self.pulling.methods(),
            *self.modems.methods(),
            *self._modem_history.methods(),
            *self.carriers.methods(),
            *self.gateways.methods(),
            *self.upkeep.methods(),
            *self._features.methods(self._host),
        )

    async def run(self) -> None:
        """Drive the carriers and do what is due, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._housekeeping.run(), name="housekeeping")
            group.create_task(self._features.run(self._host), name="features")
            group.create_task(self._fleet.run(), name="carriers")
            group.create_task(self._modem_history.run(), name="history of modems")

    def alive(self) -> bool:
        """True if nothing that has to be at work has ended."""
        return self._fleet.alive()

    async def reload(self, config: Config) -> None:
        """Go by another configuration; what it does not change goes on undisturbed.

        What can fail comes first, and is one commit; what follows it only switches.
        Errors: `StoreError`: nothing has changed.
        """
        routes = Routing.of(config)
        async with self._registry.changing:
            handlers = await self._switch(config, routes)
        await asyncio.gather(self._registry.finish(handlers), self._fleet.change(config))
        self._poke()

    async def _switch(self, config: Config, routes: Routing) -> Succession:
        handlers = self._registry.prepare(self._features.handlers(config), config.hooks_allow)

        def job(transaction: Transaction) -> None:
            self._registry.register(transaction, handlers)
            self._features.prepare(transaction, config)

        def switch(_: None) -> None:
            self._registry.switch(handlers)
            self._features.configure(config)
            self._acceptance.change(routes, config.outbound)
            self._outbound.change(config.outbound)
            self._subscribers.change(config)
            self._inbound.config = config.inbound
            self._housekeeping.change(config)
            self._hooks_allow = config.hooks_allow
            self.gateways.change(config)

        await self._ledger.write(job, switch)
        return handlers

    async def drain(self) -> None:
        """Finish what each carrier has in hand, and take nothing new."""
        await self._fleet.drain()

    async def close(self) -> None:
        """Let go of the handlers and of the store."""
        self.pulling.close()
        await self._registry.close()
        await self._modem_history.close()
        await self._ledger.close()

    def _begin(self, transaction: Transaction) -> None:
        """The first commit of a run. What the last one kept of the time is still there."""
        runs.begin(transaction.connection, transaction.wall)
        self._outbound.failures.recover(transaction)

    def _statuses(self) -> Sequence[ModemStatus]:
        return self._fleet.status()

    def _own_numbers(self) -> Sequence[str]:
        """The numbers of our SIMs: those of the configuration first, then those that the SIMs themselves tell."""
        told = {status.number for status in self._fleet.status() if status.number}
        return [*self._subscribers.own_numbers(), *sorted(told)]

    def _number_of(self, modem: str) -> str | None:
        """The number of a modem's SIM: of the configuration, else as the SIM tells it."""
        told = {status.name: status.number for status in self._fleet.status()}
        return self._subscribers.number_of(modem) or told.get(modem)

    def _published(self, message: Message) -> None:
        self.handlers.published(message)

    def _hear(self, event: Event) -> None:
        """Wake those who may have work now, whatever was put on disk."""
        if event.type in _QUEUE_MOVED:
            self._fleet.wake(event.fields.get("modem") if event.type == "message.sent" else None)
            if event.type == "message.queued":
                self._poke()
        if (handler := event.fields.get("receipt_for")) is not None:
            self._registry.wake([handler])
        if handlers := event.fields.get("queued_for"):
            self._registry.wake(handlers)

    def _wants_receipts(self, handler: str) -> bool | None:
        return self._registry.wants_receipts(handler)

    def _poke(self) -> None:
        self._housekeeping.poke()
