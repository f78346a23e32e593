"""A daemon without modems and without a store: what is behind the socket, as far as the socket cares."""

import asyncio
import builtins
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from gsmd.core.carrier import Line
from gsmd.core.modems import Modems
from gsmd.core.waiting import reached
from gsmd.handlers.base import Delivery, HandlerError, HandlerGone, Worker
from gsmd.modem.port.recorder import Recorder
from gsmd.modem.state import ModemState
from gsmd.modem.status import Counters, ModemStatus, StorageUse
from gsmd.protocol import handlers, messages, server
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import Event
from gsmd.protocol.gateways import GatewayReportParams
from gsmd.protocol.handlers import (
    DeadLetter,
    DeadLetters,
    DeadParams,
    DryRun,
    DryRunParams,
    HandlerList,
    HandlerParams,
    HandlerStatus,
    Redriven,
    RedriveParams,
    Removed,
)
from gsmd.protocol.message import Direction, Failure, Kind, Message, Reply, State
from gsmd.protocol.messages import (
    DeliveryRecord,
    EventRecord,
    History,
    MessageListParams,
    Page,
    PartRecord,
    SendParams,
    Waiting,
    WaitParams,
)
from gsmd.protocol.method import Bound, Context, Role, bind, require
from gsmd.protocol.modems import CarrierStatus
from gsmd.protocol.server import BackedUp, BackupParams, Purged, PurgeParams
from gsmd.store.ledger import EventBus, acting_now

AT = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


def a_message(id_: str, **fields: Any) -> Message:
    """An inbound text, unless told otherwise."""
    usual: dict[str, Any] = {
        "direction": Direction.INBOUND,
        "state": State.RECEIVED,
        "peer": "+33611111111",
        "modem": "north",
        "kind": Kind.TEXT,
        "text": "BALANCE",
        "data": None,
        "alphabet": "gsm7",
        "class_": None,
        "ports": None,
        "parts": 1,
        "complete": True,
        "tag": None,
        "in_reply_to": None,
        "possible_duplicate": False,
        "created_at": AT,
        "service_centre_timestamp": None,
        "sent_at": None,
        "delivered_at": None,
        "error": None,
    }
    return Message(id=id_, **{**usual, **fields})


class FakeHandler:
    """A handler's queue: hands over in order, again at once after an error, again on the next connection."""

    def __init__(self, name: str, changed: Callable[[], None]) -> None:
        self.name = name
        self.pending: deque[tuple[Message, int]] = deque()
        self.workers: dict[Worker, int] = {}
        self.replies: list[tuple[str, str | None]] = []
        self.rejections: list[tuple[str, HandlerError]] = []
        self.lost: list[str] = []
        self.give_up_after = 1000
        self._changed = changed
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, message: Message) -> None:
        self.pending.append((message, 1))
        self.pump()

    def pump(self) -> None:
        for worker in list(self.workers):
            while self.pending and self.workers[worker] < worker.max_in_flight:
                self.workers[worker] += 1
                task = asyncio.ensure_future(self._deliver(worker, *self.pending.popleft()))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _deliver(self, worker: Worker, message: Message, attempt: int) -> None:
        try:
            reply = await worker.deliver(Delivery(self.name, attempt, message))
        except HandlerGone:
            self.lost.append(message.id)
            self.pending.appendleft((message, attempt + 1))
        except HandlerError as error:
            self.rejections.append((message.id, error))
            if not error.permanent and attempt < self.give_up_after:
                self.pending.append((message, attempt + 1))
        else:
            self.replies.append((message.id, reply.text if reply else None))
        if worker in self.workers:
            self.workers[worker] -= 1
        self._changed()
        self.pump()


class FakeReply(msgspec.Struct):
    lines: tuple[str, ...]
    result: Any
    text: str | None = None
    session: bool = False


class FakeResult(msgspec.Struct):
    text: str


