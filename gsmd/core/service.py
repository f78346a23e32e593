"""Everything the daemon can do, as the socket asks for it; and the parts that do it, put together."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from gsmd.clock import Clock, SystemClock
from gsmd.config import Config
from gsmd.core import lookup
from gsmd.core.dry_run import dry_run
from gsmd.core.fleet import BuildModem, Fleet
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.housekeeping import Housekeeping
from gsmd.core.inbound import Inbound
from gsmd.core.outbound import Outbound
from gsmd.core.redriving import redrive
from gsmd.core.removal import remove
from gsmd.core.reports import Reports
from gsmd.core.requests import (
    Code,
    DeadLetter,
    HandlerStatus,
    MessageQuery,
    Page,
    Refused,
    SendRequest,
    Story,
    Waiting,
    stored,
)
from gsmd.core.routing import Routing
from gsmd.core.stories import tell
from gsmd.core.subscribers import Subscribers
from gsmd.core.twoway import TwoWay, handlers_of
from gsmd.core.waiting import reached, wait_for
from gsmd.handlers.base import AttachError, Worker
from gsmd.message import Direction, Message, Reply, State
from gsmd.modem import Modem, ModemStatus
from gsmd.store.engine.database import Database
from gsmd.store.ledger import Event, EventBus, Ledger, Transaction
from gsmd.store.tables import deliveries, gauges, messages, outbox

log = logging.getLogger(__name__)

Tail = Callable[[Message], None]

_QUEUE_MOVED = frozenset(
    f"message.{state}"
    for state in ("queued", "sent", "failed", "uncertain", "cancelled", "expired")
)
"""Events after which something (more) may be sent."""


class Service:
    """The core. `open` builds it on a database; `run` works until cancelled; `close` lets go."""

    def __init__(
        self, config: Config, ledger: Ledger, clock: Clock, build_modem: BuildModem = Modem
    ) -> None:
        self.events: EventBus = ledger.bus
        self._ledger = ledger
        self._tails: list[Tail] = []
        self._reports = Reports()
        self._handlers = HandlerRegistry(handlers_of(config), ledger, self._poke)
        self._subscribers = Subscribers(config)
        self._inbound = Inbound(
            ledger,
            self._handlers,
            self._reports,
            self._subscribers,
            config.inbound,
            self._published,
        )
        routes = Routing(config.routes, config.modems)
        self._outbound = Outbound(ledger, self._reports, routes, config.outbound)
        self._handlers.answer = self._outbound.answer
        self._fleet = Fleet(config, self._inbound, self._outbound, ledger, clock, build_modem)
        self._housekeeping = Housekeeping(
            ledger, self._inbound, self._outbound, self._handlers, config.inbound, self._fleet.wake
        )

        self.twoway = TwoWay(config, ledger, self._outbound, self._own_numbers)
        self._handlers.claims = self._outbound.policy = self.twoway
        self.events.subscribe(self._hear)

    @classmethod
    async def open(
        cls,
        config: Config,
        database: Database,
        clock: Clock | None = None,
        build_modem: BuildModem = Modem,
    ) -> "Service":
        """Take up the work where the last run left it. Errors: `StoreError`."""
        clock = clock or SystemClock()
        ledger = await Ledger.open(database, clock, EventBus())
        service = cls(config, ledger, clock, build_modem)
        await ledger.write(service._outbound.setbacks.recover)
        await service.twoway.open(config)
        await service._handlers.open()
        return service

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
        Errors: `StoreError`, `ConfigError` (a handler's package is missing): nothing has changed.
        """
        routes = Routing(config.routes, config.modems)
        handlers = self._handlers.prepare(handlers_of(config))

        def job(transaction: Transaction) -> None:
            self._handlers.register(transaction, handlers)
            self.twoway.make(transaction, config)

        def switch(_: None) -> None:
            self._handlers.switch(handlers)
            self.twoway.change(config)
            self._outbound.change(routes, config.outbound)
            self._subscribers.change(config)
            self._inbound.config = self._housekeeping.config = config.inbound

        await self._ledger.write(job, switch)
        await asyncio.gather(self._handlers.finish(handlers), self._fleet.change(config))
        self._poke()

    async def drain(self) -> None:
        """Finish the part that each modem is submitting, and take no new one."""
        await self._fleet.drain()

    async def close(self) -> None:
        """Let go of the handlers and of the store."""
        await self._handlers.close()
        await self._ledger.close()

    # messages

    async def send(self, request: SendRequest) -> Message:
        """Accept a message: on disk once this returns. Errors: `Refused`."""
        return await stored(self._outbound.accept(request))

    async def get(self, id_: str) -> Message:
        """Errors: `Refused` if there is none."""
        return (await lookup.find(self._ledger, id_))[1]

    async def show(self, id_: str) -> Story:
        """The whole story of a message. A unique beginning of its id will do. Errors: `Refused`."""
        seq, _ = await lookup.find(self._ledger, await lookup.whole_id(self._ledger, id_))
        return await self._ledger.read(
            lambda connection: tell(connection, seq, self._fleet.why_waiting)
        )

    async def list(self, query: MessageQuery) -> Page:
        """A page of messages, newest first. Errors: `Refused` for a cursor or limit that cannot be."""
        country = self._subscribers.country
        return await lookup.page(self._ledger, query, self._fleet.why_waiting, country)

    async def cancel(self, id_: str) -> Message:
        """Withdraw an outbound message that is not out yet. Errors: `Refused`."""
        return await self._change(id_, self._outbound.cancel)

    async def retry(self, id_: str) -> Message:
        """Send once more what failed; hand over once more what handlers gave up on. Errors: `Refused`."""
        _, message = await lookup.find(self._ledger, id_)
        if message.direction is Direction.INBOUND:
            if not await self.redrive(None, message.id):
                raise Refused(Code.CONFLICT, "no handler gave up on it", reason="not_dead")
            return await self.get(message.id)
        return await self._change(id_, self._outbound.retry)

    async def wait(self, id_: str, state: State, timeout: float | None) -> Message:  # noqa: ASYNC109 -- expiry is a refusal with its own code
        """The message once it is in ``state`` or beyond, or can never get there. Errors: `Refused`."""
        seq, message = await lookup.find(self._ledger, id_)
        if (
            state is State.DELIVERED
            and message.direction is Direction.OUTBOUND
            and not await self._ledger.read(lambda c: outbox.wants_report(c, seq))
        ):
            state = State.SENT  # nobody will ever tell more
        if reached(message, state):
            return message

        async def look() -> Message:
            return await self._ledger.read(lambda connection: messages.get(connection, seq))

        return await wait_for(self.events, message.id, look, state, timeout)

    async def waiting(self) -> Waiting:
        """What is to be sent, and for how long the oldest of it has been waiting."""
        now = self._ledger.clock.wall()
        found = await self._ledger.read(lambda connection: gauges.waiting(connection, now))
        return Waiting(
            queued=found.queued,
            scheduled=found.scheduled,
            held=found.held,
            oldest_at=messages.moment(found.oldest_at),
        )

    # handlers

    async def subscribe(self, handler: str, worker: Worker, from_: str | None = None) -> int:
        """``worker`` takes messages for ``handler`` from now on; returns how many are pending.

        A new name collects from now on, or ``from_`` a message's id, or ``beginning``.
        Errors: `Refused` if the name is that of a handler that is no socket.
        """
        first = await self._first_seq(from_)
        deliveries_to = await stored(self._handlers.subscribe(handler, first))
        try:
            deliveries_to.handler.attach(worker)
        except AttachError as error:
            raise Refused(
                Code.CONFLICT, str(error), reason="not_a_socket", field="handler"
            ) from error
        self._ledger.emit("handler.connected", handler=handler)
        backlog = await self._ledger.read(
            lambda connection: deliveries.backlog(connection, handler)
        )
        deliveries_to.wake()
        return backlog.pending

    def unsubscribe(self, handler: str, worker: Worker) -> None:
        deliveries_to = self._handlers.get(handler)
        if deliveries_to is not None and deliveries_to.handler.detach(worker):
            self._ledger.emit("handler.disconnected", handler=handler)

    def tail(self, listener: Tail) -> Callable[[], None]:
        """Call ``listener`` with every inbound message from now on; returns the function that ends it."""
        self._tails.append(listener)
        return lambda: self._tails.remove(listener) if listener in self._tails else None

    async def handlers(self) -> Sequence[HandlerStatus]:
        return await self._handlers.status()

    async def dead(
        self, handler: str | None, limit: int, after: str | None
    ) -> Sequence[DeadLetter]:
        """What handlers gave up on, newest first."""
        return await lookup.dead_letters(self._ledger, handler, limit, after)

    async def redrive(self, handler: str | None, id_: str | None) -> int:
        """Dead letters of one handler or of all, of one message or all, are handed over again.

        Returns how many messages those are. Errors: `Refused` for a handler or a message that is unknown.
        """
        seq = None if id_ is None else (await lookup.find(self._ledger, id_))[0]
        return await stored(redrive(self._ledger, self._handlers, handler, seq))

    async def remove_handler(self, name: str) -> int:
        """Let a handler collect no more, and write off what waits for it; returns how much that was.

        Errors: `Refused` for one that is configured, connected or unknown.
        """
        return await stored(remove(self._ledger, self._handlers, name))

    async def try_out(self, handler: str, peer: str, text: str) -> Reply | None:
        """What a handler would reply to such a text; nothing is stored or sent. Errors: `Refused`."""
        deliveries_to = self._handlers.get(handler)
        if deliveries_to is None:
            raise Refused(
                Code.NOT_FOUND,
                f"no handler is called {handler!r}",
                reason="no_such_handler",
                field="handler",
            )
        now = messages.moment(self._ledger.clock.wall())
        return await dry_run(deliveries_to, self._subscribers.typed(peer), text, now)

    # modems

    def modems(self) -> Sequence[ModemStatus]:
        return self._fleet.status()

    def modem(self, name: str) -> Modem:
        """Errors: `Refused` if there is none."""
        modem = self._fleet.get(name)
        if modem is None:
            raise Refused(
                Code.NOT_FOUND,
                f"no modem is called {name!r}",
                reason="no_such_modem",
                field="modem",
            )
        return modem

    # the store

    async def purge(self, older_than: float) -> int:
        """Delete finished messages older than so many seconds; returns how many."""
        return await stored(self._housekeeping.purge(older_than))

    async def store_trouble(self) -> str | None:
        """Why nothing can be put on disk now; None if all is well."""
        trouble = await self._ledger.trouble()
        return None if trouble is None else str(trouble)

    async def backup(self, path: str) -> None:
        """Copy the database into a new file, while everything goes on."""
        await stored(self._ledger.database.backup(Path(path)))

    def _own_numbers(self) -> set[str]:
        return {status.number for status in self._fleet.status() if status.number}

    def _published(self, message: Message) -> None:
        for tail in tuple(self._tails):
            try:
                tail(message)
            except Exception:
                log.exception("a live tail failed")
        self._poke()

    def _hear(self, event: Event) -> None:
        """Whatever was put on disk in whichever way: let those look who may have work now."""
        if event.type in _QUEUE_MOVED:
            self._fleet.wake()
            self._poke()

    def _poke(self) -> None:
        self._housekeeping.poke()

    async def _first_seq(self, from_: str | None) -> int | None:
        if from_ is None:
            return None
        return 0 if from_ == "beginning" else (await lookup.find(self._ledger, from_))[0]

    async def _change(
        self, id_: str, change: Callable[[Transaction, int, Message], None]
    ) -> Message:
        def job(transaction: Transaction) -> Message:
            seq, message = lookup.existing(transaction.connection, id_)
            if message.direction is Direction.INBOUND:
                raise Refused(
                    Code.CONFLICT, "it is an inbound message", reason="inbound", field="id"
                )
            change(transaction, seq, message)
            return messages.get(transaction.connection, seq)

        return await stored(self._ledger.write(job))
