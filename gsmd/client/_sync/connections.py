"""The connections of calls from threads: each that waits has one of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gsmd.client._sync.link import SocketLink
from gsmd.client.errors import GsmdError, NoDaemon, NotSent, ProtocolError
from gsmd.client.parameters import to_wire
from gsmd.client.protocol_state import patience


class Connections:
    """Connects to the socket at ``path`` when first needed, and again when it has to; may be shared by threads.

    ``timeout`` is how many seconds an answer may take beyond what the call itself waits for; None: any time.
    ``actor`` goes with every call that names none.
    """

    def __init__(self, path: Path, timeout: float | None, actor: str | None = None) -> None:
        self.path = path
        self.actor = actor
        self.timeout = timeout
        self._links: set[SocketLink] = set()
        self._idle: list[SocketLink] = []

    def close(self) -> None:
        """End the connections; calls that other threads are waiting on get `NoDaemon`."""
        for link in list(self._links):
            self._drop(link)

    def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """The result as JSON values. Errors: `GsmdError`."""
        wire = to_wire(params)
        if self.actor is not None:
            wire.setdefault("actor", self.actor)
        timeout = patience(method, wire, self.timeout)
        try:
            return self._request(self._free(), method, wire, timeout)
        except NotSent:
            # the daemon was restarted since the last call, and has not seen this one
            return self._request(self._connect(), method, wire, timeout)

    def _free(self) -> SocketLink:
        # a thread that waits for long must not hold up the others: each gets its own
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> SocketLink:
        link = SocketLink(self.path)
        self._links.add(link)
        return link

    def _drop(self, link: SocketLink) -> None:
        self._links.discard(link)
        if link in self._idle:
            self._idle.remove(link)
        link.close()

    def _request(
        self, link: SocketLink, method: str, params: dict[str, Any], timeout: float | None
    ) -> Any:
        try:
            result = link.request(method, params, timeout)
        except GsmdError as error:
            if isinstance(error, NoDaemon | ProtocolError) or link.closed:
                self._drop(link)
            else:
                self._release(link)
            raise
        except BaseException:  # Ctrl-C: an answer may be half read
            self._drop(link)
            raise
        self._release(link)
        return result

    def _release(self, link: SocketLink) -> None:
        if link in self._links:  # else the client was closed meanwhile
            self._idle.append(link)
