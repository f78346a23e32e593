"""A carrier that is a program at the socket: it takes whole messages, several at a time.

Theory of operation. At most one program is attached under a name: two would be two windows and two orders, and one that
hangs would keep what it has while the other goes on. A second one is refused, until the first one's connection ends.

*Taking*: as many messages as there is room for are leased and marked ``submitting`` in one commit, each is then handed
over on its own (`program_outcomes`). *Room* is ``max_in_flight`` less what is with the program: an answer that is late (`submit_timeout`)
makes the message ``uncertain``, but gives no room, for the program still has it. So one that hangs gets
no more than it can hold, and what it says later counts. Its connection's end makes room, and what it had uncertain.

*Pausing*: a program that cannot send now says so (`NotSubmitted`) and is left alone for a while; others that the
route names take over meanwhile. A limit of the configuration pauses likewise.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from gsmd.config import CarrierConfig
from gsmd.core.attachment import Attachment
from gsmd.core.carrier import DRAIN, Line
from gsmd.core.limits import in_words, is_limited, until_allowed
from gsmd.core.outbound import Outbound, Withdrawn
from gsmd.core.program_outcomes import Marked, ProgramOutcomes
from gsmd.core.submissions import submission_of
from gsmd.core.supervising import supervised
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.modems import CarrierCounters, CarrierStatus
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables.messages import moment

log = logging.getLogger(__name__)

_BREATH = 1.0
"""Seconds before a store that refused is asked again."""

_MOST_SPARED = 3600.0
"""Seconds that a program is spared at the most, whatever it says."""


class ProgramCarrier:
    """Hands messages to the program that is attached under its name.

    ``free``: the carriers that could take a message right now; ``changed`` is called when it has come to be able
    to take one, or no longer is: others may take what it leaves.
    """

    def __init__(
        self,
        config: CarrierConfig,
        outbound: Outbound,
        ledger: Ledger,
        free: Callable[[], Iterable[str]],
        changed: Callable[[], None],
    ) -> None:
        self._config = config
        self._outbound = outbound
        self._ledger = ledger
        self._free = free
        self._changed = changed
        self.counters = CarrierCounters()
        self._outcomes = ProgramOutcomes(
            config.name, outbound, ledger, self.counters, self._left_alone
        )
        self.sending: asyncio.Task[None] | None = None
        self._attachment: Attachment | None = None
        self._away_since: datetime = moment(ledger.clock.wall())
        self._away_for = ""
        self._in_hand: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = False
        self._pause: str | None = None
        self._spare: float = 0.0
        """Seconds to be waited before anything more is handed over, as an answer wants it."""

    @property
    def name(self) -> str:
        return self._config.name

    @property
    def at_work(self) -> bool:
        return self.sending is None or not self.sending.done()

    @property
    def is_free(self) -> bool:
        return self.obstacle is None

    @property
    def obstacle(self) -> str | None:
        if self._attachment is None:
            why = f": {self._away_for}" if self._away_for else ""
            return f"carrier {self.name} is not attached{why}"
        if self._pause is not None:
            return f"carrier {self.name}: {self._pause}"
        if self._attachment.room <= 0:
            return f"carrier {self.name} has {self._attachment.in_flight} in hand and answers first"
        return None

    def status(self) -> CarrierStatus:
        """As people and programs see it."""
        at = self._attachment
        return CarrierStatus(
            name=self.name,
            state="away" if at is None else "attached",
            reason=self.obstacle or "",
            since=self._away_since if at is None else at.since,
            user=None if at is None else at.line.user,
            pid=None if at is None else at.line.pid,
            in_flight=len(self._in_hand),
            max_in_flight=0 if at is None else at.line.max_in_flight,
            number=self._config.number,
            limits=in_words(self._config.limits),
            counters=self.counters,
        )

    # the program

    def attach(self, line: Line) -> None:
        """Hand messages to this one from now on. Errors: `Refused` while another is attached."""
        if self._attachment is not None:
            other = self._attachment.line
            raise Refused(
                Code.CONFLICT,
                f"carrier {self.name} is attached already, by process {other.pid} of {other.user}",
                reason="attached",
                field="carrier",
            )
        self._attachment = Attachment(line, moment(self._ledger.clock.wall()))
        self._pause, self._spare = None, 0.0
        self._ledger.emit("carrier.attached", modem=self.name, user=line.user, pid=line.pid)
        self._moved()

    def detach(self, line: Line, reason: str | None = None) -> None:
        """Hand it nothing more, and say why. What it has is still its own to answer, or to give up."""
        if self._attachment is not None and self._attachment.line is line:
            self._let_go(reason or "")

    def _let_go(self, reason: str) -> None:
        self._attachment, self._away_for = None, reason
        self._away_since = moment(self._ledger.clock.wall())
        self._ledger.emit("carrier.detached", modem=self.name, reason=reason)
        self._moved()

    def _left_alone(self, seconds: float, why: str) -> None:
        """As an answer wants it."""
        self._spare = min(max(seconds, 0.1), _MOST_SPARED)
        self._pause = why

    def _moved(self) -> None:
        self.wake()
        self._changed()

    # its life

    def adopt(self, settings: CarrierConfig) -> bool:
        self._config = settings
        self.wake()
        return True

    def start(self, group: asyncio.TaskGroup) -> None:
        self.sending = group.create_task(
            supervised(self.name, "sending", self._run), name=self.name
        )

    def wake(self) -> None:
        self._woken.set()

    def drain(self) -> None:
        self._stopping = True
        self.wake()

    async def stop(self) -> None:
        self.drain()
        if self.sending is not None:
            await asyncio.wait({self.sending}, timeout=DRAIN)
            self.sending.cancel()
            await asyncio.gather(self.sending, return_exceptions=True)
        if self._attachment is not None:
            self._let_go("the daemon is being stopped")

    # handing over

    async def _run(self) -> None:
        """Hand over what is due, until `drain`."""
        try:
            await self._outcomes.stored(
                lambda t: self._outbound.failures.recover_from(t, self.name)
            )
            while not self._stopping:
                self._woken.clear()
                try:
                    await self._hand_over_what_is_due()
                except StoreError as error:
                    log.warning("carrier %s: sending waits for the store: %s", self.name, error)
                    await self._rest(_BREATH, f"the store refuses: {error}")
            if self._in_hand:
                await asyncio.wait(self._in_hand)
        finally:
            for task in self._in_hand:
                task.cancel()

    async def _hand_over_what_is_due(self) -> None:
        """As much as there is room for; else wait until that may have changed."""
        if self._spare > 0:
            spare, self._spare = self._spare, 0.0
            await self._rest(spare, self._pause or "it cannot send now")
            return
        at = self._attachment
        if at is None or at.room <= 0:
            await self._woken.wait()
            return
        limits = self._config.limits
        if is_limited(limits):
            now = self._ledger.timeline.now()
            wait, why = await self._ledger.read(
                lambda c: until_allowed(c, self.name, limits, now, None)
            )
            if wait > 0:
                await self._rest(wait, why, until_woken=True)
                return
        room = 1 if is_limited(limits) else at.room
        free = frozenset(self._free())
        taken = await self._ledger.write(lambda t: self._take(t, room, free))
        within = self._config.submit_timeout
        for each in taken:
            at.in_flight += 1
            self._in_hand.add(task := asyncio.ensure_future(self._outcomes.carry(at, each, within)))
            task.add_done_callback(partial(self._carried, at))
        if taken:
            self._changed()  # it may have no room left
        else:
            await self._woken.wait()

    def _take(self, transaction: Transaction, room: int, free: frozenset[str]) -> list[Marked]:
        """On the writer thread: lease and mark messages, in one commit. From here on they may be out."""
        taken: list[Marked] = []
        while len(taken) < room:
            routes = self._outbound.routes(transaction, self.name, unnamed=False)
            work = self._outbound.take(transaction, self.name, self.name, free, routes)
            if work is None:
                break
            work = work._replace(last=True)
            try:
                self._outbound.submitting(transaction, work, self.name, self.name)
            except Withdrawn as withdrawn:
                self._outbound.failures.withheld(transaction, work, str(withdrawn))
                break
            submission = submission_of(transaction, self.name, work)
            taken.append(Marked(work, submission))
        return taken

    def _carried(self, at: Attachment, task: "asyncio.Task[None]") -> None:
        at.in_flight -= 1
        self._in_hand.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("carrier %s: an outcome is not on disk", self.name, exc_info=error)
        self.wake()

    async def _rest(self, seconds: float, why: str, *, until_woken: bool = False) -> None:
        """Hand nothing over for so long, unless another program comes; with ``until_woken`` until anything happens."""
        attachment, self._pause = self._attachment, why
        self._changed()
        self._woken.clear()
        try:
            async with asyncio.timeout(seconds):
                while not self._stopping and self._attachment is attachment:
                    await self._woken.wait()
                    if until_woken:
                        break
                    self._woken.clear()
        except TimeoutError:
            pass
        finally:
            self._pause = None
