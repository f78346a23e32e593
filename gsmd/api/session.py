"""One client's requests: who may ask what, side by side, each with exactly one answer."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from gsmd.api.access import Caller
from gsmd.api.backend import Backend
from gsmd.api.connection import Connection, ConnectionGone, Read
from gsmd.api.dispatch import Dispatcher, ResultThen, only_tells
from gsmd.api.encoding import Encoder
from gsmd.api.fairness.fair_queue import FairQueue
from gsmd.api.fairness.metering import metered
from gsmd.api.fairness.usage import ServiceClass
from gsmd.api.subscriptions import Subscriptions
from gsmd.protocol import jsonrpc
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.jsonrpc import (
    ErrorObject,
    ErrorResponse,
    Malformed,
    Notification,
    Request,
    Response,
)
from gsmd.protocol.method import Role

log = logging.getLogger(__name__)

T = TypeVar("T")

IN_FLIGHT = 64
"""Lines of one connection that are worked on at once; more wait, unread."""

REST = 2
"""After a big answer the next one waits so many times as long as that took."""

LONGEST_REST = 0.5
"""But no longer than so many seconds: it may have taken long because of others."""

IN_BATCH = 16
"""Requests of one batch that are worked on at once."""

BATCH_ANSWER_LIMIT = 8 << 20
"""Octets of answers to one batch; what has not begun when they are reached is refused."""


class Answer(NamedTuple):
    """An encoded answer, and what may happen only once it is on its way."""

    line: bytes
    after: Callable[[], None] | None = None


class Host(Protocol):
    """The server that let a session in, as far as the session needs it."""

    backend: Backend
    dispatcher: Dispatcher
    encoder: Encoder
    turns: FairQueue
    path: Path

    @property
    def uptime(self) -> float:
        """Seconds since the server was made."""
        ...

    def retired(self, session: "Session") -> None:
        """A client is gone, and everything that it asked for is done."""
        ...


class Session:
    """The rights, requests and subscriptions of one connection."""

    def __init__(
        self, server: Host, connection: Connection, caller: Caller, roles: frozenset[Role]
    ) -> None:
        self.server = server
        self.connection = connection
        self.caller = caller
        self.roles = roles
        self.subscriptions = Subscriptions(server.backend, connection, server.encoder)
        self._big = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    # What the connection asks of us

    @property
    def has_room(self) -> bool:
        return len(self._running) < IN_FLIGHT

    @property
    def idle(self) -> bool:
        return not self._running and not self.subscriptions.active

    def begin(self, item: Read) -> bool:
        match item:
            case Response() | ErrorResponse() as answer:
                self._answered(answer)
            case Malformed(answer=answer):
                self.connection.send(jsonrpc.encode(answer))
                return False
            case Request() | Notification() as call:
                self._start(self._one(call))
            case batch:
                self._start(self._batch(batch))
                return not any(isinstance(item, Malformed) for item in batch)
        return True

    def half_closed(self) -> None:
        self.subscriptions.close_handlers()

    def caught_up(self) -> None:
        self.subscriptions.caught_up()

    def closed(self) -> None:
        self.subscriptions.close()
        self._retire()

    # What the methods ask of us (`gsmd.api.dispatch.Caller`)

    @property
    def user(self) -> str:
        """The name of the user whose process it is."""
        return self.caller.name

    def may(self, role: Role) -> bool:
        """True if the caller has a role."""
        return role in self.roles

    async def while_connected(self, waiting: Coroutine[Any, Any, T]) -> T:
        """Wait no longer than the client does. Errors: `ConnectionGone`."""
        task = asyncio.ensure_future(waiting)
        try:
            either: set[asyncio.Future[Any]] = {task, self.connection.lost}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            task.cancel()
        raise ConnectionGone

    @asynccontextmanager
    async def big_answer(self) -> AsyncIterator[None]:
        """One big answer at a time, with a rest in between: memory and processor are for all.

        Errors: `ConnectionGone`.
        """
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            await self._big.acquire()
            began = loop.time()
            try:
                if self.connection.standing is not ServiceClass.LIGHT:
                    await stack.enter_async_context(self.server.turns.big)
                await self.connection.writable()
                began = loop.time()
                yield
            finally:
                rest = self._after_big_answer(loop.time() - began)
                loop.call_later(rest, self._big.release)

    def _after_big_answer(self, took: float) -> float:
        """The time in seconds that the client has to wait for its next big answer."""
        self.connection.cost(took)
        factor = max(REST, self._rest(took))
        return 0 if self.connection.lost.done() else min(factor * took, LONGEST_REST)

    def _rest(self, took: float) -> float:
        connection = self.connection
        return self.server.turns.rest(connection.standing, took, connection.usage)

    async def drain(self, grace: float) -> None:
        """Begin nothing more, and let what runs end, for at most ``grace`` seconds."""
        self.connection.stop_reading()
        self.subscriptions.close()
        if running := set(self._running):
            await asyncio.wait(running, timeout=grace)
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    # Requests

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(self._metered(work))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _metered(self, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        return metered(work, self.connection.spend, self.server.turns.work)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a request broke off", exc_info=error)
        self.connection.proceed()
        self._retire()

    def _retire(self) -> None:
        """The client is gone, and nothing that it asked for is under way any more."""
        if self.connection.lost.done() and not self._running:
            self.server.retired(self)

    def _answered(self, answer: Response | ErrorResponse) -> None:
        if not self.connection.answered(answer):
            log.debug("an answer to nothing that is open: id %r", answer.id)

    def _pointless(self, item: jsonrpc.Item) -> bool:
        """The client has gone, and nothing but an answer could come of it."""
        if not self.connection.lost.done():
            return False
        return not isinstance(item, Request | Notification) or only_tells(item.method)

    async def _one(self, call: Request | Notification) -> None:
        if self._pointless(call):
            return
        answer = await self._answer(call)
        if answer is not None:
            self._say(answer)

    def _say(self, answer: Answer) -> None:
        self.connection.send(answer.line)
        if answer.after is not None:
            answer.after()

    async def _answer(self, call: Request | Notification) -> Answer | None:
        """Carry the call out. A notification has no answer, not even an error (§4.1)."""
        after = None
        try:
            result = await self.server.dispatcher.call(self, call.method, call.params)
            if isinstance(result, ResultThen):
                result, after = result
            if isinstance(call, Request):
                return Answer(jsonrpc.encode(Response(call.id, result)), after)
        except ConnectionGone:
            return None
        except Exception as error:  # noqa: BLE001 -- error_object logs what is a defect
            if isinstance(call, Request):
                return Answer(jsonrpc.encode(ErrorResponse(call.id, error_object(call, error))))
            error_object(call, error)
        if after is not None:
            after()
        return None

    async def _batch(self, batch: list[Any]) -> None:
        """Answer a batch with one array, in its order; with nothing, if nothing in it wants an answer (§6)."""
        answers: list[Answer | None] = [None] * len(batch)
        waiting = iter(enumerate(batch))
        size = 0

        async def some() -> None:
            nonlocal size
            for place, item in waiting:
                if self._pointless(item):
                    continue
                answer = await self._in_batch(item, full=size > BATCH_ANSWER_LIMIT)
                if answer is not None:
                    answers[place] = answer
                    size += len(answer.line)
                await self.server.turns.turn(self.connection.standing)

        workers = range(min(IN_BATCH, len(batch)))
        await asyncio.gather(*(self._metered(some()) for _ in workers))
        given = [answer for answer in answers if answer is not None]
        if given:
            self.connection.send(jsonrpc.encode_batch([answer.line for answer in given]))
        for answer in given:
            if answer.after is not None:
                answer.after()

    async def _in_batch(self, item: jsonrpc.Item, *, full: bool) -> Answer | None:
        match item:
            case Response() | ErrorResponse():
                self._answered(item)
                return None
            case Malformed(answer=answer):
                return Answer(jsonrpc.encode(answer))
        return _too_much(item) if full else await self._answer(item)


def _too_much(call: Request | Notification) -> Answer | None:
    if isinstance(call, Notification):
        return None
    text = f"the answers to this batch are over {BATCH_ANSWER_LIMIT} octets: ask again"
    error = ErrorObject(Code.CONFLICT, text, {"reason": "batch_too_large"})
    return Answer(jsonrpc.encode(ErrorResponse(call.id, error)))


def error_object(call: Request | Notification, error: Exception) -> ErrorObject:
    """The error as the caller is told it; of a defect only that it is one."""
    if isinstance(error, Refused):
        return ErrorObject(error.code, error.message, error.data)
    log.error("%s failed", call.method[:40], exc_info=error)
    data = {"reason": "internal_error"}
    return ErrorObject(Code.INTERNAL_ERROR, "internal error: the daemon's log has it", data)
