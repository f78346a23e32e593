"""From sockets to requests: uvicorn's HTTP/1.1 protocol (h11), with bounds on time and number around it.

Theory of operation. uvicorn's own server wakes ten times a second and takes the signals; the process has both already, so
only its protocol is used. What it lacks is here: a connection has `HEAD_SECONDS` for the head of a request, from
its first octet or its opening on; an answer that nobody takes for `STALLED` seconds ends it; there are at
most `CONNECTIONS`, and of one address at most `OF_ONE`. A head is at most `HEAD` octets.

Draining: the listening sockets close, requests under way are answered, what is idle is closed.
"""

import asyncio
import contextlib
import logging
import os
import socket
import ssl
from collections import Counter
from collections.abc import Sequence
from email.utils import formatdate

import h11
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gsmd.config.network import Endpoint, TlsFiles
from gsmd.gateways.gateway import CannotServe
from gsmd.gateways.web.answer_line import AnswerLine
from gsmd.gateways.web.door.guard import HEAD
from gsmd.gateways.web.uvicorn_parts import H11Protocol, ServerState, UvicornConfig
from gsmd.process import listening

log = logging.getLogger(__name__)

HEAD_SECONDS = 10.0
"""Seconds for a request's head."""

KEEP_ALIVE = 30
"""Seconds that a connection stays open for the next request."""

STALLED = 60.0
"""Seconds that an answer may lie about without anybody taking any of it."""

CONNECTIONS = 512
"""Connections at once."""

OF_ONE = 256
"""Connections at once of one address; a proxy has one address."""

_HANDSHAKE = 10.0

_BACKLOG = 256


class Bounds:
    """The connections there are. ``accepted`` is how many there were in all."""

    def __init__(self) -> None:
        self.count = 0
        self.accepted = 0
        self.by_address: Counter[str] = Counter()

    def admit(self, address: str) -> bool:
        """True if there is room for one more connection of this address."""
        if self.count >= CONNECTIONS or (address and self.by_address[address] >= OF_ONE):
            return False
        self.count += 1
        self.accepted += 1
        self.by_address[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One connection fewer."""
        self.count -= 1
        self.by_address[address] -= 1
        if not self.by_address[address]:
            del self.by_address[address]


class Protocol(H11Protocol):
    """One connection."""

    def __init__(self, config: UvicornConfig, state: ServerState, bounds: Bounds) -> None:
        self._line = AnswerLine()
        super().__init__(config, state, {"line": self._line})
        self._bounds = bounds
        self._admitted = False
        self._address = ""
        self._head: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._line.open(transport)
        self._address = self.client[0] if self.client else ""
        self._admitted = self._bounds.admit(self._address)
        if self._admitted:
            self._await_head()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timers()
        self._line.lost(exc)
        if self._admitted:
            self._admitted = False
            self._bounds.leave(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head is None and self.conn.their_state is h11.IDLE:
            self._await_head()
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE and self._head is not None:
            self._head.cancel()
            self._head = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(STALLED, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        super().resume_writing()

    def _await_head(self) -> None:
        self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _cancel_timers(self) -> None:
        for timer in (self._head, self._stall):
            if timer is not None:
                timer.cancel()
        self._head = self._stall = None


class Serving:
    """Serves ``app`` at sockets."""

    def __init__(self, app: ASGIApp) -> None:
        self._state = ServerState()
        self._bounds = Bounds()
        self._config = UvicornConfig(
            _dated(app),
            http=H11Protocol,
            ws="none",
            lifespan="off",
            loop="none",
            interface="asgi3",
            log_config=None,
            access_log=False,  # it would log query strings
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            h11_max_incomplete_event_size=HEAD,
        )
        logging.getLogger("uvicorn").setLevel(logging.ERROR)
        logging.getLogger("uvicorn.access").propagate = False
        self._servers: list[asyncio.Server] = []
        self._accepted = 0

    def was_used(self) -> bool:
        """True if there is a connection, or was one since this was asked last."""
        before, self._accepted = self._accepted, self._bounds.accepted
        return bool(self._state.connections or self._state.tasks) or before != self._accepted

    async def start(self, sockets: Sequence[socket.socket], tls: ssl.SSLContext | None) -> None:
        """Accept connections at these sockets."""
        self._config.load()
        loop = asyncio.get_running_loop()
        for sock in sockets:
            handshake = _HANDSHAKE if tls is not None else None
            server = await loop.create_server(
                lambda: Protocol(self._config, self._state, self._bounds),
                sock=sock,
                ssl=tls,
                backlog=_BACKLOG,
                ssl_handshake_timeout=handshake,
            )
            self._servers.append(server)

    async def drain(self) -> None:
        """Accept no more, and wait until what is under way has been answered."""
        for server in self._servers:
            server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        while self._state.tasks:
            await asyncio.wait(set(self._state.tasks))
            await asyncio.sleep(0)

    def close(self) -> None:
        """End what connections there are."""
        for server in self._servers:
            server.close()
        for task in list(self._state.tasks):
            task.cancel()
        for connection in list(self._state.connections):
            if connection.transport is not None:
                connection.transport.abort()


def _dated(app: ASGIApp) -> ASGIApp:
    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_date(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = (b"date", formatdate(usegmt=True).encode())
                message = {**message, "headers": [date, *message.get("headers", ())]}
            await send(message)

        await app(scope, receive, with_date)

    return dated


def open_sockets(endpoint: Endpoint) -> list[socket.socket]:
    """Listening sockets for an address. Errors: `CannotServe`."""
    try:
        if endpoint.path is not None:
            mode = 0o660
            return [listening.listen(endpoint.path, group=os.getegid(), mode=mode)]
        flags = socket.AI_PASSIVE
        found = socket.getaddrinfo(
            endpoint.host or None, endpoint.port, type=socket.SOCK_STREAM, flags=flags
        )
        return [_listen(family, address) for family, _, _, _, address in dict.fromkeys(found)]
    except listening.CannotListen as error:
        raise CannotServe(str(error)) from error
    except OSError as error:
        text = f"cannot listen on {endpoint}: {error.strerror or error}"
        raise CannotServe(text) from error


def _listen(family: int, address: object) -> socket.socket:
    # asyncio switches Nagle's algorithm off only where it is told the protocol: else answers wait 40 ms
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)  # type: ignore[arg-type] # of the family that getaddrinfo said
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def tls_context(files: TlsFiles | None) -> ssl.SSLContext | None:
    """TLS by these files, None without. Errors: `CannotServe`."""
    if files is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    load_certificate(context, files)
    return context


def load_certificate(context: ssl.SSLContext, files: TlsFiles) -> None:
    """Show this certificate to whoever connects from now on. Errors: `CannotServe`: then it is still the former."""
    try:
        context.load_cert_chain(files.certificate, files.key_file)
    except (OSError, ssl.SSLError) as error:
        where = f"{files.certificate}, {files.key_file}"
        raise CannotServe(f"the certificate cannot be used ({where}): {error}") from error


def remove(endpoint: Endpoint) -> None:
    """Take away the file of a Unix socket."""
    if endpoint.path is not None:
        with contextlib.suppress(OSError):
            endpoint.path.unlink()
