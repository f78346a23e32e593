"""The messages of pools that are in this box's hands: their lives (`gsmd.fleet.life`), led in the real world.

Theory of operation. A life says what it wants; `_carry_out` does that, as often as it takes, and tells the answer. Rows are on the
agent's disk before the register is asked (`tables`); at a start all of them are resumed before the queue is asked for anything.

Before gsmd gets a message, the register is asked once more whether its number wants none: that read comes after the permit
was won, so a STOP that reached the engine before the permit holds. While the engine does not answer, nothing is handed over, and the
permit runs out.
"""

import asyncio
import contextlib
import itertools
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from gsmd.fleet import order
from gsmd.fleet.effects import (
    Age,
    Await,
    Drop,
    Effect,
    Fate,
    Hand,
    HandRow,
    Keep,
    Look,
    Mark,
    Put,
    Reason,
    Requeue,
    Return,
    Settle,
    Withdraw,
)
from gsmd.fleet.life import Life, Patience, Steps
from gsmd.fleet.link import EngineAway, EngineLink, EngineRefused
from gsmd.fleet.order import BadOrder, FleetOrder
from gsmd.fleet.record import Phase
from gsmd.gateways.database import Database
from gsmd.gateways.fleet import identity, tables
from gsmd.gateways.fleet.identity import Identity
from gsmd.gateways.fleet.local import LocalSender
from gsmd.gateways.fleet.queue_entry import QueueEntry
from gsmd.gateways.fleet.register import InLife, Register
from gsmd.gateways.fleet.tables import InHand
from gsmd.gateways.fleet.writing import Disk
from gsmd.gateways.work import Work
from gsmd.protocol.message import State

log = logging.getLogger(__name__)

_AGAIN = 0.5
_AFTER_DEFECT = 10.0


