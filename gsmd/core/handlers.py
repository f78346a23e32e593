"""``handlers.*``, and the programs that connect to take messages."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET

from gsmd.core import messages as lookup
from gsmd.core.delivery_worker import DeliveryWorker
from gsmd.core.dry_run import dry_run, made_up
from gsmd.core.handler_registry import HandlerRegistry
from gsmd.core.hook_records import rule_of
from gsmd.core.redriving import redrive, replay
from gsmd.core.removal import remove
from gsmd.core.subscribers import Subscribers
from gsmd.handlers.base import AttachError, Worker
from gsmd.protocol import handlers as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.handlers import (
    Attempt,
    Attempts,
    AttemptsParams,
    DeadLetter,
    DeadLetters,
    DeadParams,
    DryRun,
    DryRunParams,
    HandlerList,
    HandlerParams,
    HandlerStatus,
    Origin,
    Redriven,
    RedriveParams,
    Removed,
)
from gsmd.protocol.message import Direction, Message, Reply, State
from gsmd.protocol.method import Bound, Context, Role, bind, require
from gsmd.protocol.paging import number
from gsmd.store.ledger import Ledger
from gsmd.store.refusals import stored
from gsmd.store.tables import delivery_listing, messages

log = logging.getLogger(__name__)

_COUNTED = 1_000
"""Deliveries that are counted whenever somebody asks; longer backlogs are counted once in a while."""

_COUNT_AGAIN = 1_000
"""Milliseconds."""

Tail = Callable[[Message], None]


class Handlers:
    """Calls about handlers; keeps those who look on."""

    def __init__(self, ledger: Ledger, registry: HandlerRegistry, subscribers: Subscribers) -> None:
        self._ledger = ledger
        self._subscribers = subscribers
        self._registry = registry
        self._tails: list[Tail] = []
        self._counted: dict[str, tuple[int, int]] = {}
        """Long backlogs, and when they were counted (milliseconds of the monotonic clock)."""

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (
            bind(rows.LIST, self._list),
            bind(rows.DEAD, self._dead),
            bind(rows.REDRIVE, self._redrive),
            bind(rows.REMOVE, self._remove),
            bind(rows.ATTEMPTS, self._attempts),
            bind(rows.TEST, self._test),
        )

    async def subscribe(
        self,
        handler: str,
        worker: Worker,
        from_: str | None = None,
        match: dict[str, Any] | None = None,
    ) -> int:
        """``worker`` takes messages for ``handler`` from now on; returns how many are pending.

        A new name collects from now on, or ``from_`` a message's id, or ``beginning``. ``match`` is what a name that is
        not configured collects from now on; None: what it did, at first everything.
        Errors: `Refused` if the name is that of a handler that is no socket, or is configured and ``match`` is given.
        """
        entry = await self.join(handler, worker, from_, match)
        self._ledger.emit("handler.connected", handler=handler)
        pending = await self.pending(handler)
        entry.wake()
        return pending

    def unsubscribe(self, handler: str, worker: Worker) -> None:
        """``worker`` takes no more; what it has not answered is handed over again."""
        entry = self._registry.get(handler)
        if entry is not None and entry.handler.detach(worker):
            self._ledger.emit("handler.disconnected", handler=handler)

    async def join(
        self,
        handler: str,
        worker: Worker,
        from_: str | None = None,
        match: dict[str, Any] | None = None,
    ) -> DeliveryWorker:
        """The same, for somebody who comes and goes: nobody is told. Errors: `Refused`."""
        first = await self._first_seq(from_)
        if match is None:
            entry = await stored(self._registry.subscribe(handler, first))
        else:
            _require_choice(handler, self._registry.directory.origin(handler))
            written = msgspec.json.encode(match).decode()
            rule = rule_of(match)
            entry = await stored(self._registry.subscribe(handler, first, rule, written))
        try:
            entry.handler.attach(worker)
        except AttachError as error:
            raise Refused(
                Code.CONFLICT, str(error), reason="not_a_socket", field="handler"
            ) from error
        return entry

    def leave(self, handler: str, worker: Worker) -> None:
        """The end of `join`."""
        if (entry := self._registry.get(handler)) is not None:
            entry.handler.detach(worker)

    async def look(self, handler: str) -> None:
        """Hand over what there is room for now; returns once that is under way."""
        if (entry := self._registry.get(handler)) is not None:
            await entry.look()

    async def pending(self, handler: str) -> int:
        """The number of messages that a handler has yet to acknowledge."""
        backlog = await self._ledger.read(
            lambda connection: delivery_listing.backlog(connection, handler)
        )
        return backlog.pending

    async def waiting(self, handler: str) -> int:
        """How many of them are in nobody's hands: of many, as it was a second ago at most.

        Whoever takes a long backlog piece by piece does not have it counted each time.
        """
        count, in_flight = await self._ledger.read(
            lambda connection: delivery_listing.open_up_to(connection, handler, _COUNTED)
        )
        if count < _COUNTED:
            self._counted.pop(handler, None)
            return count - in_flight
        now = self._ledger.clock.monotonic()
        counted = self._counted.get(handler)
        if counted is None or now - counted[1] >= _COUNT_AGAIN:
            counted = self._counted[handler] = (await self.pending(handler), now)
        return max(counted[0], count) - in_flight

    def tail(self, listener: Tail) -> Callable[[], None]:
        """Call ``listener`` with every inbound message from now on; returns the function that ends it."""
        self._tails.append(listener)
        return lambda: self._tails.remove(listener) if listener in self._tails else None

    def published(self, message: Message) -> None:
        """Show a message to everybody who looks on."""
        for tail in tuple(self._tails):
            try:
                tail(message)
            except Exception:
                log.exception("a live tail failed")

    async def status(self) -> list[HandlerStatus]:
        """Every handler with its backlog, by name."""
        return await self._registry.status()

    async def dead(self, handler: str | None, limit: int, after: str | None) -> list[DeadLetter]:
        """The messages that handlers gave up on, newest first. Errors: `Refused` for a cursor that cannot be."""
        before = None if after is None else number(after, 0)
        rows = await self._ledger.read(
            lambda connection: delivery_listing.dead_letters(connection, handler, limit, before)
        )
        return [
            DeadLetter(
                handler=dead.handler,
                attempts=dead.attempts,
                reason=dead.reason,
                at=messages.moment(dead.at),
                message=dead.message,
                receipt=UNSET if dead.receipt is None else dead.receipt,
            )
            for dead in rows
        ]

    async def redrive(self, handler: str | None, id_: str | None) -> int:
        """Dead letters of one handler or of all, of one message or all, are handed over again.

        Returns how many messages those are. Errors: `Refused` for a handler or a message that is unknown.
        """
        seq = None if id_ is None else (await lookup.find(self._ledger, id_))[0]
        return await stored(redrive(self._ledger, self._registry, handler, seq))

    async def replay(self, handler: str, id_: str) -> int:
        """A message goes to a handler, whatever has become of it there, or if it was never for it.

        Returns 0 if it is on its way there anyway. Errors: `Refused`.
        """
        self._entry(handler)
        seq, message = await lookup.find(self._ledger, id_)
        if message.direction is not Direction.INBOUND or message.state is State.UNDECODABLE:
            text = "only a message that came in can be handed over again"
            raise Refused(Code.CONFLICT, text, reason="not_inbound", field="id")
        return int(await stored(replay(self._ledger, self._registry, handler, seq, message)))

    def attempts(self, handler: str, limit: int) -> list[Attempt]:
        """The last hand-overs of a handler, newest first. Errors: `Refused` for one that is unknown."""
        return self._entry(handler).attempts.newest(limit)

    async def remove(self, name: str) -> int:
        """Let a handler collect no more, and write off what waits for it; returns how much that was.

        Errors: `Refused` for one that is configured, connected or unknown.
        """
        return await stored(remove(self._ledger, self._registry, name))

    async def dry_run(self, handler: str, peer: str, text: str) -> Reply | None:
        """A handler's reply to such a text; nothing is stored or sent. Errors: `Refused`."""
        return await dry_run(self._entry(handler), self._made_up(peer, text))

    def _made_up(self, peer: str, text: str) -> Message:
        now = messages.moment(self._ledger.clock.wall())
        return made_up(self._subscribers.typed(peer), text, now)

    def _entry(self, handler: str) -> DeliveryWorker:
        entry = self._registry.get(handler)
        if entry is None:
            text = f"no handler is called {handler!r}"
            raise Refused(Code.NOT_FOUND, text, reason="no_such_handler", field="handler")
        return entry

    async def _list(self, _: Context, __: object) -> HandlerList:
        return HandlerList(await self.status())

    async def _dead(self, _: Context, p: DeadParams) -> DeadLetters:
        return DeadLetters(await self.dead(p.handler, p.limit, p.after))

    async def _redrive(self, _: Context, p: RedriveParams) -> Redriven:
        if p.replay and p.handler is not None and p.id is not None:
            return Redriven(await self.replay(p.handler, p.id))
        return Redriven(await self.redrive(p.handler, p.id))

    async def _attempts(self, _: Context, p: AttemptsParams) -> Attempts:
        return Attempts(self.attempts(p.handler, p.limit))

    async def _remove(self, context: Context, p: HandlerParams) -> Removed:
        if self._registry.directory.origin(p.handler) is not Origin.ADDED:
            require(context, Role.ADMIN, "remove a handler that is no added web hook")
        return Removed(p.handler, await self.remove(p.handler))

    async def _test(self, context: Context, p: DryRunParams) -> DryRun:
        reply = None
        if p.handler:
            reply = await context.while_connected(self.dry_run(p.handler, p.from_, p.text))
        made_up = self._made_up(p.from_, p.text)
        found = await stored(self._registry.foretell(made_up, self._subscribers.answered))
        text = None if reply is None else reply.text
        return DryRun(text, found.goes_to, found.taken_for, found.keyword)

    async def _first_seq(self, from_: str | None) -> int | None:
        if from_ is None:
            return None
        if from_ == "beginning":
            return 0
        try:
            return (await lookup.find(self._ledger, from_))[0]
        except Refused as error:
            raise Refused(error.code, error.message, **{**error.data, "field": "from"}) from error


def _require_choice(handler: str, origin: Origin) -> None:
    """Errors: `Refused` for a handler whose choice of messages stands elsewhere."""
    if origin is Origin.CONFIGURED:
        text = (
            f"{handler} stands in the configuration, and which messages it takes stands there too"
        )
        raise Refused(Code.CONFLICT, text, reason="configured", field="match")
    if origin is not Origin.SUBSCRIBED:
        text = f"{handler} is not a socket handler"
        raise Refused(Code.CONFLICT, text, reason="not_a_socket", field="handler")
