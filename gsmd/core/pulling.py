"""``inbox.pull`` and ``inbox.settle``: taking messages without staying connected.

Theory of operation
-------------------

A pull sits down beside the programs that are connected: a `Puller` is a worker of the handler
(`gsmd.handlers.base.Worker`) with as many places as messages were asked for. So queue, order per peer, attempts,
back-off and dead letters are the same for both, and both may serve one handler at once. When the first messages have
come, or the wait is over, the puller takes no more; it stays until what it took is settled.

What it took is on *lease*: the call of `Puller.deliver` goes on until somebody settles the lease by its name, on
whatever connection, or until its time is over, which is "no answer": the message comes again at once. A lease is
the daemon's. The end of the connection that pulled does not end it; a restart gives all of them back, as it does
with everything that was in somebody's hands. Only if the caller has left before it could be told of a lease, that is
given back at once.

A settlement is answered when it is on disk. Until then the lease stays known, so that settling again waits for the
same commit; afterwards it is remembered for a while, so that an answer that was lost may be asked for again.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET

from gsmd.clock import Clock
from gsmd.core.handlers import Handlers
from gsmd.handlers.base import Delivery, HandlerError, HandlerGone
from gsmd.handlers.run_time_match import require_cheap
from gsmd.protocol import bounds
from gsmd.protocol import inbox as rows
from gsmd.protocol.inbox import Pulled, PulledMessage, PullParams, Settled, Settlement, SettleParams
from gsmd.protocol.message import Reply
from gsmd.protocol.method import Bound, Context, bind
from gsmd.store.ledger import act_for, acting_now

_REMEMBERED = 10_000
"""Settled leases that are known as settled."""


class Lease:
    """One message in somebody's hands, until ``ends_at`` (milliseconds of the monotonic clock)."""

    def __init__(
        self, name: str, delivery: Delivery, ends_at: int, over: Callable[[], None]
    ) -> None:
        self.name = name
        self.delivery = delivery
        self.over = over
        self.ends_at = ends_at
        self.timer: asyncio.Future[None] | None = None
        """What waits for the end."""
        self.answer: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self.recorded = asyncio.Event()
        """The answer is on disk."""
        self.actor: str | None = None
        """The person for whom it was settled."""

    def settle(self, settlement: Settlement) -> None:
        """Take the answer; the first one counts."""
        if self.answer.done():
            return
        self.actor = acting_now()
        if settlement.error is None:
            self.answer.set_result(Reply(settlement.reply) if settlement.reply else None)
        else:
            self.answer.set_exception(
                HandlerError(
                    settlement.error,
                    retry_after=settlement.retry_after,
                    permanent=settlement.permanent,
                )
            )

    def give_up(self, reason: str) -> None:
        """Nobody will answer."""
        if not self.answer.done():
            self.answer.set_exception(HandlerGone(reason))


