"""The core on a table: a real store, modems that do as they are told, a clock turned by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar, cast

from gsmd import pdu
from gsmd.config import Backoff, Config, InboundConfig, Limits, ModemConfig, OutboundConfig
from gsmd.core.app import App
from gsmd.core.catalogue import BuildFeatures, build_features
from gsmd.core.housekeeping import Housekeeping
from gsmd.handlers.base import Delivery
from gsmd.modem import Modem
from gsmd.protocol.events import Event
from gsmd.protocol.message import Direction, Message, Reply, State
from gsmd.protocol.messages import MessageListParams, SendParams
from gsmd.protocol.method import Method
from gsmd.protocol.types import Params
from gsmd.store.engine.database import Database
from gsmd.store.engine.threads import CommitHook
from tests.clocks import HandClock
from tests.core.fake_modem import FakeModem

P = TypeVar("P", bound=Params)
R = TypeVar("R")

PATIENCE = 30.0
"""Seconds after which something that should happen is taken not to."""

PHONE = "+33612345678"
CENTRE = pdu.Address.parse("+33609001390")


class Bench:
    """One run of the core after the other, on one database."""

    def __init__(
        self,
        directory: Path,
        config: Config,
        clock: HandClock,
        build_features: BuildFeatures = build_features,
    ) -> None:
        self.path = directory / "gsmd.db"
        self.config = config
        self.clock = clock
        self.build_features = build_features
        self.events: list[Event] = []
        self.modems: dict[str, FakeModem] = {}
        self.lives: list[FakeModem] = []
        """Every modem of every run."""
        self.on_commit: CommitHook | None = None
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._app: App | None = None
        self._slots: dict[str, dict[int, str]] = {}

    @property
    def is_running(self) -> bool:
        return self._app is not None

    @property
    def app(self) -> App:
        assert self._app is not None
        return self._app

    @property
    def modem(self) -> FakeModem:
        return self.modems["north"]

    @property
    def housekeeping(self) -> Housekeeping:
        return self.app._housekeeping

    @property
    def database(self) -> Database:
        return self.app._ledger.database

    async def start(self) -> None:
        database = await Database.open(self.path, on_commit=self.on_commit)
        self._app = await App.open(
            self.config,
            database,
            self.clock,
            cast("Callable[..., Modem]", self._modem),
            self.build_features,
        )
        self._app.events.subscribe(self._hear)
        self._task = asyncio.create_task(self._app.run())
        await self.until(lambda: all(modem.sweeps for modem in self.modems.values()))

    async def stop(self) -> None:
        """In good order."""
        await self.app.drain()
        await self._end()

    async def crash(self) -> None:
        """Nothing is finished and nothing more is written, as far as that can be had in one process."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        tasks: list[asyncio.Task[None]] = []
        for worker in self.app._registry:
            worker._stopping = True
            tasks += worker._tasks
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for worker in self.app._registry:
            await worker.handler.close()  # as the kernel closes a dead process's connections
        self._keep_slots()
        await self.database.close()
        self._app = self._task = None

    async def restart(self) -> None:
        """After `crash` or `stop`; what is on the SIMs is still there."""
        if self._app is not None:
            await self.crash()
        await self.start()

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, and let everybody notice."""
        self.clock.advance(seconds)
        self.housekeeping.poke()
        self.app._fleet.wake()
        await asyncio.sleep(0)

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait until something is true; looked at after every event, and now and then."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._heard.clear()
                try:
                    async with asyncio.timeout(0.01):
                        await self._heard.wait()
                except TimeoutError:
                    pass

    async def settled(self) -> None:
        """Wait until everything that was handed to the store before is done, and what follows at once."""
        for _ in range(5):
            await self.database.write(lambda _connection: None)
            await self.database.read(lambda _connection: None)
            await asyncio.sleep(0.002)

    def told(self, type_: str) -> list[Event]:
        return [event for event in self.events if event.type == type_]

    def about(self, message: Message, type_: str) -> list[Event]:
        """What was told of one message."""
        return [event for event in self.told(type_) if event.fields.get("id") == message.id]

    async def send(self, text: str = "hello", to: str = PHONE, **more: Any) -> Message:
        return await self.app.messages.send(SendParams(to=to, text=text, **more))

    async def ask(self, method: Method[P, R], params: P) -> R:
        """What the socket would answer, for methods that do not need to know who asks."""
        (bound,) = (each for each in self.app.methods() if each.method is method)
        return cast("R", await bound.function(None, params))

    async def reaches(self, message: Message, state: State) -> Message:
        """The message, once it is in exactly that state."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._heard.clear()
                found = await self.app.messages.get(message.id)
                if found.state is state:
                    return found
                try:
                    async with asyncio.timeout(0.05):
                        await self._heard.wait()
                except TimeoutError:
                    pass

    async def inbox(self, count: int = 1, **query: Any) -> list[Message]:
        """Inbound messages, oldest first, once there are ``count``."""
        return await self._list(Direction.INBOUND, count, query)

    async def outbox(self, count: int = 1, **query: Any) -> list[Message]:
        return await self._list(Direction.OUTBOUND, count, query)

    async def worker(self, name: str = "crm", room: int = 8, **more: Any) -> "Worker":
        worker = Worker(room)
        worker.pending = await self.app.handlers.subscribe(name, worker, **more)
        return worker

    async def _list(self, direction: Direction, count: int, query: dict[str, Any]) -> list[Message]:
        async with asyncio.timeout(PATIENCE):
            while True:
                self._heard.clear()
                page = await self.app.messages.list(MessageListParams(direction=direction, **query))
                if len(page.messages) >= count:
                    return page.messages[::-1]
                await self._heard.wait()

    async def _end(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        self._keep_slots()
        await self.app.close()
        self._app = self._task = None

    def _modem(self, config: ModemConfig, *args: Any, **more: Any) -> FakeModem:
        modem = self.modems[config.name] = FakeModem(config, *args, **more)
        modem.slots = self._slots.setdefault(config.name, {})
        self.lives.append(modem)
        return modem

    def _keep_slots(self) -> None:
        self._slots.update({name: modem.slots for name, modem in self.modems.items()})

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        self._heard.set()


class Worker:
    """A program that takes messages. It acknowledges, unless ``answers`` says otherwise."""

    keeps_time = False

    def __init__(self, max_in_flight: int) -> None:
        self.max_in_flight = max_in_flight
        self.pending = 0
        self.got: list[Delivery] = []
        self.open = 0
        self.most_open = 0
        self.answer: Callable[[Delivery], Reply | Exception | None] = lambda _delivery: None
        self.gate: asyncio.Event | None = None
        self._came = asyncio.Event()

    async def deliver(self, delivery: Delivery) -> Reply | None:
        self.got.append(delivery)
        self._came.set()
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            if self.gate is not None:
                await self.gate.wait()
            answer = self.answer(delivery)
        finally:
            self.open -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def texts(self) -> list[str | None]:
        return [delivery.message.text for delivery in self.got]

    async def gets(self, count: int) -> list[Delivery]:
        """What it got, once that is ``count`` hand-overs."""
        async with asyncio.timeout(PATIENCE):
            while len(self.got) < count:
                self._came.clear()
                await self._came.wait()
        return self.got


@asynccontextmanager
async def bench(
    directory: Path,
    modems: Sequence[str] = ("north",),
    *,
    clock: HandClock | None = None,
    limits: dict[str, Any] | None = None,
    build_features: BuildFeatures = build_features,
    **config: Any,
) -> AsyncIterator[Bench]:
    """The core at work. ``config`` replaces top-level sections."""
    plain: dict[str, Any] = {
        "state_dir": directory,
        "modems": tuple(
            ModemConfig(name=name, port="/dev/null", limits=Limits(**(limits or {})))
            for name in modems
        ),
        "inbound": InboundConfig(retention=None),
        "outbound": OutboundConfig(retry=Backoff(first=10, max=100)),
    }
    it = Bench(directory, Config(**{**plain, **config}), clock or HandClock(), build_features)
    await it.start()
    try:
        yield it
    finally:
        if it._app is not None:
            await it.crash()


def deliver(
    text: str | None = "hello",
    peer: str = PHONE,
    *,
    at: float = 0,
    only: Sequence[int] | None = None,
    **more: Any,
) -> list[str]:
    """The frames with which a text arrives. ``at``: seconds after noon; ``only``: parts from 1."""
    stamp = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=1))) + timedelta(seconds=at)
    parts = pdu.compose_deliver(text, peer, stamp, **more)
    frames = [pdu.Frame(CENTRE, part.encode()).hex() for part in parts]
    return frames if only is None else [frames[number - 1] for number in only]


def status_report(
    reference: int, peer: str = PHONE, tp_status: int = 0, *, at: datetime | None = None
) -> str:
    """The frame of a status report; ``at`` is when the app centre took the message."""
    taken = at or datetime(2026, 1, 1, 12, tzinfo=UTC)
    report = pdu.StatusReport(
        message_reference=reference,
        recipient=pdu.Address.parse(peer),
        service_centre_timestamp=pdu.Timestamp.of(taken),
        discharge_time=pdu.Timestamp.of(taken + timedelta(seconds=3)),
        tp_status=tp_status,
    )
    return pdu.Frame(CENTRE, report.encode()).hex()


LONG = "Une phrase qui ne tient pas dans un seul message, et de loin. " * 4
"""Two parts in the default alphabet."""
