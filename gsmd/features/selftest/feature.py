"""The self-test: whether a message that goes out really comes back, and how soon.

Theory of operation: each test of the configuration is made so long after the last one. A message with an id goes
from one SIM to the number of another; when it comes in it is known by its text and by its sender, kept, and given to
nobody. Who waits for it hears of that by the event that is recorded with it. One that comes back after its time,
or after a restart, is known all the same.
"""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from gsmd.config import Config, SelftestConfig
from gsmd.features import Feature, Host
from gsmd.features.selftest import rules
from gsmd.numbers import same_subscriber
from gsmd.protocol import selftest as wire
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.message import Message
from gsmd.protocol.messages import SendParams
from gsmd.protocol.method import Bound, Context, bind
from gsmd.protocol.selftest import TAG, SelftestParams, SelftestResult, SelftestResults
from gsmd.protocol.types import Seconds
from gsmd.store.engine.errors import StoreError
from gsmd.store.identity import new_id
from gsmd.store.ledger import Ledger, Transaction

_ARRIVED = "selftest.arrived"


class SelfTest(Feature):
    """Makes the tests of a configuration, and one at once when asked."""

    def __init__(
        self,
        config: Config,
        ledger: Ledger,
        own_numbers: Callable[[], Sequence[str]],
        number_of: Callable[[str], str | None],
    ) -> None:
        self._ledger = ledger
        self._own_numbers = own_numbers
        self._number_of = number_of
        self._changed = asyncio.Event()
        self.configure(config)

    def configure(self, config: Config) -> None:
        self._tests = config.selftest
        self._names = {modem.name for modem in config.modems}
        self._changed.set()

    async def run(self, host: Host) -> None:
        while True:
            self._changed.clear()
            tasks = [asyncio.create_task(self._repeat(host, test)) for test in self._tests]
            try:
                await self._changed.wait()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def methods(self, host: Host) -> Sequence[Bound]:
        async def run(_: Context, p: SelftestParams) -> SelftestResults:
            tests = self._meant(p.modem)
            return SelftestResults(
                list(await asyncio.gather(*(self._make(host, t) for t in tests)))
            )

        return (bind(wire.RUN, run),)

    def intercept(self, transaction: Transaction, host: Host, message: Message) -> Message | None:
        del host
        id_ = rules.id_in(message.text)
        ours = any(same_subscriber(message.peer, number) for number in self._own_numbers())
        if id_ is None or not ours:
            return None
        transaction.record_event(_ARRIVED, None, id_, modem=message.modem)
        return msgspec.structs.replace(message, tag=TAG)

    def _meant(self, modem: str | None) -> Sequence[SelftestConfig]:
        """Errors: `Refused`."""
        if modem is None and not self._tests:
            text = "no selftest is configured: name a modem"
            raise Refused(Code.INVALID, text, reason="no_selftest", field="modem")
        if modem is None:
            return self._tests
        if modem not in self._names:
            text = f"no modem is called {modem!r}"
            raise Refused(Code.NOT_FOUND, text, reason="no_such_modem", field="modem")
        own = [test for test in self._tests if modem in {test.from_, test.to}]
        return own or [SelftestConfig(from_=modem, to=modem)]

    async def _repeat(self, host: Host, test: SelftestConfig) -> None:
        while True:
            await asyncio.sleep(test.every)
            await self._make(host, test)

    async def _make(self, host: Host, test: SelftestConfig) -> SelftestResult:
        """One test, and what is told of it."""
        began = asyncio.get_running_loop().time()
        reason = await self._fails(host, test)
        if reason is not None:
            self._ledger.emit(
                "selftest.failed", reason=reason, **{"from": test.from_, "to": test.to}
            )
            return SelftestResult(from_=test.from_, to=test.to, passed=False, reason=reason)
        seconds = round(asyncio.get_running_loop().time() - began, 3)
        self._ledger.emit("selftest.passed", seconds=seconds, **{"from": test.from_, "to": test.to})
        return SelftestResult(from_=test.from_, to=test.to, passed=True, seconds=seconds)

    async def _fails(self, host: Host, test: SelftestConfig) -> str | None:
        """The reason why a message does not come back in time; None once it is back."""
        number = self._number_of(test.to)
        if number is None:
            return f"the number of {test.to} is not known: modems[].number tells it"
        id_, back = new_id(), asyncio.Event()

        def hear(event: Event) -> None:
            if event.type == _ARRIVED and event.fields.get("id") == id_:
                back.set()

        request = SendParams(
            to=number,
            text=rules.text_of(id_),
            modem=test.from_,
            tag=TAG,
            validity=Seconds(max(test.within, 1.0)),
            override=True,
        )
        unsubscribe = self._ledger.bus.subscribe(hear)
        try:
            await self._ledger.write(lambda transaction: host.submit(transaction, request))
            async with asyncio.timeout(test.within):
                await back.wait()
        except TimeoutError:
            return f"not back within {test.within:g} s"
        except (Refused, StoreError) as error:
            return str(error)
        finally:
            unsubscribe()
        return None
