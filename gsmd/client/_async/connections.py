"""The connections of calls from an event loop: all on one, which is made again when it is gone."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gsmd.client._async.link import AsyncLink
from gsmd.client.errors import NotSent
from gsmd.client.parameters import to_wire
from gsmd.client.protocol_state import patience


class AsyncConnections:
    """Connects to the socket at ``path`` when first needed, and again when it has to.

    ``timeout`` is how many seconds an answer may take beyond what the call itself waits for; None: any time.
    ``actor`` goes with every call that names none.
    """

    def __init__(self, path: Path, timeout: float | None, actor: str | None = None) -> None:
        self.path = path
        self.actor = actor
        self.timeout = timeout
        self._link: AsyncLink | None = None
        self._connecting = asyncio.Lock()

    async def close(self) -> None:
        """End the connection."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        """The result as JSON values. Errors: `GsmdError`."""
        wire = to_wire(params)
        if self.actor is not None:
            wire.setdefault("actor", self.actor)
        timeout = patience(method, wire, self.timeout)
        link = await self._connected()
        try:
            return await link.request(method, wire, timeout)
        except NotSent:
            # the daemon was restarted since the last call, and has not seen this one
            return await (await self._connected()).request(method, wire, timeout)

    async def _connected(self) -> AsyncLink:
        async with self._connecting:
            if self._link is None or not self._link.alive:
                self._link = await AsyncLink.open(self.path)
            return self._link
