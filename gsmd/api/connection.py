"""One client's connection on the wire: lines in, lines out, and a bound on everything that waits.

A client that asks faster than it reads its answers is not read from until it
has caught up; what else could be lost on it is told how much it lost.
"""

import asyncio
import select
from collections import deque
from typing import Any, Protocol

from gsmd import jsonrpc
from gsmd.jsonrpc import ErrorResponse, Request, Response

WRITE_BUFFER = 1 << 18
"""Octets that may wait for the client to read before nothing more is begun for it."""

TURN = 0.001
"""Seconds that one client's lines may take before others have their turn."""

REST = 9
"""Who sends nonsense, or lines that take long to read, waits so many times as long as they took."""

_GONE_CHECK = 5.0
"""Seconds between looks at a client that has shut down its writing side: nothing tells when it leaves."""

Question = asyncio.Future[Response | ErrorResponse]
"""What we asked a client: its answer, or `ConnectionGone`."""


class ConnectionGone(Exception):  # noqa: N818 -- it says what happened
    """The client is no longer there."""


class Reader(Protocol):
    """What becomes of the lines of one connection."""

    @property
    def has_room(self) -> bool:
        """Another line may be begun."""
        ...

    @property
    def idle(self) -> bool:
        """Nothing is going on that the client wants to be told of."""
        ...

    def begin(self, line: bytes) -> bool:
        """Take the line; false, if it is nonsense.

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
    """Who lets connections in."""

    def opened(self, connection: "Connection") -> Reader | ErrorResponse: ...


class Connection(asyncio.Protocol):
    """A connected client. Lines wait in ``_unread`` while its `Reader` has no room."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._reader: Reader | None = None
        self.transport: asyncio.Transport
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._splitter = jsonrpc.LineSplitter()
        self._unread: deque[bytes] = deque()
        self._resting = False
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

    def proceed(self) -> None:
        """Begin what there is room for, read on if nothing waits, close if nothing can come."""
        if self._reader is None or self._resting:
            return
        self._take_turn(self._reader)
        if self._unread or self._resting:
            self._pause()
        elif self._overflow or self._eof:
            self._end()
        else:
            self.transport.resume_reading()

    def _take_turn(self, reader: Reader) -> None:
        clock = asyncio.get_running_loop().time
        began, spent, nonsense, costly = clock(), 0.0, False, False
        while self._unread and reader.has_room and not self.congested and spent < TURN:
            nonsense |= not reader.begin(self._unread.popleft())
            before, spent = spent, clock() - began
            costly |= spent - before > TURN / 2
        if nonsense and self.lost.done():
            self._unread.clear()  # nobody is told any more
        if spent >= TURN:
            self._rest(REST * spent if nonsense or costly else 0)

    def _rest(self, seconds: float) -> None:
        self._resting = True
        self._pause()
        asyncio.get_running_loop().call_later(seconds, self._go_on)

    def _go_on(self) -> None:
        self._resting = False
        self.proceed()

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

    # asyncio.Protocol

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

    def data_received(self, data: bytes) -> None:
        lines, self._overflow = self._splitter.feed(data)
        self._unread.extend(lines)
        self.proceed()

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
        self.proceed()  # an answer that has arrived counts
        for question in list(self._questions.values()):
            if not question.done():
                question.set_exception(ConnectionGone())
        if self._reader is not None:
            self._reader.closed()
