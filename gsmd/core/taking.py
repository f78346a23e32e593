"""The message that a modem gets next.

Theory of operation. A take is carried out on the writer's thread, in whichever commit there is: that of a mark, of an
outcome, of the message's acceptance (`shared_take`), or one of its own. It looks at the routes that lead to this modem,
leaves a message to a modem that is free and is to have it first (`Outbound.take`), and notes whether more wait behind.

Without limits the next message is taken while one is under way. With limits it is taken only when the modem may send it.
"""

from collections.abc import Callable, Iterable, Sequence

from gsmd.clock import Milliseconds
from gsmd.config import Limits
from gsmd.core.limits import is_limited, until_allowed
from gsmd.core.outbound import Outbound
from gsmd.core.shared_take import SharedTake
from gsmd.modem import Modem
from gsmd.store.ledger import Ledger, Transaction
from gsmd.store.tables import outbox
from gsmd.store.tables.outbox import Work


class Taking:
    """The takes of one modem.

    ``free``: the modems that could take a message right now; ``end`` is true once the sender is to end.
    """

    def __init__(
        self,
        modem: Modem,
        limits: Limits,
        outbound: Outbound,
        ledger: Ledger,
        free: Callable[[], Iterable[str]],
        end: Callable[[], bool],
    ) -> None:
        self.more = False
        """True if something waited behind what was taken last."""
        self._modem = modem
        self._limits = limits
        self._outbound = outbound
        self._ledger = ledger
        self._free = free
        self._end = end
        self._last_let_go: Milliseconds | None = None
        self._shared: SharedTake | None = None

    @property
    def is_limited(self) -> bool:
        """True if the configuration limits what goes through this modem."""
        return is_limited(self._limits)

    @property
    def looks_ahead(self) -> bool:
        """True if the next message may be taken while one is under way."""
        return not self.is_limited and not self._end()

    @property
    def sim(self) -> str:
        """What carries it: the SIM, or the modem where nobody knows its SIM."""
        return self._modem.sim or self._modem.name

    def now(self) -> Callable[[Transaction], Work | None]:
        """A take as things are now: call it on the loop, what it returns on the writer's thread."""
        free = frozenset(self._free())

        def take(transaction: Transaction) -> Work | None:
            return self._take(self.routes(transaction), free, transaction)

        return take

    def share(self) -> SharedTake | None:
        """A take for the commit of a message to come, whose outcome `shared` has; None if there is one, or limits."""
        if self._shared is not None or self.is_limited:
            return None
        self._shared = SharedTake(self.now())
        return self._shared

    async def shared(self) -> Work | None:
        """What the shared take got, if there is one: it is in this modem's hands, to be sent or put back."""
        if self._shared is None:
            return None
        try:
            return await self._shared.outcome
        finally:
            self._shared = None

    async def first(self) -> Work | None:
        """What the shared take got, or what there is. Errors: `StoreError`."""
        if (work := await self.shared()) is not None:
            return work
        return await self._ledger.write(self.now())

    def behind(self, work: Work) -> Callable[[Transaction, Sequence[str]], Work | None]:
        """The same for what goes behind a part: the message's next part, or the next message."""
        free = frozenset(self._free())

        def take(transaction: Transaction, routes: Sequence[str]) -> Work | None:
            following = self._outbound.following(transaction, work)
            if following is None and self.looks_ahead:
                return self._take(routes, free, transaction, ahead=True)
            return following

        return take

    def routes(self, transaction: Transaction) -> Sequence[str]:
        """The routes of what waits that lead to this modem."""
        return self._outbound.routes(transaction, self._modem.name)

    def let_go(self) -> None:
        """A part can go to the modem now: a slow disk makes that later than its mark."""
        self._last_let_go = self._ledger.timeline.now()

    async def limit(self) -> tuple[float, str]:
        """Seconds until the limits allow the next part, and which limit it is."""
        if not self.is_limited:
            return 0.0, ""
        now = self._ledger.timeline.now()
        return await self._ledger.read(
            lambda c: until_allowed(c, self._modem.name, self._limits, now, self._last_let_go)
        )

    def _take(
        self,
        routes: Sequence[str],
        free: frozenset[str],
        transaction: Transaction,
        *,
        ahead: bool = False,
    ) -> Work | None:
        name = self._modem.name
        work = self._outbound.take(transaction, name, self.sim, free, routes, ahead=ahead)
        self.more = outbox.waits_for(transaction.connection, routes)
        return work
