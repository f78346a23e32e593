"""The modems, each supervised alone, with the collector and the sender that belong to it."""

import asyncio
import logging
from collections.abc import Callable

from gsmd.clock import Clock
from gsmd.config import Config, ModemConfig
from gsmd.core.collector import Collector
from gsmd.core.inbound import Inbound
from gsmd.core.modem_runner import DRAIN, ModemRunner
from gsmd.core.outbound import Outbound
from gsmd.core.routing import serves
from gsmd.core.sending import Sender
from gsmd.modem import Modem, ModemStatus, UssdReply
from gsmd.protocol.modems import Credit
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger
from gsmd.store.tables.messages import moment
from gsmd.store.tables.outbox import Waiting

log = logging.getLogger(__name__)

BuildModem = Callable[..., Modem]
"""Makes a modem, with the parameters of `Modem`; tests hand in their own."""


class Fleet:
    """All modems of the configuration; what they tell goes to their runners, and how they are to ``note``."""

    def __init__(
        self,
        config: Config,
        inbound: Inbound,
        outbound: Outbound,
        ledger: Ledger,
        clock: Clock,
        build: BuildModem = Modem,
        note: Callable[[ModemStatus], None] | None = None,
    ) -> None:
        self._inbound = inbound
        self._outbound = outbound
        self._ledger = ledger
        self._clock = clock
        self._build = build
        self._note = note
        self._config = config
        self._group: asyncio.TaskGroup | None = None
        self._draining = False
        self._runners = {each.name: self._runner(each) for each in _enabled(config)}

    async def run(self) -> None:
        """Drive every modem until cancelled; one that fails changes nothing for the others."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for runner in self._runners.values():
                runner.start(group)
            await asyncio.Event().wait()  # modems may come and go meanwhile

    async def change(self, config: Config) -> None:
        """Go by another configuration: what it says otherwise of a modem begins anew, the rest goes on.

        Returns once the modems that go have let go of their ports.
        """
        wanted = {each.name: each for each in _enabled(config)}
        going = {
            name: runner
            for name, runner in self._runners.items()
            if wanted.get(name) != runner.modem.config
        }
        self._config = config
        await asyncio.gather(*(runner.stop() for runner in going.values()))
        kept = {name: each for name, each in self._runners.items() if name not in going}
        self._runners = {
            name: kept.get(name) or self._runner(each) for name, each in wanted.items()
        }
        for name, runner in self._runners.items():
            runner.collector.sweep_every = config.inbound.sweep_every
            if name not in kept and self._group is not None and not self._draining:
                runner.start(self._group)

    def alive(self) -> bool:
        """True if all runners are at work."""
        return self._draining or all(runner.at_work for runner in self._runners.values())

    async def drain(self) -> None:
        """Let each modem finish the part it is submitting."""
        self._draining = True
        for runner in self._runners.values():
            runner.sender.drain()
        tasks = [runner.sending for runner in self._runners.values() if runner.sending is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=DRAIN)

    def wake(self) -> None:
        """Something to send may have come."""
        for runner in self._runners.values():
            runner.sender.wake()

    def get(self, name: str) -> Modem | None:
        runner = self._runners.get(name)
        return None if runner is None else runner.modem

    def status(self) -> list[ModemStatus]:
        return [runner.modem.status() for runner in self._runners.values()]

    def why_waiting(self, waiting: Waiting) -> str | None:
        """The reason why a queued message is not out yet, for people."""
        if waiting.queue == "behind":
            return "an earlier message to the same number goes first"
        if waiting.queue == "deferred":
            if waiting.not_before is not None and waiting.waits is None:
                return f"not before {moment(waiting.not_before)}"
            return f"tried {waiting.attempts} times, again soon: {waiting.waits}"
        if waiting.queue == "leased":
            return "a modem has taken it"
        mine = [each for each in self._runners.values() if serves(each.modem.name, waiting.route)]
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
        if runner := self._runners.get(modem.name):
            runner.collector.sweep()

    def arrived(self, modem: Modem, storage: str, index: int) -> None:
        if runner := self._runners.get(modem.name):
            runner.collector.arrived(storage, index)

    async def direct(self, modem: Modem, frame: str) -> None:
        """Keep a frame, trying until it is on disk: nobody else may have it any more."""
        sim = modem.sim or modem.name

        def refused(error: StoreError) -> None:
            log.error("modem %s: what it brought is not on disk yet: %s", modem.name, error)

        await self._ledger.insist_on(lambda: self._inbound.keep(modem.name, sim, [frame]), refused)

    def storage_full(self, modem: Modem) -> None:
        self._tell("modem.storage_full", modem)
        if runner := self._runners.get(modem.name):
            runner.collector.full()

    def storage_level(self, modem: Modem, *, high: bool) -> None:
        self._tell("modem.storage_high" if high else "modem.storage_normal", modem)

    def changed(self, modem: Modem) -> None:
        runner = self._runners.get(modem.name)
        if runner is None:  # while it is being built
            return
        if (modem.state, modem.reason) != runner.seen:
            runner.seen = (modem.state, modem.reason)
            self._tell("modem.state", modem, state=str(modem.state), reason=modem.reason)
        if self._note is not None:
            self._note(modem.status())
        self.wake()

    def called(self, modem: Modem, number: str | None) -> None:
        self._tell("modem.called", modem, number=number)

    def credit_low(self, modem: Modem, credit: Credit) -> None:
        self._tell("modem.credit_low", modem, amount=credit.amount, text=credit.text)

    def submitted(self, modem: Modem, reference: int) -> None:
        if runner := self._runners.get(modem.name):
            runner.sender.answered_late(reference)

    def ussd(self, modem: Modem, reply: UssdReply) -> None:
        self._tell("modem.ussd", modem, text=reply.text, session=reply.session)

    def commanded(self, modem: str, command: str) -> None:
        """Somebody did something with a modem by hand: ``command`` is the method that did it."""
        self._ledger.emit("modem.commanded", modem=modem, command=command)

    def _tell(self, type_: str, modem: Modem, **fields: str | bool | float | None) -> None:
        self._ledger.emit(type_, modem=modem.name, **fields)

    def _runner(self, each: ModemConfig) -> ModemRunner:
        modem = self._build(each, self, clock=self._clock, state_dir=self._config.state_dir)
        collector = Collector(
            modem, self._inbound.collect, self._ledger, self._config.inbound.sweep_every
        )
        sender = Sender(modem, each.limits, self._outbound, self._ledger, self._free, self.wake)
        return ModemRunner(modem, collector, sender)

    def _free(self) -> set[str]:
        """Modems that could take a message right now."""
        return {
            name
            for name, runner in self._runners.items()
            if runner.modem.can_send and runner.sender.idle and not runner.sender.pausing
        }


def _enabled(config: Config) -> list[ModemConfig]:
    return [each for each in config.modems if each.enabled]
