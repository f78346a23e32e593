"""Events as server-sent events (HTML §9.2): ``id:`` is an event's ``seq``, ``Last-Event-ID`` goes on behind one, without a gap.

Theory of operation
-------------------

All streams share one subscription at the daemon: the `Hub` hears every event once, encodes it once, and hands it to each
stream whose caller may see it. A stream that begins behind an older event first has a subscription of its own, with ``after``, until
it has what the hub had told; then it joins the hub, in the same turn of the event loop, so that nothing falls in between.

A reader that is slow keeps nobody waiting: its stream holds at most `BEHIND` events; with one more it is cut off, and goes on
with ``Last-Event-ID`` when it comes again. A comment every `HEARTBEAT` seconds keeps proxies from closing a quiet line, and tells
the gateway of readers that are gone.

The daemon goes away: every stream ends, and its reader comes again.

Streams are numbered by what they have: an event that a stream had by its own subscription is not put again by the hub.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from gsmd.client.errors import GsmdError
from gsmd.gateways.web.daemon import Daemon, Tail

STREAMS = 64
"""Streams at the same time."""

BEHIND = 500
"""Events that a stream may be behind."""

HEARTBEAT = 15.0
"""Seconds between two comments on a quiet line."""

Event = Mapping[str, Any]
Sees = Callable[[Event], bool]


def frame(event: Event) -> bytes:
    """One event as it goes over the line."""
    seq = event.get("seq")
    number = b"" if seq is None else b"id: %d\n" % seq
    kind = str(event["type"]).encode()
    return b"%sevent: %s\ndata: %s\n\n" % (number, kind, msgspec.json.encode(event))


class Stream:
    """What one reader has yet to get. ``seen``: the ``seq`` of the last event that was looked at."""

    def __init__(self, sees: Sees, seen: int) -> None:
        self.seen = seen
        self.ended = False
        self.catching_up: asyncio.Task[None] | None = None
        self._sees = sees
        self._waiting: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    def put(self, event: Event, octets: bytes | None = None) -> None:
        """One more event; the stream ends if its reader is too far behind."""
        seq = event.get("seq")
        if seq is not None:
            if seq <= self.seen:
                return
            self.seen = seq
        if self.ended or not self._sees(event):
            return
        if len(self._waiting) >= BEHIND:
            self.end()
            return
        self._waiting.append(octets or frame(event))
        if len(self._waiting) >= BEHIND // 2:
            self._room.clear()
        self._news.set()

    async def room(self) -> None:
        """Return when the reader is not far behind."""
        await self._room.wait()

    def end(self) -> None:
        """Nothing more comes."""
        self.ended = True
        self._waiting.clear()
        self._room.set()
        self._news.set()

    async def get(self, patience: float) -> bytes:
        """What waits, or a comment after so many seconds without anything; empty at the end."""
        if not self._waiting and not self.ended:
            self._news.clear()
            try:
                async with asyncio.timeout(patience):
                    await self._news.wait()
            except TimeoutError:
                return b": still here\n\n"
        octets = b"".join(self._waiting)
        self._waiting.clear()
        self._room.set()
        return octets


class Hub:
    """The one subscription behind all streams; it is there while there is a stream."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._open: set[Stream] = set()
        self._told: set[Stream] = set()
        """Those that have joined: the others catch up."""
        self._hearing: asyncio.Task[None] | None = None
        self._subscribed: asyncio.Future[None] | None = None
        self._newest = 0

    @property
    def count(self) -> int:
        """How many streams there are."""
        return len(self._open)

    async def open(self, sees: Sees, after: int | None) -> Stream:
        """A stream of events from now on, or behind the one of that number. Errors: `GsmdError`."""
        stream = Stream(sees, after or 0)
        self._open.add(stream)
        try:
            await self._hear()
            if after is None or after == self._newest:
                stream.seen = self._newest
                self._told.add(stream)
            else:
                await self._catch_up(stream, after)
        except BaseException:
            self.close(stream)
            raise
        return stream

    async def newest(self) -> int:
        """The ``seq`` behind which whoever looks at something now has to listen, so as to miss nothing. Errors: `GsmdError`.

        There is a subscription from then on, until the next stream has come and gone.
        """
        await self._hear()
        return self._newest

    def tell(self, event: Event) -> None:
        """Tell everybody something that is no event of the daemon's: it has no ``seq``, and nobody catches up with it."""
        octets = frame(event)
        for stream in tuple(self._told):
            stream.put(event, octets)

    def close(self, stream: Stream) -> None:
        """The reader of ``stream`` is gone."""
        stream.end()
        if stream.catching_up is not None:
            stream.catching_up.cancel()
        self._told.discard(stream)
        self._open.discard(stream)
        if not self._open and self._hearing is not None:
            self._hearing.cancel()
            self._hearing = None

    async def _catch_up(self, stream: Stream, after: int) -> None:
        """Begin to catch up. Errors: `GsmdError` if what is behind ``after`` is not kept any more."""
        async with contextlib.AsyncExitStack() as stack:
            tail = await stack.enter_async_context(self._daemon.events(after))
            going_on = stack.pop_all()
        stream.catching_up = asyncio.create_task(self._feed(stream, tail, going_on))

    async def _feed(self, stream: Stream, tail: Tail, stack: contextlib.AsyncExitStack) -> None:
        async with stack:
            try:
                while stream.seen < self._newest and not stream.ended:
                    await stream.room()
                    stream.put(await anext(tail))
            except (GsmdError, StopAsyncIteration):
                stream.end()
            self._told.add(stream)

    async def _hear(self) -> None:
        """Return once there is a subscription. Errors: `GsmdError`."""
        if self._hearing is None or self._hearing.done():
            self._subscribed = asyncio.get_running_loop().create_future()
            self._hearing = asyncio.create_task(self._tell(self._subscribed))
        assert self._subscribed is not None
        await asyncio.shield(self._subscribed)

    async def _tell(self, subscribed: "asyncio.Future[None]") -> None:
        try:
            async with self._daemon.events(None) as tail:
                self._newest = tail.start
                subscribed.set_result(None)
                async for event in tail:
                    self._tell_one(event)
        except GsmdError as error:
            if not subscribed.done():
                subscribed.set_exception(error)
        finally:
            subscribed.cancel()
            for stream in self._open:
                stream.end()

    def _tell_one(self, event: Event) -> None:
        self._newest = event.get("seq") or self._newest
        octets = frame(event)
        for stream in tuple(self._told):
            stream.put(event, octets)