class Hands:
    """``freed`` is called whenever there is room for more. ``unwelcome`` says why nobody is to get a message, if it is so."""

    def __init__(
        self,
        link: EngineLink,
        database: Database,
        disk: Disk,
        who: Identity,
        local: LocalSender,
        patience: Patience,
        use_within: float,
        unwelcome: Callable[[FleetOrder], Awaitable[str | None]],
        freed: Callable[[], None],
    ) -> None:
        self._register = register = Register(link)
        self._database = database
        self._disk = disk
        self._who = who
        self._local = local
        self._patience = patience
        self._use_within = use_within
        self._unwelcome = unwelcome
        self._freed = freed
        self._lives: dict[str, InLife] = {}
        self._asked: dict[tuple[str, int], float] = {}
        self._work = Work()
        self._resuming: dict[tuple[str, int], asyncio.Future[None]] = {}
        self._nonces, self._count = secrets.token_hex(6), itertools.count()
        self._draining = asyncio.Event()
        self._empty = asyncio.Event()
        self._ways: dict[type[Effect], Any] = {
            Look: register.look,
            Put: register.put,
            Keep: self._keep,
            Drop: self._drop,
            Hand: self._hand,
            Withdraw: self._withdraw,
            Await: self._fate,
            Age: register.age,
            Settle: register.settle,
            Return: register.settle,
            Requeue: register.requeue,
            Mark: register.mark,
        }

    @property
    def count(self) -> int:
        """The number of messages that the queue has handed to us, or that we have resumed, and that have no end yet."""
        return len(self._lives)

    @property
    def oldest(self) -> float:
        """For how many seconds the oldest of them waits."""
        times = [self._asked.get((id_, each.life.attempt)) for id_, each in self._lives.items()]
        return max((identity.now() - at for at in times if at is not None), default=0.0)

    @property
    def sent(self) -> int:
        """The number of messages that went out since the start."""
        return self._register.sent

    # -- a message comes ------------------------------------------------------------------------------

    async def take(self, entry: QueueEntry) -> None:
        """The queue has handed it to us."""
        id_ = order.id_of(entry.subject)
        if id_ in self._lives:
            await entry.give_back(self._patience.give_up / 2)
            return
        refused: str | None = None
        try:
            wanted = order.read(order.valid_id(id_), entry.body)
        except BadOrder as error:
            wanted, refused = FleetOrder(id=id_, params={}, peer=""), f"invalid: {error}"
        wanted, body = order.dated(wanted, entry.body, entry.at)
        if (early := _early(wanted)) > 0:
            await entry.give_back(early)
            return
        if wanted.left(time.time()) <= 0:
            refused = "expired"
        life = self._life(wanted)
        held = InLife(life, wanted, entry.subject, body, entry)
        self._lives[id_] = held
        steps = life.take(fresh=entry.deliveries == 1, refused=refused)
        self._start(self._lead(held, steps))

    async def resume(self) -> None:
        """Take up what is on our disk. Returns when of each it is known how far it came."""
        for row in await self._database.read(tables.in_hand):
            self._resume(row)
        await asyncio.gather(*self._resuming.values())

    def _resume(self, row: InHand, *, again: bool = False) -> None:
        wanted = order.read(row.id, row.body)
        if row.boot == identity.boot():
            self._asked[row.id, row.attempt] = row.asked
        held = InLife(self._life(wanted), wanted, row.subject, row.body, None)
        self._lives[row.id] = held
        if not again:
            known = asyncio.get_running_loop().create_future()
            self._resuming[row.id, row.attempt] = known
        steps = held.life.resume(HandRow(row.id, row.attempt, row.nonce))
        self._start(self._lead(held, steps))

    def _life(self, wanted: FleetOrder) -> Life:
        return Life(
            wanted.id,
            self._who.holder,
            self._nonce,
            self._patience,
            resend=wanted.resend,
        )

    def _nonce(self) -> str:
        return f"{self._nonces}.{next(self._count)}"

    # -- ends -------------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Tell the queue that we still have what we have."""
        for each in [*self._lives.values()]:
            if each.entry is not None:
                await each.entry.keep()

    async def drain(self) -> None:
        """Give back what is not begun; wait for what is."""
        self._draining.set()
        self._local.look_again()
        while self._lives:
            self._empty.clear()
            await self._empty.wait()

    async def close(self) -> None:
        """As if killed: what is in our hands is resumed next time."""
        await self._work.end()
        await self._disk.flush()

    # -- leading a life -----------------------------------------------------------------------------------

    async def _lead(self, held: InLife, steps: Steps) -> None:
        id_ = held.order.id
        try:
            answer: Any = None
            while True:
                try:
                    wants = steps.send(answer)
                except StopIteration as end:
                    self._ended(held, end.value)
                    return
                answer = await self._carry_out(held, wants)
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("message %s: a defect", id_)
            await asyncio.sleep(_AFTER_DEFECT)
            for row in await self._database.read(tables.in_hand):
                if (row.id, row.attempt) == (id_, held.life.attempt):
                    self._resume(row, again=True)
                    return
            self._forget(held)

    def _ended(self, held: InLife, why: Reason) -> None:
        log.debug("message %s: %s", held.order.id, why)
        self._forget(held)

    def _forget(self, held: InLife) -> None:
        self._resumed(held)
        if self._lives.get(held.order.id) is held:
            del self._lives[held.order.id]
        self._empty.set()
        self._freed()

    def _resumed(self, held: InLife) -> None:
        name = held.order.id, held.life.attempt
        if (waiting := self._resuming.pop(name, None)) is not None and not waiting.done():
            waiting.set_result(None)

    async def _carry_out(self, held: InLife, wants: Effect) -> Any:
        carry_out: Callable[[InLife, Any], Awaitable[Any]] = self._ways[type(wants)]
        return await carry_out(held, wants)

    # -- the disk -----------------------------------------------------------------------------------------

    async def _keep(self, held: InLife, wants: Keep) -> None:
        row = wants.row
        asked = self._asked[row.id, row.attempt] = identity.now()
        whole = InHand(
            *(row.id, row.attempt, row.nonce, held.subject, held.body),
            *(identity.boot(), asked, time.time()),
        )
        await self._disk.write(partial(tables.keep, row=whole))

    async def _drop(self, held: InLife, wants: Drop) -> None:
        """Nobody waits for it: a row too many is found out by `resume`."""
        id_, attempt = held.order.id, wants.attempt
        self._local.forget(id_, attempt)
        if self._asked.pop((id_, attempt), None) is not None or attempt:
            self._disk.put_off(partial(tables.drop, id_=id_, attempt=attempt))

    # -- gsmd ---------------------------------------------------------------------------------------------

    async def _withdraw(self, held: InLife, wants: Withdraw) -> bool:
        return await self._local.withdraw(held.order.id, wants.attempt, held.order.params)

    async def _hand(self, held: InLife, wants: Hand) -> bool | str:
        id_, attempt = held.order.id, wants.attempt
        if (refused := await self._refused(held, attempt)) is not None:
            return refused
        made = await self._local.hand(
            id_, attempt, held.order.params, lambda: self._left(held, attempt)
        )
        if isinstance(made, str):
            return made
        return made is not None and made.state not in {State.CANCELLED, State.EXPIRED}

    async def _refused(self, held: InLife, attempt: int) -> bool | str | None:
        """None, if no STOP came before the permit, as far as the engine knows, and there is time left. Else the answer."""
        while self._left(held, attempt) > 0 and not self._draining.is_set():
            with contextlib.suppress(EngineAway, EngineRefused):
                why = await self._unwelcome(held.order)
                # what we had in our hands in another life may have been begun
                return False if why is not None and held.entry is None else why
            await asyncio.sleep(_AGAIN)
        return False

    def _left(self, held: InLife, attempt: int) -> float:
        asked = self._asked.get((held.order.id, attempt))
        if asked is None:
            return 0.0
        return min(held.order.left(time.time()), asked + self._use_within - identity.now())

    async def _fate(self, held: InLife, wants: Await) -> Fate:
        id_, attempt, known = held.order.id, wants.attempt, wants.known
        self._resumed(held)
        if known is not None:  # nobody waits for that but the register
            self._forget(held)
        leaving = self._draining.is_set if known is None else _never
        found = await self._local.fate(id_, attempt, known, leaving)
        if found is None:
            if await self._local.withdraw(id_, attempt, held.order.params):
                return Fate(Phase.RELEASED)
            found = await self._local.fate(id_, attempt, known, _never)
            assert found is not None
        if found.state is Phase.SENT and held.order.sticky and found.sim is not None:
            self._start(self._register.stick(held.order.peer, found.sim))
        return found

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        self._work.start(work, vital=False)


def _never() -> bool:
    return False


def _early(wanted: FleetOrder) -> float:
    if wanted.not_before is None:
        return 0.0
    return wanted.not_before.timestamp() - time.time()
