"""Events without a gap: read back from where a client left off, then as they happen.

A `Follower` is either *reading back* (a task reads pages of the log and writes them as fast as the client reads) or
*live* (an event is written when it is told). It begins reading back, becomes live when the log has nothing more, and
reads back again whenever the next event told is not the one after the last written: because the client was slow, so
that writing would have piled up, or because something was told meanwhile. So nothing is lost, nothing comes twice,
and nothing waits in memory.
"""

import asyncio
from collections.abc import Callable

from gsmd.api.backend import EventLog
from gsmd.api.connection import Connection, ConnectionGone
from gsmd.protocol.events import Event

PAGE = 200
"""Events that are read back at once."""


class Follower:
    """Tells one client of every event behind a number."""

    def __init__(
        self, connection: Connection, log: EventLog, after: int, tell: Callable[[Event], None]
    ) -> None:
        self._connection = connection
        self._log = log
        self._last = after
        """The number of the last event that was written."""
        self._newest = after
        """The number of the newest event that was told."""
        self._tell = tell
        self._reading: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to read back."""
        if self._reading is None and not self._closed:
            self._reading = asyncio.get_running_loop().create_task(self._read_back())
            self._reading.add_done_callback(self._has_read_back)

    def close(self) -> None:
        """Tell no more."""
        self._closed = True
        if self._reading is not None:
            self._reading.cancel()

    def event(self, event: Event) -> None:
        """One was told."""
        if event.seq is None:  # it is nowhere to be read back from
            if not self._connection.congested:
                self._tell(event)
            return
        self._newest = max(self._newest, event.seq)
        if self._reading is not None or event.seq <= self._last:
            return
        if event.seq == self._last + 1 and not self._connection.congested:
            self._last = event.seq
            self._tell(event)
        else:
            self.start()

    async def _read_back(self) -> None:
        while page := await self._log.since(self._last, PAGE):
            for event in page:
                assert event.seq is not None
                await self._connection.writable()
                self._last = event.seq
                self._tell(event)

    def _has_read_back(self, task: asyncio.Task[None]) -> None:
        self._reading = None
        if task.cancelled() or self._closed:
            return
        error = task.exception()
        if error is None and self._newest > self._last:
            self.start()  # it was told after the last page was read
        elif error is not None and not isinstance(error, ConnectionGone):
            raise error
