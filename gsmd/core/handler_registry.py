"""The registry of all handlers, and of which message is for whom."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence

from gsmd.config import HandlerConfig
from gsmd.core.delivery_marks import StoredDeliveryMarks
from gsmd.core.delivery_worker import DeliveryWorker, Listener, Poke
from gsmd.core.effects import EffectHandler
from gsmd.core.features import Features
from gsmd.features import PREFIX, Claim, Host
from gsmd.handlers import build
from gsmd.handlers.matching import matches
from gsmd.handlers.socket import SocketSettings
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.handlers import HandlerStatus
from gsmd.protocol.message import Message
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import deliveries, messages
from gsmd.store.tables.deliveries import Lease

log = logging.getLogger(__name__)


class Succession:
    """Handlers that take the place of others: what `HandlerRegistry.prepare` found, and `switch` did."""

    def __init__(
        self,
        wanted: dict[str, HandlerConfig],
        names: Sequence[str],
        fresh: dict[str, DeliveryWorker],
    ) -> None:
        self.wanted = wanted
        """Every handler of the configuration from now on."""
        self.names = names
        """Those that are new, changed or gone."""
        self.fresh = fresh
        self.going: dict[str, DeliveryWorker] = {}


class HandlerRegistry:
    """All handlers: those of the configuration, and those who subscribed by a name."""

    def __init__(
        self,
        configs: Sequence[HandlerConfig],
        ledger: Ledger,
        deferred: Poke,
        features: Features,
        host: Host,
        settled: Listener,
    ) -> None:
        self._settled = settled
        self._configs = {config.name: config for config in configs}
        self._ledger = ledger
        self._deferred = deferred
        self._marks = StoredDeliveryMarks(ledger)
        self._workers: dict[str, DeliveryWorker] = {}
        self._joining: frozenset[str] = frozenset()
        self._features = features
        self._host = host

    async def open(self) -> None:
        """Take up every queue where the last run left it."""
        own = list(self._features.effects)

        def job(transaction: Transaction) -> list[str]:
            for name in (*self._configs, *own):
                deliveries.register(transaction.connection, name, transaction.wall, configured=True)
            deliveries.release_all(transaction.connection)
            # one that was taken out of the configuration collects no more; what it had waits for its return
            return [*self._configs, *own, *deliveries.subscribed(transaction.connection)]

        for name in await self._ledger.write(job):
            self._add(name)
        for worker in self._workers.values():
            worker.wake()

    def prepare(self, configs: Sequence[HandlerConfig]) -> "Succession":
        """Other handlers: those that are new or changed are built anew, those that are gone collect no more."""
        wanted = {config.name: config for config in configs}
        former = {name: self._configs.get(name) for name in {*self._configs, *wanted}}
        changed = [name for name in former if former[name] != wanted.get(name)]
        fresh = {name: self._worker(wanted[name]) for name in changed if name in wanted}
        return Succession(wanted, changed, fresh)

    def register(self, transaction: Transaction, change: "Succession") -> None:
        """Let what is new collect, from this commit on."""
        for name in change.fresh:
            deliveries.register(transaction.connection, name, transaction.wall, configured=True)

    def switch(self, change: "Succession") -> None:
        """Go by the other handlers, once they are on disk. Programs that are connected stay."""
        workers = self._workers
        change.going.update({name: workers[name] for name in change.names if name in workers})
        kept = {name: each for name, each in workers.items() if name not in change.going}
        self._configs, self._workers = change.wanted, {**kept, **change.fresh}
        for name, worker in change.fresh.items():
            if name in change.going:
                worker.handler.succeed(change.going[name].handler)

    async def finish(self, change: "Succession") -> None:
        """Let those that are gone end what they have in hand; what they do not settle comes again."""
        await asyncio.gather(*(worker.stop() for worker in change.going.values()))
        try:
            await self._ledger.write(lambda t: deliveries.release(t.connection, change.names))
        except StoreError as error:  # the next start does it
            log.warning("what changed handlers had in their hands waits: %s", error)
        for worker in change.fresh.values():
            worker.wake()

    async def close(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self._workers.values()))

    def __iter__(self) -> Iterator[DeliveryWorker]:
        return iter(tuple(self._workers.values()))

    def get(self, name: str) -> DeliveryWorker | None:
        return self._workers.get(name)

    async def subscribe(self, name: str, first_seq: int | None) -> DeliveryWorker:
        """The worker of a handler, which collects from now on, or from message ``first_seq``, if it is new."""
        if name not in self._workers:

            def job(transaction: Transaction) -> None:
                new = deliveries.register(
                    transaction.connection, name, transaction.wall, configured=False
                )
                if new and first_seq is not None:
                    deliveries.add_since(transaction.connection, name, first_seq, transaction.wall)

            self._joining = self._joining | {name}
            await self._ledger.write(job)
        worker = self._workers.get(name) or self._add(name)
        self._joining = self._joining - {name}
        return worker

    async def part_with(self, name: str) -> None:
        """Let a handler that subscribed collect no more; what waits for it stays in the store.

        Errors: `Refused` while it stands in the configuration, or is connected.
        """
        if name in self._configs:
            text = f"{name} stands in the configuration: take it out there, and reload, first"
            raise Refused(Code.CONFLICT, text, reason="configured", field="handler")
        worker = self._workers.get(name)
        if worker is None:
            return
        if worker.handler.capacity + worker.in_flight > 0:
            text = f"{name} is connected: end the program first"
            raise Refused(Code.CONFLICT, text, reason="connected", field="handler")
        self._workers = {one: each for one, each in self._workers.items() if one != name}
        await worker.stop()

    def collects(self, name: str) -> bool:
        """True if messages are kept for a name, or are about to be. On any thread."""
        return name in self._workers or name in self._joining

    def matching(
        self,
        transaction: Transaction,
        message: Message,
        claim: Claim | None,
        answered: str | None,
    ) -> list[str]:
        """The handlers that a message is for; ``answered`` sent what it answers, and gets it in any case.

        ``claim`` names the built-in one that it is for. On the writer thread. One that is just
        joining counts from the moment it is on disk.
        """
        joined = self._workers.keys() | self._joining
        here = [
            name
            for name in deliveries.known(transaction.connection)
            if name in joined and not name.startswith(PREFIX)
        ]
        claimed = None if claim is None else claim.recipient
        names = [] if claimed is None else [claimed]
        names += [
            name
            for name in here
            if name != claimed and (name == answered or self._takes(name, message))
        ]
        if not names:
            names = [name for name in here if self._takes(name, message, unclaimed=True)]
        fallback = None if names else self._features.fallback(message)
        return names if fallback is None else [fallback]

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
                name: deliveries.backlog(connection, name) for name in tuple(self._workers)
            }
        )
        return [
            HandlerStatus(
                name=name,
                transport=(self._configs.get(name) or _subscribed(name)).kind,
                connected=worker.handler.capacity + worker.in_flight > 0,
                capacity=worker.handler.capacity,
                pending=backlogs[name].pending,
                in_flight=worker.in_flight,
                dead=backlogs[name].dead,
                oldest_at=messages.moment(backlogs[name].oldest_at),
                last_error=worker.last_error,
            )
            for name, worker in sorted(self._workers.items())
            if name in backlogs and _is_shown(name, backlogs[name])
        ]

    def _takes(self, name: str, message: Message, *, unclaimed: bool = False) -> bool:
        """``unclaimed``: handlers for what nobody else took are asked, in place of all others."""
        config = self._configs.get(name)
        rule = config.match if config else None
        return bool(rule and rule.unclaimed) == unclaimed and matches(rule, message)

    def _add(self, name: str) -> DeliveryWorker:
        worker = self._worker(self._configs.get(name) or _subscribed(name))
        self._workers = {
            **self._workers,
            name: worker,
        }  # the writer thread may be reading the old one
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
        )


def _is_shown(name: str, backlog: deliveries.Backlog) -> bool:
    """Gsmd's own handlers are worth a line only when something is left undone."""
    return not name.startswith(PREFIX) or backlog.pending > 0 or backlog.dead > 0


def _subscribed(name: str) -> HandlerConfig:
    """A handler that is not in the configuration: a program connected and said its name."""
    return HandlerConfig(name=name, settings=SocketSettings())
