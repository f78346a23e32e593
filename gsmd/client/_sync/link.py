"""A blocking connection to the daemon."""

import contextlib
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gsmd.client import errors
from gsmd.client.protocol_state import Heard, ProtocolState, result_of
from gsmd.protocol.jsonrpc import ErrorResponse, Response


class SocketLink:
    """One connection; one thread reads, several may write. Errors: as `errors.from_connecting`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._protocol = ProtocolState()
        self._heard: deque[Heard] = deque()
        self._kept: deque[Heard] = deque()
        self._writing = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise errors.from_connecting(path, error) from error

    @property
    def closed(self) -> bool:
        """Nothing more can be said here."""
        return self._socket.fileno() < 0

    def close(self) -> None:
        """End the connection; a thread that waits on it gets `NoDaemon`."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def write(self, line: bytes) -> bool:
        """Send; false, if the connection is gone."""
        with self._writing:
            try:
                self._socket.sendall(line)
            except OSError:
                return False
            except BaseException:  # Ctrl-C in the middle of a line: no other can follow it
                self.close()
                raise
        return True

    def request(self, method: str, params: Mapping[str, Any], timeout: float | None) -> Any:
        """Call and wait for the result; what else comes in the meantime is kept for `hear`.

        Errors: what the daemon says, `TimedOut` after ``timeout`` seconds, `NotSent`, `NoDaemon`.
        """
        id_, line = self._protocol.request(method, params)
        if not self.write(line):
            raise errors.not_sent(self.path)
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            item = self._receive(until)
            if item is None:
                text = f"the daemon did not answer {method} within {timeout:g} s"
                raise errors.TimedOut(text, reason="no_answer")
            if not isinstance(item, Response | ErrorResponse):
                self._kept.append(item)
            elif item.id is None:  # said to the connection as a whole, which ends with it
                self.close()
                return result_of(item)
            elif item.id == id_:
                return result_of(item)

    def hear(self, until: float | None) -> Heard | None:
        """The next message that the daemon sends by itself; None after the monotonic time ``until``. Errors: `NoDaemon`."""
        return self._kept.popleft() if self._kept else self._receive(until)

    def _receive(self, until: float | None) -> Heard | None:
        while not self._heard:
            if not self._readable(until):
                return None
            try:
                data = self._socket.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                raise errors.gone(self.path)
            self._heard.extend(self._protocol.hear(data))
        return self._heard.popleft()

    def _readable(self, until: float | None) -> bool:
        # no time-out on the socket itself: it would hold for the writing threads too
        poll = select.poll()
        try:
            poll.register(self._socket, select.POLLIN)
        except ValueError:  # closed by another thread
            raise errors.gone(self.path) from None
        left = None if until is None else max(0.0, (until - time.monotonic()) * 1000)
        return bool(poll.poll(left))
