"""Lets connections in: a few in each round of the loop, and those of unruly processes in their turn.

What waits at the door costs a file descriptor and nothing else: nothing is read from it.
"""

import asyncio
import errno
import logging
import socket
from collections import Counter
from collections.abc import Callable

from gsmd.api import access
from gsmd.api.fairness.fair_queue import FairQueue
from gsmd.api.fairness.usage import NO_ROOM, Process, Processes, ServiceClass

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Connections that are let in in one round of the loop."""

LOOKED_AT = 64
"""Connections that are accepted in one round: a burst from one process must not fill the queue that all share."""

WAITING = 192
"""Connections of one process that may wait to be let in: one that was unruly may behave on all its others."""

ALL_WAITING = 256
"""Connections that may wait there in all."""

AFTER_SHORTAGE = 1.0
"""Seconds without accepting when there are no file descriptors."""

_SHORTAGE = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

Enter = Callable[[Process], asyncio.Protocol | asyncio.BufferedProtocol]
"""Makes what serves a connection of that process."""


class Acceptor:
    """One listening socket, until it is closed."""

    def __init__(
        self, sock: socket.socket, turns: FairQueue, processes: Processes, enter: Enter
    ) -> None:
        self._sock = sock
        self._turns = turns
        self._processes = processes
        self._enter = enter
        self._loop = asyncio.get_running_loop()
        self._waiting: Counter[Process] = Counter()
        self._queue: set[socket.socket] = set()
        self._entering: set[asyncio.Task[object]] = set()
        sock.setblocking(False)  # noqa: FBT003 -- the method's own signature

    def open(self) -> None:
        """Accept connections."""
        if self._sock.fileno() >= 0:
            self._loop.add_reader(self._sock.fileno(), self._accept)

    async def close(self) -> None:
        """Accept no more, let in who is on the way, and send away who waits."""
        if self._sock.fileno() >= 0:
            self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        for sock in self._queue:
            sock.close()
        self._queue.clear()
        await asyncio.gather(*self._entering, return_exceptions=True)

    def _accept(self) -> None:
        let_in = 0
        for _ in range(LOOKED_AT):
            if let_in >= AT_ONCE:
                return
            try:
                sock, _ = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _SHORTAGE:
                    raise
                self._pause(error)
                return
            let_in += self._meet(sock)

    def _pause(self, error: OSError) -> None:
        log.error("no connection can be accepted for a while: %s", error)
        self._loop.remove_reader(self._sock.fileno())
        self._loop.call_later(AFTER_SHORTAGE, self.open)

    def _meet(self, sock: socket.socket) -> bool:
        """False for who has to wait, or to go."""
        sock.setblocking(False)  # noqa: FBT003 -- the method's own signature
        now = self._turns.clock()
        pid, uid, _ = access.credentials(sock)
        process = self._processes.of(pid, uid, now)
        if not process.unruly(now):
            self._let_in(sock, process)
            return True
        if self._waiting[process] < WAITING and len(self._queue) < ALL_WAITING:
            self._keep(sock, process)
        else:
            process.waste(NO_ROOM, now)
            sock.close()
        return False

    def _keep(self, sock: socket.socket, process: Process) -> None:
        self._queue.add(sock)
        self._waiting[process] += 1

        def go() -> None:
            self._waiting[process] -= 1
            self._waiting += Counter()  # drops processes whose count is zero
            if sock in self._queue:
                self._queue.discard(sock)
                self._let_in(sock, process)

        self._turns.wait(ServiceClass.UNRULY, go)

    def _let_in(self, sock: socket.socket, process: Process) -> None:
        entering = self._loop.create_task(
            self._loop.connect_accepted_socket(lambda: self._enter(process), sock)
        )
        self._entering.add(entering)
        entering.add_done_callback(self._entered)

    def _entered(self, task: asyncio.Task[object]) -> None:
        self._entering.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a connection could not be let in", exc_info=error)