class Leases:
    """Every lease there is, by its name."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._open: dict[str, Lease] = {}
        self._of: dict[int, Lease] = {}
        """By the identity of the hand-over, which the lease keeps alive."""
        self._settled: OrderedDict[str, None] = OrderedDict()

    def begin(self, delivery: Delivery, seconds: float, over: Callable[[], None]) -> Lease:
        """A lease for ``seconds`` from now; ``over`` is called when it is settled or given back, on disk."""
        lease = Lease(secrets.token_urlsafe(12), delivery, self._in(seconds), over)
        self._open[lease.name] = self._of[id(delivery)] = lease
        return lease

    def get(self, name: str) -> Lease | None:
        """The lease of that name, unless it is over."""
        return self._open.get(name)

    def was_settled(self, name: str) -> bool:
        """True if it was settled, a while ago at most."""
        return name in self._settled

    def extend(self, lease: Lease, seconds: float) -> None:
        """Let it end so many seconds from now, be that later or sooner."""
        lease.ends_at = self._in(seconds)
        if lease.timer is not None:
            lease.timer.cancel()  # it was set for another time

    def settled(self, delivery: Delivery) -> None:
        """Note that the outcome of a hand-over is on disk; most of them are no leases."""
        lease = self._of.pop(id(delivery), None)
        if lease is None:
            return
        del self._open[lease.name]
        if not isinstance(lease.answer.exception(), HandlerGone):
            self._settled[lease.name] = None
            while len(self._settled) > _REMEMBERED:
                self._settled.popitem(last=False)
        lease.recorded.set()
        lease.over()

    async def answered(self, lease: Lease) -> Reply | None:
        """Wait for the answer, until the time is over. Errors: `HandlerError`, `HandlerGone`.

        What the hand-over's task does with it is done for whoever settled.
        """
        while not lease.answer.done():
            left = (lease.ends_at - self.clock.monotonic()) / 1000
            if left <= 0:
                lease.give_up("its lease is over")
                break
            lease.timer = asyncio.ensure_future(self.clock.sleep(left))
            either: set[asyncio.Future[Any]] = {lease.answer, lease.timer}
            try:
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                lease.timer.cancel()
        act_for(lease.actor)
        return await lease.answer

    def close(self) -> None:
        """Give all of them back: the daemon stops."""
        for lease in list(self._open.values()):
            lease.give_up("the daemon stops")

    def _in(self, seconds: float) -> int:
        return self.clock.monotonic() + round(seconds * 1000)


class Puller:
    """One pull, sitting among a handler's workers."""

    keeps_time = True

    def __init__(self, leases: Leases, most: int, seconds: float) -> None:
        self.held: list[Lease] = []
        self._most = most
        self.came = asyncio.Event()
        self._leases = leases
        self._seconds = seconds
        self._open = 0
        self._takes_more = True
        self._leave: Callable[[], None] | None = None

    @property
    def max_in_flight(self) -> int:
        """As many as were asked for; once it takes no more, those that nobody has answered for."""
        if self._takes_more:
            return self._most
        return sum(not lease.answer.done() for lease in self.held)

    async def deliver(self, delivery: Delivery) -> Reply | None:
        """Lease the message out. Errors: as `Leases.answered`."""
        lease = self._leases.begin(delivery, self._seconds, self._one_over)
        self.held.append(lease)
        self._open += 1
        self.came.set()
        return await self._leases.answered(lease)

    def take_no_more(self, leave: Callable[[], None]) -> None:
        """Only what it has counts from now on; ``leave`` is called when that is over."""
        self._takes_more = False
        self._leave = leave
        self._leave_if_empty()

    def _one_over(self) -> None:
        self._open -= 1
        self._leave_if_empty()

    def _leave_if_empty(self) -> None:
        if not self._open and self._leave is not None:
            self._leave()
            self._leave = None


class Pulling:
    """Serves those who ask for messages instead of waiting for them."""

    def __init__(self, handlers: Handlers, leases: Leases) -> None:
        self._handlers = handlers
        self._leases = leases

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (bind(rows.PULL, self._pull), bind(rows.SETTLE, self._settle))

    async def pull(self, p: PullParams) -> Pulled:
        """Up to ``max`` messages, as soon as there is one, each on lease. Errors: `Refused`."""
        lease_for = bounds.USUAL_LEASE if p.lease is None else p.lease
        puller = Puller(self._leases, p.max, lease_for)
        await self._handlers.join(p.handler, puller, p.from_, p.match)
        told = False
        try:
            await self._handlers.look(p.handler)
            await self._come(puller, p.wait or 0)
            pending = await self._handlers.waiting(p.handler)
            told = True
        finally:
            puller.take_no_more(lambda: self._handlers.leave(p.handler, puller))
            if not told:
                for lease in puller.held:
                    lease.give_up("whoever pulled it has left")
        messages = [
            PulledMessage(
                each.name,
                each.delivery.attempt,
                each.delivery.message,
                UNSET if each.delivery.receipt is None else each.delivery.receipt,
            )
            for each in puller.held
        ]
        return Pulled(messages, pending)

    async def settle(self, settlements: Sequence[Settlement]) -> Settled:
        """Answer for leases: on disk once this returns."""
        unknown: list[str] = []
        waiting: list[Lease] = []
        settled = 0
        for each in settlements:
            lease = self._leases.get(each.lease)
            if lease is None:
                if self._leases.was_settled(each.lease) and each.extend is None:
                    settled += 1
                else:
                    unknown.append(each.lease)
            elif each.extend is not None:
                self._leases.extend(lease, each.extend)
                settled += 1
            else:
                lease.settle(each)
                waiting.append(lease)
        for lease in waiting:
            await lease.recorded.wait()
            if self._leases.was_settled(lease.name):
                settled += 1
            else:
                unknown.append(lease.name)  # its time was over first
        return Settled(settled, unknown)

    async def _come(self, puller: Puller, wait: float) -> None:
        """Until a message has come, or the time is over."""
        if wait <= 0 or puller.came.is_set():
            return
        coming = asyncio.ensure_future(puller.came.wait())
        timer = asyncio.ensure_future(self._leases.clock.sleep(wait))
        either: set[asyncio.Future[Any]] = {coming, timer}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            coming.cancel()
            timer.cancel()

    def close(self) -> None:
        """Give every lease back: the daemon stops."""
        self._leases.close()

    async def _pull(self, context: Context, p: PullParams) -> Pulled:
        require_cheap(context, p.match)
        return await context.while_connected(self.pull(p))

    async def _settle(self, _: Context, p: SettleParams) -> Settled:
        return await self.settle(p.settle)
