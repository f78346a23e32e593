"""One client's connection on the wire: lines in, lines out, and a bound on everything that waits.

A client that asks faster than it reads its answers is not read from until it
has caught up; what else could be lost on it is told how much it lost.
"""

import asyncio
import select
from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

from gsmd.api.fairness.fair_queue import FairQueue
from gsmd.api.fairness.usage import NOTHING_SAID, TOO_LONG, ServiceClass, Usage
from gsmd.protocol import jsonrpc
from gsmd.protocol.jsonrpc import ErrorResponse, Item, Notification, Request, Response

WRITE_BUFFER = 1 << 18
"""Octets that may wait for the client to read before nothing more is begun for it."""

TURN = 0.001
"""Seconds that one client's lines may take before others have their turn."""

AT_ONCE = 8
"""Requests of one client that are begun before others have their turn."""

LONG_LINE = 1 << 14
"""Octets of a line from which on it is read in slices."""

CHUNK = 1 << 16
"""Octets that are taken from a client at once."""

_GONE_CHECK = 5.0
"""Seconds between looks at a client that has shut down its writing side: nothing tells when it leaves."""

Read = Item | list[Item]
"""The content of a line."""

Question = asyncio.Future[Response | ErrorResponse]
"""A request of ours to a client: its answer, or `ConnectionGone`."""


class ConnectionGone(Exception):
    """The client is no longer there."""


class Reader(Protocol):
    """The receiver of the lines of one connection."""

    @property
    def has_room(self) -> bool:
        """Another line may be begun."""
        ...

    @property
    def idle(self) -> bool:
        """True if nothing is going on that the client wants to be told of."""
        ...

    def begin(self, item: Read) -> bool:
        """Take what stood on a line; false, if it is nonsense.

        `Connection.proceed` is to be called when something has ended.
        """
        ...

    def half_closed(self) -> None:
        """The client will send nothing more, answers included."""
        ...

    def caught_up(self) -> None:
        """The client has read what waited for it."""
        ...

    def closed(self) -> None:
        """The client is gone."""
        ...


class Host(Protocol):
    """The server that lets connections in."""

    @property
    def buffer(self) -> memoryview:
        """The buffer for what is read: taken out before anything else is read, so one serves all."""
        ...

    def opened(self, connection: "Connection") -> Reader | ErrorResponse: ...