class FakeModem:
    def __init__(self, name: str) -> None:
        self.name = name
        self.commands: list[str] = []
        self.pins: list[str | None] = []
        self.resets = 0
        self.failure: Exception | None = None
        self.answers: dict[str, FakeReply] = {}

        self.unlocked: Callable[[], object] = lambda: None
        self._recorder = Recorder()
        self._status = ModemStatus(
            name=name,
            state=ModemState.READY,
            reason="",
            since=AT,
            port="/dev/ttyUSB0",
            manufacturer="huawei",
            model="E160",
            revision="11.609",
            imei="490154203237518",
            imsi="208011234567890",
            iccid="8933012345678901234",
            number="+33600000001",
            operator="Orange F",
            registration="home",
            roaming=False,
            signal_dbm=-71,
            smsc="+33609001390",
            storage=StorageUse("SM", 3, 30),
            counters=Counters(sent=2),
        )

    @property
    def recorder(self) -> Recorder:
        return self._recorder

    def status(self) -> ModemStatus:
        return self._status

    def become(self, **fields: Any) -> None:
        self._status = msgspec.structs.replace(self._status, **fields)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def command(self, line: str, timeout: float | None) -> FakeReply:
        self._fail()
        self.commands.append(line)
        return self.answers.get(line, FakeReply((), FakeResult("OK")))

    async def ussd(self, code: str, timeout: float | None) -> FakeReply:
        self._fail()
        self.commands.append(code)
        return self.answers.get(code, FakeReply((), None, f"You dialled {code}", session=False))

    async def cancel_ussd(self) -> None:
        self._fail()
        self.commands.append("AT+CUSD=2")

    async def reset(self) -> None:
        self._fail()
        self.resets += 1

    async def unlock(self, pin_code: str | None = None) -> None:
        self._fail()
        self.pins.append(pin_code)
        self.unlocked()


class FakeFleet:
    def __init__(self, modems: dict[str, FakeModem], bus: EventBus) -> None:
        self._modems = modems
        self._bus = bus

    def get(self, name: str) -> FakeModem | None:
        return self._modems.get(name)

    def status(self) -> Sequence[ModemStatus]:
        return [modem.status() for modem in self._modems.values()]

    def programs(self) -> Sequence[CarrierStatus]:
        return []

    def commanded(self, modem: str, command: str) -> None:
        fields = {"modem": modem, "command": command, "actor": acting_now()}
        self._bus.emit(Event("modem.commanded", AT, fields))


class FakeBus(EventBus):
    """Says when somebody begins to listen."""

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        stop = super().subscribe(listener)
        self._changed()
        return stop


class FakeLog:
    """Nothing is kept: tests/api/test_following.py has the real one."""

    async def newest(self) -> int:
        return 0

    async def require(self, after: int) -> None:
        if after:
            raise Refused(Code.NOT_FOUND, "none is kept", reason="no_such_event", field="after")

    async def since(self, after: int, limit: int) -> Sequence[Event]:
        return []


class FakeCarriers:
    """There are none."""

    def attach(self, carrier: str, line: Line) -> None:
        raise Refused(Code.NOT_FOUND, f"no carrier is called {carrier!r}", reason="no_such_carrier")

    def detach(self, carrier: str, line: Line, reason: str | None = None) -> None:
        pass


class FakeGateways:
    """Nobody listens."""

    def report(self, whose: object, user: str, pid: int, report: GatewayReportParams) -> bool:
        del whose, user, pid, report
        return False

    def gone(self, whose: object) -> None:
        pass


