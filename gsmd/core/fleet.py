"""All carriers: the modems, each with its driver, and the programs that are attached to the socket."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from gsmd.clock import Clock
from gsmd.config import CarrierConfig, Config, ModemConfig
from gsmd.core.carrier import DRAIN, Carrier
from gsmd.core.collector import Collector
from gsmd.core.inbound import Inbound
from gsmd.core.modem_runner import ModemRunner
from gsmd.core.outbound import Outbound
from gsmd.core.program_carrier import ProgramCarrier
from gsmd.core.routing import serves
from gsmd.core.sending import Sender
from gsmd.core.shared_take import SharedTakes
from gsmd.modem import Modem, ModemStatus, UssdReply
from gsmd.protocol.modems import CarrierStatus, Credit
from gsmd.store.engine.errors import StoreError
from gsmd.store.ledger import Ledger
from gsmd.store.tables.messages import moment
from gsmd.store.tables.outbox import Waiting

log = logging.getLogger(__name__)

BuildModem = Callable[..., Modem]
"""Makes a modem, with the parameters of `Modem`; tests hand in their own."""

S = TypeVar("S", ModemConfig, CarrierConfig)
C = TypeVar("C", bound=Carrier[Any])


class Fleet:
    """All carriers of the configuration; what modems tell goes to their runners, and how they are to ``note``."""

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
        self._programs = {each.name: self._program(each) for each in config.programs}

    def __iter__(self) -> Iterator[Carrier[Any]]:
        yield from self._runners.values()
        yield from self._programs.values()

    async def run(self) -> None:
        """Drive every carrier until cancelled; one that fails changes nothing for the others."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for carrier in self:
                carrier.start(group)
            await asyncio.Event().wait()  # carriers may come and go meanwhile

    async def change(self, config: Config) -> None:
        """Go by another configuration: who cannot go on by it begins anew, the rest is left alone.

        Returns once the modems that go have let go of their ports.
        """
        self._config = config
        runners, programs = await asyncio.gather(
            self._kept(self._runners, _enabled(config)), self._kept(self._programs, config.programs)
        )
        self._runners = {
            each.name: runners.get(each.name) or self._runner(each) for each in _enabled(config)
        }
        self._programs = {
            each.name: programs.get(each.name) or self._program(each) for each in config.programs
        }
        for runner in self._runners.values():
            runner.collector.sweep_every = config.inbound.sweep_every
        for carrier in self:
            if carrier.sending is None and self._group is not None and not self._draining:
                carrier.start(self._group)

    async def _kept(self, carriers: dict[str, C], wanted: Iterable[S]) -> dict[str, C]:
        """Those that go on, by the settings that are wanted now. The others have stopped."""
        settings = {each.name: each for each in wanted}
        kept = {
            name: each
            for name, each in carriers.items()
            if name in settings and each.adopt(settings[name])
        }
        await asyncio.gather(*(each.stop() for name, each in carriers.items() if name not in kept))
        return kept

    def alive(self) -> bool:
        """True if all carriers are at work."""
        return self._draining or all(carrier.at_work for carrier in self)

    async def drain(self) -> None:
        """Let each carrier finish what it has in hand."""
        self._draining = True
        for carrier in self:
            carrier.drain()
        tasks = [carrier.sending for carrier in self if carrier.sending is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=DRAIN)

    def wake(self, sent_by: str | None = None) -> None:
        """Something to send may have come. The modem ``sent_by`` has looked in the commit that tells so."""
        for carrier in self:
            if carrier.name != sent_by or carrier.name in self._programs:
                carrier.wake()

    def share(self) -> SharedTakes:
        """The takes of the modems that have nothing to do, for the commit that accepts a message."""
        found = (runner.sender.share() for runner in self._runners.values())
        return SharedTakes(each for each in found if each is not None)

    def program(self, name: str) -> ProgramCarrier | None:
        """The carrier of that name that is a program."""
        return self._programs.get(name)

    def programs(self) -> list[CarrierStatus]:
        """Every carrier that is a program, as it is now."""
        return [each.status() for each in self._programs.values()]

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
            return "a carrier has taken it"
        who = iter(self) if waiting.route else self._runners.values()
        mine = [each for each in who if serves(each.name, waiting.route)]
        reasons = [why for each in mine if (why := each.obstacle) is not None]
        if len(reasons) < len(mine):
            return waiting.waits or "other messages go first"
        return "; ".join(reasons) or "no carrier may send it"

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

    def _program(self, each: CarrierConfig) -> ProgramCarrier:
        return ProgramCarrier(each, self._outbound, self._ledger, self._free, self.wake)

    def _free(self) -> set[str]:
        """Carriers that could take a message right now."""
        return {carrier.name for carrier in self if carrier.is_free}


def _enabled(config: Config) -> list[ModemConfig]:
    return [each for each in config.modems if each.enabled]