class Connection(asyncio.BufferedProtocol):
    """A connected client. Lines wait in ``_unread`` while its `Reader` has no room, or for their turn."""

    def __init__(self, host: Host, turns: FairQueue, usage: Usage) -> None:
        self._host = host
        self.usage = usage
        self._turns = turns
        self._reader: Reader | None = None
        self.transport: asyncio.Transport
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._splitter = jsonrpc.LineSplitter()
        self._unread: deque[bytes] = deque()
        self._slices: Iterator[Read | None] | None = None
        self._buffer = host.buffer
        self._began = 0.0
        self._queued = False
        self._eof = False
        self._overflow = False
        self._writable = asyncio.Event()
        self._writable.set()
        self._questions: dict[str, Question] = {}
        self._asked = 0

    # Writing

    @property
    def congested(self) -> bool:
        """The client does not keep up with reading."""
        return not self._writable.is_set()

    def send(self, line: bytes) -> None:
        """Write one object, whatever waits already."""
        if not self.transport.is_closing():
            self.transport.write(line + b"\n")

    async def writable(self) -> None:
        """Wait until the client keeps up. Errors: `ConnectionGone`."""
        await self._writable.wait()
        if self.lost.done():
            raise ConnectionGone

    def ask(self, method: str, params: Any) -> Question:
        """Send a request to the client."""
        question: Question = asyncio.get_running_loop().create_future()
        if self.transport.is_closing() or self._eof:
            question.set_exception(ConnectionGone())
            return question
        self._asked += 1
        id_ = f"d{self._asked}"
        self._questions[id_] = question
        question.add_done_callback(lambda _: self._questions.pop(id_, None))
        self.send(jsonrpc.encode(Request(id_, method, params)))
        return question

    def answered(self, answer: Response | ErrorResponse) -> bool:
        """Take the client's answer; false, if nothing was asked under its id (any more)."""
        question = self._questions.get(answer.id) if isinstance(answer.id, str) else None
        if question is None or question.done():
            return False
        question.set_result(answer)
        return True

    # Reading

    @property
    def standing(self) -> ServiceClass:
        """The class of service that the client gets now."""
        return self.usage.standing(self._turns.clock())

    def spend(self, seconds: float, *, wasted: bool = False) -> None:
        """The client has kept the loop busy for so long."""
        now = self._turns.clock()
        self._turns.account(self.usage.standing(now), seconds, self.usage)
        if wasted:
            self.usage.waste(seconds, now)
        else:
            self.usage.use(seconds, now)

    def cost(self, seconds: float) -> None:
        """Threads were busy for the client for so long."""
        self.usage.use(seconds, self._turns.clock())

    def proceed(self) -> None:
        """Begin what there is room for, read on if nothing waits, close if nothing can come."""
        if self._reader is None or self._queued:
            return
        if not self._ready(self._reader):
            self._go_on_reading()
        elif self._turns.free(self.standing, self.usage):
            self._take_turn(self._reader)
        else:
            self._wait_for_turn()

    def _ready(self, reader: Reader) -> bool:
        """There is something to be begun, and room for it."""
        return (
            bool(self._unread or self._slices is not None)
            and reader.has_room
            and not self.congested
        )

    def _wait_for_turn(self) -> None:
        self._queued = True
        self._pause()
        self._turns.wait(self.standing, self._turn_has_come)

    def _turn_has_come(self) -> None:
        self._queued = False
        if self._reader is not None:
            self._take_turn(self._reader)

    def _take_turn(self, reader: Reader) -> None:
        began, nonsense, calls = self._turns.work(), False, 0
        spent = 0.0
        while self._ready(reader) and calls < AT_ONCE and spent < TURN:
            item = self._next()
            if item is not None:
                nonsense |= not reader.begin(item)
                calls += isinstance(item, Request | Notification | list)
            spent = self._turns.work() - began
        self.usage.proven |= bool(calls)
        self.spend(spent, wasted=nonsense)
        if nonsense and self.lost.done():
            self._unread.clear()  # nobody is told any more
        if self._ready(reader):
            self._wait_for_turn()
        else:
            self._go_on_reading()

    def _next(self) -> Read | None:
        """The content of the next line, or None if it takes longer to find out."""
        if self._slices is None:
            line = self._unread.popleft()
            if len(line) < LONG_LINE:
                return jsonrpc.decode(line)
            self._slices = jsonrpc.decode_in_slices(line)
        item = next(self._slices)
        if item is not None:
            self._slices = None
        return item

    def _go_on_reading(self) -> None:
        if self._unread or self._slices is not None:
            self._pause()
        elif self._overflow or self._eof:
            self._end()
        else:
            self.transport.resume_reading()

    def stop_reading(self) -> None:
        """Take nothing more from the client."""
        self._pause()
        self._unread.clear()

    def _pause(self) -> None:
        if not self._eof:  # a paused transport that resumes would see the end twice
            self.transport.pause_reading()

    def _end(self) -> None:
        assert self._reader is not None
        if self._overflow:
            self._pause()
        if not self._reader.idle:
            return
        if self._overflow and not self.transport.is_closing():
            self.send(jsonrpc.encode(jsonrpc.too_long()))
        self.transport.close()

    def _look_whether_left(self) -> None:
        # with its writing side shut down a client that leaves is silent: only POLLHUP tells (unix(7), poll(2))
        if self.transport.is_closing():
            return
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket").fileno(), 0)
        if poll.poll(0):
            self.transport.abort()
        else:
            asyncio.get_running_loop().call_later(_GONE_CHECK, self._look_whether_left)

    def _take_what_has_come(self) -> None:
        """An answer that has arrived counts."""
        if self._reader is not None and self._ready(self._reader):
            self._take_turn(self._reader)

    # asyncio.BufferedProtocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=WRITE_BUFFER)
        reader = self._host.opened(self)
        if isinstance(reader, ErrorResponse):
            self.send(jsonrpc.encode(reader))
            transport.close()
        else:
            self._reader = reader

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 -- it is never known
        self._began = self._turns.work()
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        lines, overflow = self._splitter.feed(bytes(self._buffer[:nbytes]))
        self._unread.extend(lines)
        if overflow and not self._overflow:
            self._overflow = True
            self.usage.waste(TOO_LONG, self._turns.clock())
        self.spend(self._turns.work() - self._began)
        if self._queued or self._turns.free(self.standing, self.usage):
            self.proceed()
        else:
            self._wait_for_turn()

    def eof_received(self) -> bool:
        self._eof = True
        last = self._splitter.finish()
        if last is not None:
            self._unread.append(last)
        if self._reader is not None:
            self._reader.half_closed()
        self.proceed()
        self._look_whether_left()
        return True  # what was asked is still answered

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()
        if self._reader is not None:
            self._reader.caught_up()
        self.proceed()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- how it went does not matter
        self.lost.set_result(None)
        self._writable.set()
        self._take_what_has_come()
        for question in list(self._questions.values()):
            if not question.done():
                question.set_exception(ConnectionGone())
        if not self.usage.proven:
            self.usage.waste(NOTHING_SAID, self._turns.clock())
        if self._reader is not None:
            self._reader.closed()
