"""The registry of all handlers, and of which message is for whom."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from gsmd.config import HandlerConfig, MatchRule
from gsmd.core.addressing import Addressing, Answered, Destiny, foretell
from gsmd.core.delivery_marks import StoredDeliveryMarks
from gsmd.core.delivery_worker import DeliveryWorker, Listener, Poke
from gsmd.core.effects import EffectHandler
from gsmd.core.features import Features
from gsmd.core.handler_directory import HandlerDirectory
from gsmd.core.hook_records import restored, shown
from gsmd.core.succession import Succession
from gsmd.features import PREFIX, Host
from gsmd.handlers import build
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.handlers import HandlerState, HandlerStatus, Origin
from gsmd.protocol.message import Message
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import (
    deliveries,
    delivery_listing,
    form_deliveries,
    hooks,
    messages,
)
from gsmd.store.tables.deliveries import Lease
from gsmd.store.tables.hooks import Suspension

log = logging.getLogger(__name__)


class HandlerRegistry:
    """All handlers: those of the configuration, web hooks that were added, and those who subscribed by a name."""

    def __init__(
        self,
        directory: HandlerDirectory,
        ledger: Ledger,
        deferred: Poke,
        features: Features,
        host: Host,
        settled: Listener,
    ) -> None:
        self._settled = settled
        self.directory = directory
        self.changing = asyncio.Lock()
        """Held by whoever changes the directory, from the first look at it to the switch."""
        self._ledger = ledger
        self._deferred = deferred
        self._marks = StoredDeliveryMarks(ledger)
        self._workers: dict[str, DeliveryWorker] = {}
        self._joining: tuple[str, ...] = ()
        """Names on their way to the disk, once for each time that one is."""
        self._features = features
        self._host = host

    async def open(self, hooks_allow: tuple[str, ...]) -> None:
        """Take up every queue where the last run left it."""
        self.directory = await restored(self._ledger, self.directory, hooks_allow)
        own = list(self._features.effects)
        configured = self.directory.configured

        def job(transaction: Transaction) -> tuple[list[str], dict[str, Suspension]]:
            connection = transaction.connection
            for name in (*configured, *own):
                deliveries.register(connection, name, transaction.wall, configured=True)
            deliveries.release_all(connection)
            for hook in hooks.stored(connection):
                if hook.name in configured:
                    _replace(transaction, hook.name)
            # one that was taken out of the configuration collects no more; what it had waits for its return
            names = [*configured, *own, *self.directory.added, *deliveries.subscribed(connection)]
            return list(dict.fromkeys(names)), hooks.suspensions(connection)

        names, suspended = await self._ledger.write(job)
        for name in names:
            self._add(name).suspend(suspended.get(name))
        for worker in self._workers.values():
            worker.wake()

    def prepare(self, configs: Sequence[HandlerConfig], hooks_allow: tuple[str, ...]) -> Succession:
        """Other handlers: those that are new or changed are built anew, those that are gone collect no more."""
        former, wanted = self.directory, self.directory.with_configuration(configs, hooks_allow)
        names = {*former.configured, *former.added, *wanted.configured}
        changed = [name for name in names if former.find(name) != wanted.find(name)]
        kept = wanted.configured.keys() | wanted.added.keys()
        fresh = {name: self._worker(wanted[name]) for name in changed if name in kept}
        return Succession(wanted, changed, fresh, [*former.added.keys() - wanted.added.keys()])

    def register(self, transaction: Transaction, change: Succession) -> None:
        """Let what is new collect, from this commit on."""
        connection = transaction.connection
        for name in change.fresh:
            configured = name in change.directory.configured
            deliveries.register(connection, name, transaction.wall, configured=configured)
        for name in change.replaced:
            _replace(transaction, name)

    def switch(self, change: Succession) -> None:
        """Go by the other handlers, once they are on disk. Programs that are connected stay."""
        workers = self._workers
        change.going.update({name: workers[name] for name in change.names if name in workers})
        kept = {name: each for name, each in workers.items() if name not in change.going}
        self.directory, self._workers = change.directory, {**kept, **change.fresh}
        for name, worker in change.fresh.items():
            if name in change.going:
                worker.succeed(change.going[name])

    async def finish(self, change: Succession) -> None:
        """Let those that are gone end what they have in hand; what they do not settle comes again."""
        await asyncio.gather(*(worker.stop() for worker in change.going.values()))
        try:
            await self._ledger.write(lambda t: deliveries.release(t.connection, change.names))
        except StoreError as error:  # the next start does it
            log.warning("what changed handlers had in their hands waits: %s", error)
        for worker in change.fresh.values():
            worker.wake()

    async def adopt(self, config: HandlerConfig, put: Callable[[Transaction], None]) -> None:
        """Take up a web hook that was added, or replace the one of its name, which is suspended no more.

        ``put`` stores it. `changing` is held.

        Errors: `StoreError`: nothing has changed.
        """
        name = config.name
        change = Succession(self.directory.with_hook(config), [name], {name: self._worker(config)})

        def job(transaction: Transaction) -> None:
            self.register(transaction, change)
            put(transaction)

        def on_disk(_: None) -> None:
            self.switch(change)
            change.fresh[name].resume()

        await self._ledger.write(job, on_disk)
        await self.finish(change)

    async def close(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._workers.values()))

    def __iter__(self) -> Iterator[DeliveryWorker]:
        return iter(tuple(self._workers.values()))

    def get(self, name: str) -> DeliveryWorker | None:
        return self._workers.get(name)

    async def subscribe(
        self, name: str, first_seq: int | None, rule: MatchRule | None = None, written: str = ""
    ) -> DeliveryWorker:
        """The worker of a handler, which collects from now on, or from message ``first_seq``, if it is new.

        ``rule`` is its choice of messages from now on, ``written`` the same in JSON; None: as it is.
        """
        if rule is not None:
            async with self.changing:
                return await self._subscribe(name, first_seq, rule, written)
        return await self._subscribe(name, first_seq, None, written)

    async def _subscribe(
        self, name: str, first_seq: int | None, rule: MatchRule | None, written: str
    ) -> DeliveryWorker:
        former, new = self.directory, name not in self._workers
        chosen = None if rule is None else former.with_choice(name, rule)

        def job(transaction: Transaction) -> None:
            connection, at = transaction.connection, transaction.wall
            first = deliveries.register(connection, name, at, configured=False)
            if rule is not None:
                deliveries.choose(connection, name, written)
            if first and first_seq is not None:
                wanted = None if chosen is None else partial(chosen.takes, name)
                deliveries.add_since(connection, name, first_seq, at, wanted)

        def refused(put: asyncio.Future[None]) -> None:
            if not put.cancelled() and put.exception() is not None:
                self._left(name, former if self.directory is chosen else None)

        if new or rule is not None:
            # both hold for what comes between the commit and here
            self._joining = (*self._joining, name)
            self.directory = (new and chosen) or self.directory
            put = asyncio.ensure_future(
                self._ledger.write(job, lambda _: self._joined(name, chosen))
            )
            put.add_done_callback(refused)
            await asyncio.shield(put)  # what becomes of it counts even if nobody waits for it
        return self._workers[name]

    def _joined(self, name: str, directory: HandlerDirectory | None) -> None:
        if name not in self._workers:
            self._add(name)
        self._left(name, directory)

    def _left(self, name: str, directory: HandlerDirectory | None) -> None:
        """A name is no more on its way to the disk. ``directory`` is what holds now, None: as it is."""
        self.directory = directory or self.directory
        still = list(self._joining)
        still.remove(name)
        self._joining = tuple(still)

    async def part_with(self, name: str) -> None:
        """Let a handler that was made at run time collect no more; what waits for it stays in the store.

        Errors: `Refused` while it stands in the configuration, or is connected.
        """
        async with self.changing:
            origin = self.directory.origin(name)
            if origin is Origin.CONFIGURED:
                text = f"{name} stands in the configuration: take it out there, and reload, first"
                raise Refused(Code.CONFLICT, text, reason="configured", field="handler")
            worker = self._workers.get(name)
            if worker is None:
                return
            if origin is not Origin.ADDED and worker.handler.capacity + worker.in_flight > 0:
                text = f"{name} is connected: end the program first"
                raise Refused(Code.CONFLICT, text, reason="connected", field="handler")
            self.directory = self.directory.without(name)
            self._workers = {one: each for one, each in self._workers.items() if one != name}
        await worker.stop()

    def wants_receipts(self, name: str) -> bool | None:
        """If a handler wants receipts for all that goes in its name; None if it takes none. On any thread."""
        if name.startswith(PREFIX):
            return None
        return self.directory[name].settings.wants_receipts

    def collects(self, name: str) -> bool:
        """True if messages are kept for a name, or are about to be. On any thread."""
        return name in self._workers or name in self._joining

    def hand_on(self, transaction: Transaction, seq: int, message: Message) -> Sequence[str]:
        """Queue a message that ends a form for every handler that asks for that; returns their names."""
        names = self.addressing().of_form(transaction, message)
        for name in names:
            form_deliveries.add(transaction.connection, name, seq, message, transaction.wall)
        return names

    def pass_on(self, transaction: Transaction, seq: int, message: Message) -> Sequence[str]:
        """Queue a message that nobody took after all for those who take such; returns their names."""
        names = self.addressing().of_rest(transaction, message)
        for name in names:
            deliveries.add(transaction.connection, name, seq, message.peer, transaction.wall)
        return names

    async def foretell(self, message: Message, answered: Answered) -> Destiny:
        """What would become of a message if it came in now. Errors: `StoreError`."""
        return await self._ledger.write(
            lambda t: foretell(t, self._host, self.addressing(), message, answered)
        )

    def addressing(self) -> Addressing:
        """The choice among those that collect now. On any thread."""
        collect = self._workers.keys() | set(self._joining)
        return Addressing(self.directory, collect, self._features)

    def budgets(self) -> dict[str, int]:
        """The number of deliveries that each handler has room for right now."""
        return {name: worker.budget() for name, worker in self._workers.items()}

    def hand_over(self, leases: Iterable[Lease]) -> None:
        """Give each lease to its worker."""
        for lease in leases:
            if worker := self._workers.get(lease.handler):  # a reload may have taken it away
                worker.hand_over((lease,))

    def wake(self, names: Iterable[str]) -> None:
        for name in names:
            if worker := self._workers.get(name):
                worker.wake()

    async def status(self) -> list[HandlerStatus]:
        """Every handler with its backlog, by name."""
        backlogs = await self._ledger.read(
            lambda connection: {
                name: delivery_listing.backlog(connection, name) for name in tuple(self._workers)
            }
        )
        return [
            self._status(name, worker, backlogs[name])
            for name, worker in sorted(self._workers.items())
            if name in backlogs and _is_shown(name, backlogs[name])
        ]

    def _status(
        self, name: str, worker: DeliveryWorker, backlog: delivery_listing.Backlog
    ) -> HandlerStatus:
        config, origin = self.directory[name], self.directory.origin(name)
        suspended = worker.suspended
        made_here = origin in (Origin.ADDED, Origin.SUBSCRIBED)
        return HandlerStatus(
            name=name,
            transport=config.kind,
            connected=worker.handler.capacity + worker.in_flight > 0,
            capacity=worker.handler.capacity,
            pending=backlog.pending,
            in_flight=worker.in_flight,
            dead=backlog.dead,
            oldest_at=messages.moment(backlog.oldest_at),
            last_error=worker.last_error,
            origin=origin,
            state=HandlerState.ACTIVE if suspended is None else HandlerState.SUSPENDED,
            reason=None if suspended is None else suspended.reason,
            host=worker.attempts.host,
            match=shown(config.match) if made_here else None,
        )

    def _add(self, name: str) -> DeliveryWorker:
        worker = self._worker(self.directory[name])
        # a new one: the writer thread may be reading the old
        self._workers = {**self._workers, name: worker}
        return worker

    def _worker(self, config: HandlerConfig) -> DeliveryWorker:
        effect = self._features.effect_for(config)
        handler = EffectHandler(config.name) if effect else build(config, self._marks)
        return DeliveryWorker(
            handler,
            config.retry,
            self._ledger,
            self._host,
            self._deferred,
            self._settled,
            effect,
            config.settings.address,
        )


def _replace(transaction: Transaction, name: str) -> None:
    """The configuration has a handler with the name of a web hook that was added: the file is right."""
    hooks.delete(transaction.connection, name)
    transaction.record_event("handler.replaced", handler=name)
    log.warning("handler %s of the configuration takes the place of one that was added", name)


def _is_shown(name: str, backlog: delivery_listing.Backlog) -> bool:
    """Gsmd's own handlers are worth a line only when something is left undone."""
    return not name.startswith(PREFIX) or backlog.pending > 0 or backlog.dead > 0
