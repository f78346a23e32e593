"""The daemon as all requests share it: few connections for calls, and one for each stream of events.

Theory of operation. The daemon serves its clients in fair turns, and takes one that opens a connection for each
request for a flood. So calls go over at most `CALLS` connections: the one with the least under way, another one while all
have something under way. Many calls are under way on one at the same time. A connection that is gone is made again
for the next call. While the daemon is away each call says so at once (`NoDaemon`): nothing is kept here for later.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from gsmd.client._async.link import AsyncLink
from gsmd.client.errors import NoDaemon, NotSent
from gsmd.client.parameters import to_wire
from gsmd.client.protocol_state import patience
from gsmd.protocol import events
from gsmd.protocol.jsonrpc import Notification
from gsmd.protocol.method import Method

CALLS = 4
"""Connections for calls."""

PATIENCE = 60.0
"""Seconds that an answer may take beyond what the call itself waits for."""


class _Line:
    """One connection, and how many calls are under way on it."""

    def __init__(self) -> None:
        self.link: AsyncLink | None = None
        self.busy = 0
        self.connecting = asyncio.Lock()

    async def connected(self, path: Path) -> AsyncLink:
        async with self.connecting:
            if self.link is None or not self.link.alive:
                self.link = await AsyncLink.open(path)
            return self.link


class Daemon:
    """The daemon at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines = [_Line() for _ in range(CALLS)]

    async def call(self, method: Method[Any, Any], params: Mapping[str, Any], actor: str) -> Any:
        """The result as JSON values. ``actor`` is for whom it is asked, empty for nobody. Errors: `GsmdError`."""
        wire = to_wire(params)
        if actor:
            wire["actor"] = actor
        timeout = patience(method.name, wire, PATIENCE)
        line = min(self._lines, key=lambda each: each.busy)  # of equal ones the first: few are made
        line.busy += 1
        try:
            link = await line.connected(self.path)
            try:
                return await link.request(method.name, wire, timeout)
            except (
                NotSent
            ):  # the daemon was restarted since the last call, and has not seen this one
                link = await line.connected(self.path)
                return await link.request(method.name, wire, timeout)
        finally:
            line.busy -= 1

    @asynccontextmanager
    async def events(self, after: int | None = None) -> "AsyncIterator[Tail]":
        """Every event from now on, or behind the one of that ``seq``, without a gap, until the connection ends.

        Errors: `GsmdError`.
        """
        link = await AsyncLink.open(self.path)
        try:
            if after is None:
                # what happens between the question and the answer is behind that number
                asked = {"types": ["nothing"]}
                told = await link.request(events.SUBSCRIBE.name, asked, PATIENCE)
                after = int(told.get("seq", 0))
            await link.request(events.SUBSCRIBE.name, {"after": after}, PATIENCE)
            yield Tail(link, after)
        finally:
            link.abort()

    async def close(self) -> None:
        """End all connections for calls."""
        links = [line.link for line in self._lines if line.link is not None]
        for link in links:
            await link.close()


class Tail:
    """Events as they come, as JSON values, until the connection ends. ``start`` is the ``seq`` behind which it begins."""

    def __init__(self, link: AsyncLink, start: int) -> None:
        self.start = start
        self._link = link

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> dict[str, Any]:
        while True:
            try:
                heard = await self._link.hear()
            except NoDaemon:
                raise StopAsyncIteration from None
            if isinstance(heard, Notification) and heard.method == "event":
                return dict(heard.params)
