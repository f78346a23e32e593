"""The hand-over of inbound messages and of receipts: each handler has its own queue, and a worker that empties it.

`gsmd.handlers.base` tells what the two owe each other.

Theory of operation
-------------------

The queue is on disk (`gsmd.store.tables.deliveries`). What a worker takes off it is *leased*: it is nobody
else's, and if it is not settled, the next start takes it back. A worker never leases more than it can
hand over at once, its `DeliveryWorker.budget`: the handler's free places, less the hand-overs that are
about to take one and the leases that wait in memory (`_ready`). So a backlog stays on the disk.

Leases come by three ways, each in a commit that is made anyway if there is one: with the message
itself (`gsmd.core.inbound` asks for the budgets before it stores), with the settling of an earlier
delivery, and by a *pump* after `DeliveryWorker.wake`. There is one pump at a time; a wake that comes while it
works makes it look once more (`_again`), and so does a full batch, behind which there may be more.

A hand-over is a task of its own. What comes of it is recorded in one transaction: the effect, if
the handler has one, the delivery, the reply, the message's state and the next leases. If the store
refuses, recording is insisted on, and the place stays taken meanwhile. If the transaction itself fails (a
reply that nobody can send, an effect that raises), all of it is undone and recorded as a failure.

A handler that says that it wants no more (`HandlerSuspended`) gets nothing from then on: there is no room while it is
suspended. The message goes back to its place, and the suspension is on disk in the same commit.

After `DeliveryWorker.stop` nothing is leased or begun; what is under way gets a moment, and is cancelled then.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextvars import Context

from gsmd.clock import Milliseconds
from gsmd.config import Retry
from gsmd.core.attempts import AttemptLog
from gsmd.features import Effect, Host
from gsmd.handlers.base import Delivery, Handler, HandlerError, HandlerGone, HandlerSuspended
from gsmd.protocol.message import Reply, State
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import deliveries, hooks, messages
from gsmd.store.tables.deliveries import Lease
from gsmd.store.tables.hooks import Suspension

log = logging.getLogger(__name__)

_AHEAD = 64
"""The most that is taken from the queue on disk for one handler at a time."""


_GRACE = 2.0
"""Seconds that hand-overs under way get when the daemon stops."""

Poke = Callable[[], None]

Listener = Callable[[Delivery], None]
"""A listener to every hand-over whose outcome is on disk."""


class DeliveryWorker:
    """Takes one handler's deliveries to it: never more than it has room for, each until it says so.

    ``effect`` runs in the transaction that settles a delivery; None for handlers outside gsmd. ``address`` is where it
    posts to, if it does.
    """

    def __init__(
        self,
        handler: Handler,
        retry: Retry,
        ledger: Ledger,
        host: Host,
        deferred: Poke,
        settled: Listener,
        effect: Effect | None = None,
        address: str | None = None,
    ) -> None:
        self.handler = handler
        self.attempts = AttemptLog(address)
        self.suspended: Suspension | None = None
        self._address = address
        self.effect = effect
        self.last_error: str | None = None
        self._retry = retry
        self._ledger = ledger
        self._host = host
        self._deferred = deferred
        self._settled = settled
        self._ready: deque[Lease] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = 0
        self._pumping = False
        self._pump_ended = asyncio.Event()
        self._again = False
        self._stopping = False

    @property
    def in_flight(self) -> int:
        """Hand-overs under way."""
        return len(self._tasks) - self._pumping

    def suspend(self, suspension: Suspension | None) -> None:
        """Hand nothing over if it was this very address that wanted no more."""
        if suspension is not None and suspension.address == self._address:
            self.suspended = suspension

    def resume(self) -> None:
        """Hand over again, once that is on disk."""
        self.suspended = None
        self.wake()

    def succeed(self, former: "DeliveryWorker") -> None:
        """Take the place of a worker of the same name."""
        self.handler.succeed(former.handler)
        self.attempts.succeed(former.attempts)
        self.suspend(former.suspended)

    def budget(self) -> int:
        """The number of further deliveries that may be taken from the queue on disk right now."""
        return 0 if self._stopping else max(0, min(self._room() - len(self._ready), _AHEAD))

    def hand_over(self, leases: Iterable[Lease]) -> None:
        """Hand over what was leased, as far as there is room; the rest as room comes."""
        self._ready.extend(leases)
        while self._ready and self._room() > 0 and not self._stopping:
            self._starting += 1
            self._run(self._deliver(self._ready.popleft()))

    def wake(self) -> None:
        """Room, or something to take, may have come: look."""
        self._again = True
        if not self._pumping and not self._stopping:
            self._pumping = True
            self._pump_ended.clear()
            self._run(self._pump())

    async def look(self) -> None:
        """`wake`, and wait until what was there is on its way to the handler."""
        self.wake()
        if self._pumping:
            await self._pump_ended.wait()
            await asyncio.sleep(0)  # hand-overs begin in the next round of the loop

    async def stop(self) -> None:
        """Take nothing new, give what is under way a moment, let go. What is not settled comes again."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GRACE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.handler.close()

    def _room(self) -> int:
        """Free places at the handler, less those that hand-overs about to start will take; none while it is suspended."""
        return 0 if self.suspended else self.handler.capacity - self._starting

    def _run(self, work: Coroutine[None, None, None]) -> None:
        # in a context of its own: it is not done for whoever made us look
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pump(self) -> None:
        try:
            while self._again and not self._stopping:
                self._again = False
                self.hand_over(())
                self.hand_over(await self._ledger.insist_on(self._lease, self._gives_nothing))
        finally:
            self._pumping = False
            self._pump_ended.set()

    async def _lease(self) -> list[Lease]:
        """Take from the queue on disk what there is room for. Errors: `StoreError`."""
        limit = self.budget()
        if not limit:
            return []
        leases = await self._ledger.write(
            lambda t: deliveries.lease(t.connection, self.handler.name, limit, t.wall)
        )
        self._again = self._again or len(leases) == limit
        return leases

    def _gives_nothing(self, error: StoreError) -> None:
        log.warning("handler %s: the store gives nothing: %s", self.handler.name, error)

    async def _deliver(self, lease: Lease) -> None:
        self._starting -= 1
        failure: HandlerError | None = None
        reply: Reply | None = None
        delivery = Delivery(lease.handler, lease.attempt, lease.message, lease.receipt)
        began = self._ledger.clock.monotonic()
        try:
            reply = await self.handler.deliver(delivery)
        except HandlerError as error:
            failure = error
        except Exception as error:
            log.exception("handler %s failed in an unexpected way", lease.handler)
            failure = HandlerError(f"{type(error).__name__}: {error}")
        self.last_error = None if failure is None else failure.reason
        self.attempts.add(delivery, self.handler, failure, self._ledger.clock, began)
        if isinstance(failure, HandlerSuspended):
            at = self._ledger.clock.wall()
            self.suspend(Suspension(self._address or "", failure.reason, at))
        await self._settle(lease, failure, reply)
        self._settled(delivery)

    async def _settle(
        self, lease: Lease, failure: HandlerError | None, reply: Reply | None
    ) -> None:
        """Put the outcome on disk, and hand over what was leased in the same commit.

        An acknowledgement is never forgotten: while the store refuses it is tried again.
        """
        try:
            leases = await self._recorded(lease, failure, reply)
        except Exception as error:
            log.exception("handler %s: its answer cannot be stored", lease.handler)
            if failure is not None:
                raise
            failure = HandlerError(f"its answer cannot be stored: {error}")
            leases = await self._recorded(lease, failure, None)
        self.hand_over(leases)
        if failure is not None:
            self._deferred()

    async def _recorded(
        self, lease: Lease, failure: HandlerError | None, reply: Reply | None
    ) -> list[Lease]:
        """Record an outcome; returns what was leased in the same commit, as far as there was room."""

        async def record() -> list[Lease]:
            limit = self.budget()
            return await self._ledger.write(lambda t: job(t, limit))

        def job(transaction: Transaction, limit: int) -> list[Lease]:
            if failure is None:
                if self.effect is not None:
                    self.effect(transaction, self._host, lease.seq, lease.message)
                self._finish(transaction, lease, reply)
            else:
                self._fail(transaction, lease, failure)
            return deliveries.lease(transaction.connection, lease.handler, limit, transaction.wall)

        def refused(error: StoreError) -> None:
            log.warning("handler %s: its answer is not on disk yet: %s", lease.handler, error)

        return await self._ledger.insist_on(record, refused)

    def _finish(self, transaction: Transaction, lease: Lease, reply: Reply | None) -> None:
        deliveries.finish(
            transaction.connection, lease.handler, lease.seq, transaction.wall, lease.number
        )
        transaction.record_event(
            "delivery.done",
            lease.seq,
            lease.message.id,
            handler=lease.handler,
            attempt=lease.attempt,
            reply=None if reply is None or lease.receipt is not None else True,
            receipt=_state(lease),
        )
        if lease.receipt is not None:
            return  # nobody wrote to us: there is nothing to answer, and the message's state is its own
        if reply is not None and reply.text:
            self._host.answer(transaction, lease.seq, lease.handler, reply)
        conclude(transaction, lease.seq)

    def _fail(self, transaction: Transaction, lease: Lease, failure: HandlerError) -> None:
        connection, handler, seq = transaction.connection, lease.handler, lease.seq
        if isinstance(failure, HandlerSuspended):
            self._put_away(transaction, lease, failure)
            return
        if failure.permanent or lease.tries >= self._retry.attempts:
            deliveries.bury(
                connection, handler, seq, failure.reason, transaction.wall, lease.number
            )
            type_, delay = "delivery.dead", None
        elif isinstance(failure, HandlerGone):
            deliveries.give_back(connection, handler, seq, transaction.wall, lease.number)
            type_, delay = "delivery.interrupted", None
        else:
            delay = failure.retry_after or self._delay(lease.tries)
            due_at = Milliseconds(transaction.now + round(delay * 1000))
            deliveries.defer(
                connection, handler, seq, failure.reason, due_at, transaction.wall, lease.number
            )
            type_ = "delivery.failed"
        transaction.record_event(
            type_,
            seq,
            lease.message.id,
            handler=handler,
            attempt=lease.attempt,
            reason=failure.reason,
            again_in=None if delay is None else round(delay, 1),
            receipt=_state(lease),
        )
        if lease.receipt is None:
            conclude(transaction, seq)

    def _put_away(self, transaction: Transaction, lease: Lease, failure: HandlerSuspended) -> None:
        """The message waits with all others until the handler is resumed, however often it was tried."""
        connection, handler = transaction.connection, lease.handler
        deliveries.give_back(connection, handler, lease.seq, transaction.wall, lease.number)
        transaction.record_event(
            "delivery.failed",
            lease.seq,
            lease.message.id,
            handler=handler,
            attempt=lease.attempt,
            reason=failure.reason,
            receipt=_state(lease),
        )
        suspension = Suspension(self._address or "", failure.reason, transaction.wall)
        if hooks.suspend(connection, handler, suspension):
            transaction.record_event("handler.suspended", handler=handler, reason=failure.reason)

    def _delay(self, tries: int) -> float:
        """Seconds until the next try: doubling, with jitter so that many do not come at once."""
        doubled = self._retry.first * 2.0 ** min(tries - 1, 40)
        return min(doubled, self._retry.max) * random.uniform(0.8, 1.2)  # noqa: S311 -- jitter


def _state(lease: Lease) -> str | None:
    """The state that a receipt tells of, for the history."""
    return None if lease.receipt is None else str(lease.receipt.state)


def conclude(transaction: Transaction, seq: int) -> None:
    """A message is handled once every handler is done with it, dead once one gave up on it."""
    settled, dead = deliveries.all_settled(transaction.connection, seq)
    if not settled:
        return
    state = State.DEAD if dead else State.HANDLED
    message = messages.get(transaction.connection, seq)
    if message.state is State.RECEIVED:
        messages.set_state(transaction.connection, seq, state)
        transaction.record_event(
            f"message.{state}", seq, message.id, state=str(state), modem=message.modem
        )
