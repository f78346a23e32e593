"""gsmd without its socket: the parts, put together, and their life from open to close."""

import asyncio
from collections.abc import Sequence

from gsmd.clock import Clock, SystemClock
from gsmd.config import Config
from gsmd.core.fleet import BuildModem, Fleet
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.handlers import Handlers
from gsmd.core.housekeeping import Housekeeping
from gsmd.core.inbound import Inbound
from gsmd.core.messages import Messages
from gsmd.core.modems import Modems
from gsmd.core.outbound import Outbound
from gsmd.core.reports import Reports
from gsmd.core.routing import Routing
from gsmd.core.subscribers import Subscribers
from gsmd.core.twoway import TwoWay, handlers_of
from gsmd.core.upkeep import Upkeep
from gsmd.modem import Modem
from gsmd.protocol.events import Event
from gsmd.protocol.message import Message
from gsmd.protocol.method import Bound
from gsmd.store.engine.database import Database
from gsmd.store.ledger import EventBus, Ledger, Transaction

_QUEUE_MOVED = frozenset(
    f"message.{state}"
    for state in ("queued", "sent", "failed", "uncertain", "cancelled", "expired")
)
"""Events after which something (more) may be sent."""


class App:
    """The application. `open` builds it on a database; `run` works until cancelled; `close` lets go.

    ``messages``, ``handlers``, ``modems``, ``upkeep`` and ``twoway`` are what callers may ask for, ``events``
    what they may hear; `methods` has it all as the protocol's methods.
    """

    def __init__(
        self, config: Config, ledger: Ledger, clock: Clock, build_modem: BuildModem = Modem
    ) -> None:
        self.events: EventBus = ledger.bus
        self._ledger = ledger
        reports = Reports()
        self._registry = HandlerRegistry(handlers_of(config), ledger, self._poke)
        self._subscribers = Subscribers(config)
        self._inbound = Inbound(
            ledger,
            self._registry,
            reports,
            self._subscribers,
            config.inbound,
            self._published,
        )
        routes = Routing(config.routes, config.modems)
        self._outbound = Outbound(ledger, reports, routes, config.outbound)
        self._registry.answer = self._outbound.answer
        self._fleet = Fleet(config, self._inbound, self._outbound, ledger, clock, build_modem)
        self._housekeeping = Housekeeping(
            ledger, self._inbound, self._outbound, self._registry, config.inbound, self._fleet.wake
        )
        self.twoway = TwoWay(config, ledger, self._outbound, self._own_numbers)
        self._registry.claims = self._outbound.policy = self.twoway
        self.messages = Messages(
            ledger, self._outbound, self._registry, self._subscribers, self._fleet.why_waiting
        )
        self.handlers = Handlers(ledger, self._registry, self._subscribers)
        self.modems = Modems(self._fleet)
        self.upkeep = Upkeep(ledger, self._housekeeping)
        self.events.subscribe(self._hear)

    @classmethod
    async def open(
        cls,
        config: Config,
        database: Database,
        clock: Clock | None = None,
        build_modem: BuildModem = Modem,
    ) -> "App":
        """Take up the work where the last run left it. Errors: `StoreError`."""
        clock = clock or SystemClock()
        ledger = await Ledger.open(database, clock, EventBus())
        app = cls(config, ledger, clock, build_modem)
        await ledger.write(app._outbound.setbacks.recover)
        await app.twoway.open(config)
        await app._registry.open()
        return app

    def methods(self) -> Sequence[Bound]:
        """Every method of the protocol but those that are about a connection."""
        return (
            *self.messages.methods(),
            *self.handlers.methods(),
            *self.modems.methods(),
            *self.upkeep.methods(),
            *self.twoway.methods(),
        )

    async def run(self) -> None:
        """Drive the modems and do what is due, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._housekeeping.run(), name="housekeeping")
            group.create_task(self.twoway.run(), name="twoway")
            group.create_task(self._fleet.run(), name="modems")

    def alive(self) -> bool:
        """Nothing that has to be at work has ended."""
        return self._fleet.alive()

    async def reload(self, config: Config) -> None:
        """Go by another configuration; what it does not change goes on undisturbed.

        What can fail comes first, and is one commit; what follows it only switches.
        Errors: `StoreError`: nothing has changed.
        """
        routes = Routing(config.routes, config.modems)
        handlers = self._registry.prepare(handlers_of(config))

        def job(transaction: Transaction) -> None:
            self._registry.register(transaction, handlers)
            self.twoway.make(transaction, config)

        def switch(_: None) -> None:
            self._registry.switch(handlers)
            self.twoway.change(config)
            self._outbound.change(routes, config.outbound)
            self._subscribers.change(config)
            self._inbound.config = self._housekeeping.config = config.inbound

        await self._ledger.write(job, switch)
        await asyncio.gather(self._registry.finish(handlers), self._fleet.change(config))
        self._poke()

    async def drain(self) -> None:
        """Finish the part that each modem is submitting, and take no new one."""
        await self._fleet.drain()

    async def close(self) -> None:
        """Let go of the handlers and of the store."""
        await self._registry.close()
        await self._ledger.close()

    def _own_numbers(self) -> set[str]:
        return {status.number for status in self._fleet.status() if status.number}

    def _published(self, message: Message) -> None:
        self.handlers.published(message)
        self._poke()

    def _hear(self, event: Event) -> None:
        """Whatever was put on disk in whichever way: let those look who may have work now."""
        if event.type in _QUEUE_MOVED:
            self._fleet.wake()
            self._poke()

    def _poke(self) -> None:
        self._housekeeping.poke()
