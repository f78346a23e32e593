"""The Unix socket: listens, lets clients in, and sees them off."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from gsmd.api import access, own_methods
from gsmd.api.backend import Backend
from gsmd.api.connection import CHUNK, Connection
from gsmd.api.dispatch import Dispatcher
from gsmd.api.encoding import Encoder
from gsmd.api.fairness.acceptor import Acceptor
from gsmd.api.fairness.fair_queue import FairQueue
from gsmd.api.fairness.usage import NO_ROOM, Process, Processes, Usage
from gsmd.api.session import Session
from gsmd.clock import Clock, SystemClock
from gsmd.config import AccessRule, SocketConfig
from gsmd.process import listening
from gsmd.protocol.errors import Code
from gsmd.protocol.jsonrpc import ErrorObject, ErrorResponse
from gsmd.protocol.method import Role

log = logging.getLogger(__name__)

CONNECTIONS = 512
"""Connections at once."""

RESERVED = 8
"""The number of connections that only administrators may have, so that there is always a way in."""

GRACE = 5.0
"""Seconds that clients get to read their last answers when the server closes."""


class Server:
    """JSON-RPC for local programs. `start`, then `close`.

    Errors of the constructor: KeyError for a user or group that does not exist; of `start`: `CannotListen`.
    """

    def __init__(
        self,
        backend: Backend,
        config: SocketConfig,
        rules: Iterable[AccessRule] | None = None,
        *,
        clock: Clock | None = None,
        connections: int = CONNECTIONS,
        carries: Iterable[str] = (),
    ) -> None:
        self.backend = backend
        self.path = Path(config.path)
        self.dispatcher = Dispatcher((*own_methods.METHODS, *backend.methods()))
        self.encoder = Encoder()
        self.buffer = memoryview(bytearray(CHUNK))
        self._mode = config.mode
        self._group = listening.group_id(config.group)
        self._access = access.Access(rules, socket_group=self._group, carries=carries)
        self._clock = clock or SystemClock()
        self._started = self._clock.monotonic()
        self._most = connections
        self._doors: list[Acceptor] = []
        self._processes = Processes()
        self.turns: FairQueue
        self._closing = False
        self._sessions: set[Session] = set()
        self._file: os.stat_result | None = None

    @property
    def uptime(self) -> float:
        """Seconds since the server was made."""
        return (self._clock.monotonic() - self._started) / 1000

    @property
    def connections(self) -> int:
        """The number of clients that are connected, or have gone and left something to be done."""
        return len(self._sessions)

    def grant(self, rules: Iterable[AccessRule] | None) -> None:
        """New rules, for every request from now on. Errors: KeyError as above."""
        self.granting(rules)()

    def granting(
        self, rules: Iterable[AccessRule] | None, carries: Iterable[str] = ()
    ) -> Callable[[], None]:
        """A function that makes these rules hold, once it is called. Errors: KeyError as above."""
        granted = access.Access(rules, socket_group=self._group, carries=carries)

        def grant() -> None:
            self._access = granted
            for session in self._sessions:
                session.roles = granted.roles(session.caller)

        return grant

    async def start(self) -> None:
        """Listen: on systemd's sockets, if it handed over any, else at the configured path."""
        sockets = listening.activated()
        if not sockets:
            sockets = [listening.listen(self.path, group=self._group, mode=self._mode)]
            self._file = self.path.stat()
        loop = asyncio.get_running_loop()
        self.turns = FairQueue(loop.time, time.thread_time, loop.call_later)
        for sock in sockets:
            door = Acceptor(sock, self.turns, self._processes, self._meet)
            self._doors.append(door)
            door.open()
        log.info("listening on %s", self.path)

    async def close(self, grace: float = GRACE) -> None:
        """Take nothing more, answer what was asked, and close. Takes at most twice ``grace`` seconds."""
        self._closing = True
        self._remove_file()
        for door in self._doors:
            await door.close()
        self._doors.clear()
        await asyncio.gather(*(self._see_off(session, grace) for session in self._sessions))

    async def _see_off(self, session: Session, grace: float) -> None:
        connection = session.connection
        await session.drain(grace)
        connection.transport.close()
        await asyncio.wait({connection.lost}, timeout=grace)
        connection.transport.abort()
        await connection.lost

    def _remove_file(self) -> None:
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            # somebody else's may stand there by now
            if os.path.samestat(self.path.lstat(), self._file):
                self.path.unlink()

    # What a connection asks of us

    def _meet(self, process: Process) -> Connection:
        return Connection(self, self.turns, Usage(process, self.turns.clock()))

    def opened(self, connection: Connection) -> Session | ErrorResponse:
        """Let a connection in, if there is room."""
        if self._closing:
            return _unwelcome("the daemon is stopping", "stopping")
        caller = access.caller_of(connection.transport.get_extra_info("socket"))
        roles = self._access.roles(caller)
        most = self._most if Role.ADMIN in roles else self._most - RESERVED
        if len(self._sessions) >= most:
            connection.usage.waste(NO_ROOM, self.turns.clock())
            log.warning("refused a connection of user %s: there are %d", caller.name, most)
            return _unwelcome("too many connections", "too_many_connections")
        session = Session(self, connection, caller, roles)
        self._sessions.add(session)
        return session

    def retired(self, session: Session) -> None:
        """A client is gone, and everything that it asked for is done."""
        self._sessions.discard(session)


def _unwelcome(message: str, reason: str) -> ErrorResponse:
    return ErrorResponse(None, ErrorObject(Code.CONFLICT, message, {"reason": reason}))
