# Generated from gsmd/protocol/server.py by .ci/generate: do not edit.

"""The calls of ``server.*`` and ``store.*``: the daemon itself, and what it keeps."""

import os

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.client.parameters import Duration
from gsmd.protocol import server as protocol


class AsyncServerCalls(AsyncCallGroup):
    """``server.*`` and ``store.*``: the daemon itself, and what it keeps."""

    async def info(self, *, actor: str | None = None) -> protocol.ServerInfo:
        """The daemon, and what the caller may do; ``store`` is why nothing can be put on disk, null if all is well."""
        return await self._ask(protocol.INFO, actor=actor)

    async def log_level(
        self, level: protocol.Level | str | None = None, *, actor: str | None = None
    ) -> str:
        """The log level of the daemon, after changing it if ``level`` is given; until it starts again."""
        return (await self._ask(protocol.LOG_LEVEL, level=level, actor=actor)).level

    async def purge(self, older_than: Duration, *, actor: str | None = None) -> int:
        """Delete messages that came to their end longer ago than this."""
        return (await self._ask(protocol.PURGE, older_than=older_than, actor=actor)).purged

    async def backup(
        self, path: str | os.PathLike[str], *, actor: str | None = None
    ) -> protocol.BackedUp:
        """Copy the database into a new file, while everything goes on; answered once the copy is complete."""
        return await self._ask(protocol.BACKUP, path=path, actor=actor)
