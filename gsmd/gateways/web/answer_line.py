"""Whether an answer came to whoever asked, as far as that can be seen from here.

Theory of operation. HTTP/1.1 has no acknowledgement of an answer, and some interfaces hand out what is not to be had a second
time. But TCP leaves traces. After the whole of an answer our side of the connection is closed, and theirs is waited for:

- They close too, all octets are acknowledged, and there is no error: they have read it. A program that ends, or closes, with
  octets that it has not read sends a reset in place of an end, and one that is not there any more acknowledges nothing.
- Anything else, or an end before the answer was out: they have not.
- They keep the connection open all the same: after `PATIENCE` it counts what is acknowledged.

Of Unix sockets Linux tells the same. Behind a proxy it is the proxy of whom all this is known.
"""

import asyncio
import fcntl
import socket
import struct
import termios
from typing import Protocol

from starlette.requests import Request

PATIENCE = 5.0
"""Seconds in which the other side is to close."""


class Transport(Protocol):
    """What of asyncio's transport is used."""

    def get_extra_info(self, name: str) -> "socket.socket | None":
        """Its socket."""
        ...

    def can_write_eof(self) -> bool:
        """True if one side alone can be closed."""
        ...

    def write_eof(self) -> None:
        """Close our side, behind what was written."""
        ...

    def abort(self) -> None:
        """Close both at once."""
        ...


class AnswerLine:
    """A connection on which a request came."""

    def __init__(self) -> None:
        self._transport: Transport | None = None
        self._answered = False
        self._heard: bool | None = None
        self._gone = asyncio.Event()

    def open(self, transport: Transport) -> None:
        """It is there."""
        self._transport = transport

    def lost(self, error: Exception | None) -> None:
        """It is not there any more; its socket still is."""
        if self._heard is None:
            self._heard = self._answered and error is None and self._is_acknowledged()
        self._gone.set()

    async def is_heard(self) -> bool:
        """True if the answer, which is written, is read too. Nothing more can be written."""
        if self._transport is None or self._heard is not None:
            return False
        self._answered = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._gone.wait()
        except TimeoutError:
            self._heard = self._is_acknowledged()
            self._transport.abort()
            await self._gone.wait()
        return bool(self._heard)

    def _is_acknowledged(self) -> bool:
        assert self._transport is not None
        sock = self._transport.get_extra_info("socket")
        if sock is None or sock.fileno() < 0:
            return False
        unread = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
        failed = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return not failed and struct.unpack("i", unread)[0] == 0


def line_of(request: Request) -> AnswerLine | None:
    """The connection of a request, None where that is no socket."""
    line: AnswerLine | None = request.scope.get("state", {}).get("line")
    return line
