"""A daemon without modems and without a store: what is behind the socket, as far as the socket cares."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from gsmd.api.backend import Worker
from gsmd.core.requests import (
    Code,
    DeadLetter,
    DeliveryRecord,
    EventRecord,
    HandlerStatus,
    MessageQuery,
    Page,
    PartRecord,
    Refused,
    SendRequest,
    Story,
    Waiting,
)
from gsmd.core.waiting import reached
from gsmd.handlers.base import Delivery, HandlerError, HandlerGone
from gsmd.message import Direction, Failure, Kind, Message, Reply, State
from gsmd.modem.state import ModemState
from gsmd.modem.status import Counters, ModemStatus, StorageUse
from gsmd.store.ledger import Event, EventBus

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


class FakeBackend:
    """Accepts what looks like a number, keeps everything in memory, and tells what happened to it."""

    def __init__(self) -> None:
        self.events = FakeBus(self.changed)
        self.twoway: Any = None  # tests/twoway has the real one
        self.messages: dict[str, Message] = {}
        self.requests: list[SendRequest] = []
        self.queries: list[MessageQuery] = []
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
        message = a_message(id_ or f"i{len(self.messages) + 1}", text=text, **fields)
        self.messages[message.id] = message
        for queue in self.queues.values():
            queue.add(message)
        for tail in tuple(self.tails):
            tail(message)
        self.happen("message.received", id=message.id, state="received")
        return message

    def become(self, id_: str, state: State, **fields: Any) -> Message:
        """An outbound message goes on."""
        changed = msgspec.structs.replace(self.messages[id_], state=state, **fields)
        self.messages[id_] = changed
        self.happen(f"message.{state}", id=id_, state=str(state))
        return changed

    def happen(self, type_: str, **fields: Any) -> None:
        self.events.emit(Event(type_, AT, fields))
        self.changed()

    # what the socket asks for

    async def send(self, request: SendRequest) -> Message:
        if self.defect is not None:
            raise self.defect
        if not request.to.lstrip("+").isdigit():
            raise Refused(Code.INVALID, "not a number", reason="bad_number", field="to")
        if request.text == "":
            raise Refused(Code.INVALID, "empty text", reason="empty", field="text")
        if request.key in self._keys:
            return self.messages[self._keys[request.key]]
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
        self.messages[message.id] = message
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
        if id_ not in self.messages:
            raise Refused(Code.NOT_FOUND, f"no message {id_}", reason="no_such_message", field="id")
        return self.messages[id_]

    async def show(self, id_: str) -> Story:
        message = await self.get(id_)
        return Story(
            message=message,
            parts=self.parts.get(
                id_, [PartRecord(sequence=1, state="sent", pdu="0001", modem="north")]
            ),
            events=[EventRecord(at=AT, type="message.queued", detail={"state": "queued"})],
            deliveries=[
                DeliveryRecord(handler="crm", state="done", attempts=1, error=None, updated_at=AT)
            ],
        )

    async def list(self, query: MessageQuery) -> Page:
        self.queries.append(query)
        if not (query.after or "0").isdecimal():
            raise Refused(Code.INVALID, "no cursor of ours", reason="bad_cursor", field="after")
        await self._pass_gate()
        first = int(query.after or 0)
        found = [
            message
            for message in reversed(self.messages.values())
            if query.direction in (None, message.direction) and query.peer in (None, message.peer)
        ]
        last = first + query.limit
        page = found[first:last]
        return Page(
            page,
            str(last) if last < len(found) else None,
            {each.id: "no network" for each in page} if query.reasons else None,
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
                await self.until(lambda: reached(self.messages[id_], state))
        except TimeoutError:
            raise Refused(Code.TIMEOUT, "still waiting", reason="timeout") from None
        finally:
            self.gated -= 1
            self.changed()
        return self.messages[id_]

    async def subscribe(self, handler: str, worker: Worker, from_: str | None) -> int:
        if handler == "hook":
            raise Refused(Code.CONFLICT, "it is no socket", reason="not_a_socket", field="handler")
        new = handler not in self.queues
        queue = self.queue(handler)
        if new and from_ == "beginning":
            queue.pending.extend((message, 1) for message in self.messages.values())
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

    def modems(self) -> Sequence[Any]:
        return [modem.status() for modem in self.fleet.values()]

    def modem(self, name: str) -> FakeModem:
        if name not in self.fleet:
            text = f"no modem {name}"
            raise Refused(Code.NOT_FOUND, text, reason="no_such_modem", field="modem")
        return self.fleet[name]

    async def handlers(self) -> Sequence[HandlerStatus]:
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
    ) -> Sequence[DeadLetter]:
        return [letter for letter in self.letters if handler in (None, letter.handler)][:limit]

    async def redrive(self, handler: str | None, id_: str | None) -> int:
        return sum(
            handler in (None, letter.handler) and id_ in (None, letter.message.id)
            for letter in self.letters
        )

    async def remove_handler(self, name: str) -> int:
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

    async def store_trouble(self) -> str | None:
        return None

    async def backup(self, path: str) -> None:
        self.backups.append(path)


def failed(message: Message) -> Message:
    """The message as it looks when the network refused it."""
    failure = Failure("unassigned_number", "Unassigned number", cms=1)
    return msgspec.structs.replace(message, state=State.FAILED, error=failure)
