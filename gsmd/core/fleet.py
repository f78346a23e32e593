"""The modems, each supervised alone, with the collector and the sender that belong to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from gsmd.clock import Clock
from gsmd.config import Config, ModemConfig
from gsmd.core.collecting import Collector
from gsmd.core.inbound import Inbound
from gsmd.core.outbound import Outbound
from gsmd.core.routing import serves
from gsmd.core.sending import Sender
from gsmd.modem import Modem, ModemState, ModemStatus, UssdReply
from gsmd.protocol.modems import Credit
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger
from gsmd.store.tables.messages import moment
from gsmd.store.tables.outbox import Waiting

log = logging.getLogger(__name__)

_DRAIN = 75.0
"""Seconds that a submission under way may take to end when the daemon stops: the network's own time-out."""

_RESTART = 5.0
"""Seconds before a modem whose supervisor failed through a defect of ours is taken up again."""

AT_WORK: ContextVar[str | None] = ContextVar("modem", default=None)
"""The modem that the running task works for: what it logs is about that modem, however it is worded."""

BuildModem = Callable[..., Modem]
"""Makes a modem, with the parameters of `Modem`; tests hand in their own."""


class Station:
    """One modem with what works for it."""

    def __init__(self, modem: Modem, collector: Collector, sender: Sender) -> None:
        self.modem = modem
        self.collector = collector
        self.sender = sender
        self.seen: tuple[ModemState, str] = (modem.state, modem.reason)
        self.sending: asyncio.Task[None] | None = None
        self.tasks: list[asyncio.Task[None]] = []

    def start(self, group: asyncio.TaskGroup) -> None:
        """Set everything to work."""
        name = self.modem.name
        self.sending = group.create_task(_supervise(name, "sending", self.sender.run))
        self.tasks = [
            group.create_task(_supervise(name, "driving", self.modem.run), name=name),
            group.create_task(_supervise(name, "reading", self.collector.run)),
            self.sending,
        ]

    async def stop(self) -> None:
        """Let the part under way have its answer, then let go of the modem."""
        self.sender.drain()
        if self.sending is not None:
            await asyncio.wait({self.sending}, timeout=_DRAIN)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def at_work(self) -> bool:
        """Nothing of it has ended by itself."""
        return not any(task.done() for task in self.tasks)