class FakeBackend:
    """Accepts what looks like a number, keeps everything in memory, and tells what happened to it."""

    def __init__(self) -> None:
        self.events = FakeBus(self.changed)
        self.kept: dict[str, Message] = {}
        self.requests: list[SendParams] = []
        self.queries: list[MessageListParams] = []
        self.queues: dict[str, FakeHandler] = {}
        self.letters: list[DeadLetter] = []
        self.fleet = {"north": FakeModem("north")}
        self.tails: list[Callable[[Message], None]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.gated = 0
        self.purged: list[float] = []
        self.backups: list[str] = []
        self.defect: Exception | None = None
        self.network: Callable[[Message], object] = lambda message: None
        self.parts: dict[str, list[PartRecord]] = {}
        self._keys: dict[str, str] = {}
        self._changed = asyncio.Event()

    # for tests

    def changed(self) -> None:
        self._changed.set()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def queue(self, name: str) -> FakeHandler:
        if name not in self.queues:
            self.queues[name] = FakeHandler(name, self.changed)
        return self.queues[name]

    def receive(self, text: str = "BALANCE", *, id_: str | None = None, **fields: Any) -> Message:
        """An SMS comes in."""
        message = a_message(id_ or f"i{len(self.kept) + 1}", text=text, **fields)
        self.kept[message.id] = message
        for queue in self.queues.values():
            queue.add(message)
        for tail in tuple(self.tails):
            tail(message)
        self.happen("message.received", id=message.id, state="received")
        return message

    def become(self, id_: str, state: State, **fields: Any) -> Message:
        """An outbound message goes on."""
        changed = msgspec.structs.replace(self.kept[id_], state=state, **fields)
        self.kept[id_] = changed
        self.happen(f"message.{state}", id=id_, state=str(state))
        return changed

    def happen(self, type_: str, **fields: Any) -> None:
        self.events.emit(Event(type_, AT, fields))
        self.changed()

    # what the socket asks for

    @property
    def handlers(self) -> "FakeBackend":
        return self

    @property
    def event_log(self) -> "FakeLog":
        return FakeLog()

    @property
    def modems(self) -> Modems:
        return Modems(FakeFleet(self.fleet, self.events))

    @property
    def carriers(self) -> "FakeCarriers":
        return FakeCarriers()

    @property
    def gateways(self) -> "FakeGateways":
        return FakeGateways()

    @property
    def upkeep(self) -> "FakeBackend":
        return self

    def methods(self) -> Sequence[Bound]:
        """Those that the real thing has; two-way messaging is tested with the real one."""
        return (
            bind(messages.SENDING, self._send),
            bind(messages.GET, lambda _, p: self.get(p.id)),
            bind(messages.SHOW, lambda _, p: self.show(p.id)),
            bind(messages.LIST, lambda _, p: self.list(p)),
            bind(messages.CANCEL, lambda _, p: self.cancel(p.id)),
            bind(messages.RETRY, lambda _, p: self.retry(p.id)),
            bind(messages.WAIT, self._wait),
            bind(messages.WAITING, lambda _, __: self.waiting()),
            bind(handlers.LIST, self._list_handlers),
            bind(handlers.DEAD, self._dead),
            bind(handlers.REDRIVE, self._redrive),
            bind(handlers.REMOVE, self._remove),
            bind(handlers.TEST, self._test),
            *self.modems.methods(),
            bind(server.PURGE, self._purge),
            bind(server.BACKUP, self._backup),
        )

    async def _send(self, context: Context, p: SendParams) -> Message:
        if p.override:
            require(context, Role.OVERRIDE, "write to those who opted out")
        return await self.send(p)

    async def _wait(self, context: Context, p: WaitParams) -> Message:
        return await context.while_connected(self.wait(p.id, p.state, p.timeout))

    async def _list_handlers(self, _: Context, __: object) -> HandlerList:
        return HandlerList(await self.handler_status())

    async def _dead(self, _: Context, p: DeadParams) -> DeadLetters:
        return DeadLetters(await self.dead(p.handler, p.limit, p.after))

    async def _redrive(self, _: Context, p: RedriveParams) -> Redriven:
        return Redriven(await self.redrive(p.handler, p.id))

    async def _remove(self, _: Context, p: HandlerParams) -> Removed:
        return Removed(p.handler, await self.remove(p.handler))

    async def _test(self, context: Context, p: DryRunParams) -> DryRun:
        reply = await context.while_connected(self.try_out(p.handler, p.from_, p.text))
        return DryRun(None if reply is None else reply.text)

    async def _purge(self, _: Context, p: PurgeParams) -> Purged:
        return Purged(await self.purge(p.older_than))

    async def _backup(self, _: Context, p: BackupParams) -> BackedUp:
        await self.backup(p.path)
        return BackedUp(p.path)

    async def send(self, request: SendParams) -> Message:
        if self.defect is not None:
            raise self.defect
        if not request.to.lstrip("+").isdigit():
            raise Refused(Code.INVALID, "not a number", reason="bad_number", field="to")
        if request.text == "":
            raise Refused(Code.INVALID, "empty text", reason="empty", field="text")
        if request.key in self._keys:
            return self.kept[self._keys[request.key]]
        self.requests.append(request)
        await self._pass_gate()
        message = a_message(
            f"o{len(self.requests)}",
            direction=Direction.OUTBOUND,
            state=State.QUEUED,
            peer=request.to,
            text=request.text,
            data=request.data,
            ports=request.ports,
            tag=request.tag,
            modem=request.modem,
            in_reply_to=request.in_reply_to,
            created_at=datetime.fromtimestamp(round(time.time(), 3), UTC),
        )
        self.kept[message.id] = message
        if request.key is not None:
            self._keys[request.key] = message.id
        self.happen("message.queued", id=message.id, state="queued")
        asyncio.get_running_loop().call_soon(self.network, message)
        return message

    async def _pass_gate(self) -> None:
        self.gated += 1
        self.changed()
        await self.gate.wait()
        self.gated -= 1

    async def get(self, id_: str) -> Message:
        if id_ not in self.kept:
            raise Refused(Code.NOT_FOUND, f"no message {id_}", reason="no_such_message", field="id")
        return self.kept[id_]

    async def show(self, id_: str) -> History:
        message = await self.get(id_)
        return History(
            message=message,
            parts=self.parts.get(
                id_, [PartRecord(sequence=1, state="sent", pdu="0001", modem="north")]
            ),
            events=[EventRecord(at=AT, type="message.queued", detail={"state": "queued"})],
            deliveries=[
                DeliveryRecord(handler="crm", state="done", attempts=1, error=None, updated_at=AT)
            ],
        )

    async def list(self, query: MessageListParams) -> Page:
        self.queries.append(query)
        if not (query.after or "0").isdecimal():
            raise Refused(Code.INVALID, "no cursor of ours", reason="bad_cursor", field="after")
        await self._pass_gate()
        first = int(query.after or 0)
        found = [
            message
            for message in reversed(self.kept.values())
            if query.direction in (None, message.direction) and query.peer in (None, message.peer)
        ]
        last = first + query.limit
        page = found[first:last]
        return Page(
            page,
            str(last) if last < len(found) else None,
            {each.id: "no network" for each in page} if query.reasons else msgspec.UNSET,
        )

    async def cancel(self, id_: str) -> Message:
        message = await self.get(id_)
        if message.state is not State.QUEUED:
            text = f"it is {message.state}"
            raise Refused(Code.CONFLICT, text, reason="not_queued", field="id")
        return self.become(id_, State.CANCELLED)

    async def retry(self, id_: str) -> Message:
        await self.get(id_)
        return self.become(id_, State.QUEUED, error=None)

    async def wait(self, id_: str, state: State, timeout: float | None) -> Message:
        await self.get(id_)
        self.gated += 1
        self.changed()
        try:
            async with asyncio.timeout(timeout):
                await self.until(lambda: reached(self.kept[id_], state))
        except TimeoutError:
            raise Refused(Code.TIMEOUT, "still waiting", reason="timeout") from None
        finally:
            self.gated -= 1
            self.changed()
        return self.kept[id_]

    async def subscribe(
        self,
        handler: str,
        worker: Worker,
        from_: str | None,
        match: dict[str, Any] | None = None,
    ) -> int:
        if handler == "hook":
            raise Refused(Code.CONFLICT, "it is no socket", reason="not_a_socket", field="handler")
        new = handler not in self.queues
        queue = self.queue(handler)
        if new and from_ == "beginning":
            queue.pending.extend((message, 1) for message in self.kept.values())
        queue.workers[worker] = 0
        pending = len(queue.pending)
        queue.pump()
        self.changed()
        return pending

    def unsubscribe(self, handler: str, worker: Worker) -> None:
        self.queue(handler).workers.pop(worker, None)
        self.changed()

    def tail(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        self.tails.append(listener)
        self.changed()

        def stop() -> None:
            self.tails.remove(listener)
            self.changed()

        return stop

    async def handler_status(self) -> builtins.list[HandlerStatus]:
        return [
            HandlerStatus(
                name=queue.name,
                transport="socket",
                connected=bool(queue.workers),
                capacity=sum(worker.max_in_flight for worker in queue.workers),
                pending=len(queue.pending),
                in_flight=sum(queue.workers.values()),
                dead=0,
                oldest_at=AT if queue.pending else None,
                last_error=None,
            )
            for queue in self.queues.values()
        ]

    async def dead(
        self, handler: str | None, limit: int, after: str | None
    ) -> builtins.list[DeadLetter]:
        return [letter for letter in self.letters if handler in (None, letter.handler)][:limit]

    async def redrive(self, handler: str | None, id_: str | None) -> int:
        return sum(
            handler in (None, letter.handler) and id_ in (None, letter.message.id)
            for letter in self.letters
        )

    async def remove(self, name: str) -> int:
        if self.queues.pop(name, None) is None:
            text = f"no handler {name}"
            raise Refused(Code.NOT_FOUND, text, reason="no_such_handler", field="handler")
        return 3

    async def try_out(self, handler: str, peer: str, text: str) -> Reply | None:
        return Reply(f"{handler} heard {text} from {peer}") if text else None

    async def waiting(self) -> Waiting:
        return Waiting(queued=3, scheduled=1, held=0, oldest_at=datetime(2026, 1, 2, tzinfo=UTC))

    async def purge(self, older_than: float) -> int:
        self.purged.append(older_than)
        return 7

    async def trouble(self) -> str | None:
        return None

    async def backup(self, path: str) -> None:
        self.backups.append(path)


def failed(message: Message) -> Message:
    """The message as it looks when the network refused it."""
    failure = Failure("unassigned_number", "Unassigned number", cms=1)
    return msgspec.structs.replace(message, state=State.FAILED, error=failure)