class Fleet:
    """All modems of the configuration; what they tell goes to their stations."""

    def __init__(
        self,
        config: Config,
        inbound: Inbound,
        outbound: Outbound,
        ledger: Ledger,
        clock: Clock,
        build: BuildModem = Modem,
    ) -> None:
        self._inbound = inbound
        self._outbound = outbound
        self._ledger = ledger
        self._clock = clock
        self._build = build
        self._config = config
        self._group: asyncio.TaskGroup | None = None
        self._draining = False
        self._stations = {each.name: self._station(each) for each in _enabled(config)}

    async def run(self) -> None:
        """Drive every modem until cancelled; one that fails changes nothing for the others."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for station in self._stations.values():
                station.start(group)
            await asyncio.Event().wait()  # modems may come and go meanwhile

    async def change(self, config: Config) -> None:
        """Go by another configuration: what it says otherwise of a modem begins anew, the rest goes on.

        Returns once the modems that go have let go of their ports.
        """
        wanted = {each.name: each for each in _enabled(config)}
        going = {
            name: station
            for name, station in self._stations.items()
            if wanted.get(name) != station.modem.config
        }
        self._config = config
        await asyncio.gather(*(station.stop() for station in going.values()))
        kept = {name: each for name, each in self._stations.items() if name not in going}
        self._stations = {
            name: kept.get(name) or self._station(each) for name, each in wanted.items()
        }
        for name, station in self._stations.items():
            station.collector.sweep_every = config.inbound.sweep_every
            if name not in kept and self._group is not None and not self._draining:
                station.start(self._group)

    def alive(self) -> bool:
        """Everything that drives modems is at work."""
        return self._draining or all(station.at_work for station in self._stations.values())

    async def drain(self) -> None:
        """Let each modem finish the part it is submitting."""
        self._draining = True
        for station in self._stations.values():
            station.sender.drain()
        tasks = [
            station.sending for station in self._stations.values() if station.sending is not None
        ]
        if tasks:
            await asyncio.wait(tasks, timeout=_DRAIN)

    def wake(self) -> None:
        """Something to send may have come."""
        for station in self._stations.values():
            station.sender.wake()

    def get(self, name: str) -> Modem | None:
        station = self._stations.get(name)
        return None if station is None else station.modem

    def status(self) -> list[ModemStatus]:
        return [station.modem.status() for station in self._stations.values()]

    def why_waiting(self, waiting: Waiting) -> str | None:
        """Why a queued message is not out yet, for people."""
        if waiting.queue == "behind":
            return "an earlier message to the same number goes first"
        if waiting.queue == "deferred":
            if waiting.not_before is not None and waiting.waits is None:
                return f"not before {moment(waiting.not_before)}"
            return f"tried {waiting.attempts} times, again soon: {waiting.waits}"
        if waiting.queue == "leased":
            return "a modem has taken it"
        mine = [each for each in self._stations.values() if serves(each.modem.name, waiting.route)]
        reasons = [
            f"{each.modem.name}: {each.sender.pausing}"
            if each.modem.can_send and each.sender.pausing
            else f"{each.modem.name} is {each.modem.state}: {each.modem.reason}"
            for each in mine
            if each.sender.pausing or not each.modem.can_send
        ]
        if len(reasons) < len(mine):
            return waiting.waits or "other messages go first"
        return "; ".join(reasons) or "no modem may send it"

    # what the modems tell (gsmd.modem.Listener)

    async def initialised(self, modem: Modem) -> None:
        if station := self._stations.get(modem.name):
            station.collector.sweep()

    def arrived(self, modem: Modem, storage: str, index: int) -> None:
        if station := self._stations.get(modem.name):
            station.collector.arrived(storage, index)

    async def direct(self, modem: Modem, frame: str) -> None:
        """Nobody else may have it any more: it is tried until it is on disk."""
        sim = modem.sim or modem.name

        def refused(error: StoreError) -> None:
            log.error("modem %s: what it brought is not on disk yet: %s", modem.name, error)

        await self._ledger.insist_on(lambda: self._inbound.keep(modem.name, sim, [frame]), refused)

    def storage_full(self, modem: Modem) -> None:
        self._tell("modem.storage_full", modem)
        if station := self._stations.get(modem.name):
            station.collector.full()

    def storage_level(self, modem: Modem, *, high: bool) -> None:
        self._tell("modem.storage_high" if high else "modem.storage_normal", modem)

    def changed(self, modem: Modem) -> None:
        station = self._stations.get(modem.name)
        if station is None:  # while it is being built
            return
        if (modem.state, modem.reason) != station.seen:
            station.seen = (modem.state, modem.reason)
            self._tell("modem.state", modem, state=str(modem.state), reason=modem.reason)
        self.wake()

    def called(self, modem: Modem, number: str | None) -> None:
        self._tell("modem.called", modem, number=number)

    def credit_low(self, modem: Modem, credit: Credit) -> None:
        self._tell("modem.credit_low", modem, amount=credit.amount, text=credit.text)

    def submitted(self, modem: Modem, reference: int) -> None:
        if station := self._stations.get(modem.name):
            station.sender.answered_late(reference)

    def ussd(self, modem: Modem, reply: UssdReply) -> None:
        self._tell("modem.ussd", modem, text=reply.text, session=reply.session)

    def _tell(self, type_: str, modem: Modem, **fields: str | bool | float | None) -> None:
        self._ledger.emit(type_, modem=modem.name, **fields)

    def _station(self, each: ModemConfig) -> Station:
        modem = self._build(each, self, clock=self._clock, state_dir=self._config.state_dir)
        collector = Collector(
            modem, self._inbound.collect, self._ledger, self._config.inbound.sweep_every
        )
        sender = Sender(modem, each.limits, self._outbound, self._ledger, self._free, self.wake)
        return Station(modem, collector, sender)

    def _free(self) -> set[str]:
        """Modems that could take a message right now."""
        return {
            name
            for name, station in self._stations.items()
            if station.modem.can_send and station.sender.idle and not station.sender.pausing
        }


def _enabled(config: Config) -> list[ModemConfig]:
    return [each for each in config.modems if each.enabled]


async def _supervise(modem: str, what: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run ``work``; a defect of ours in it is logged, and it starts again."""
    AT_WORK.set(modem)
    while True:
        try:
            return await work()
        except Exception:
            log.exception(
                "modem %s: %s failed in an unexpected way, goes on in %g s", modem, what, _RESTART
            )
        await asyncio.sleep(_RESTART)
