# Generated from gsmd/protocol/blocks.py by .ci/generate: do not edit.

"""The calls of ``blocks.*``: senders whose messages are kept and given to nobody."""

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import blocks as protocol


class AsyncBlocksCalls(AsyncCallGroup):
    """``blocks.*``: senders whose messages are kept and given to nobody."""

    async def list(
        self, limit: int | None = None, after: str | None = None, *, actor: str | None = None
    ) -> protocol.BlockPage:
        """Senders blocked by hand, and by ``guard.block``."""
        return await self._ask(protocol.LIST, limit=limit, after=after, actor=actor)

    async def log(
        self, limit: int | None = None, after: str | None = None, *, actor: str | None = None
    ) -> protocol.BlockLog:
        """The history of blocking and unblocking, newest first."""
        return await self._ask(protocol.LOG, limit=limit, after=after, actor=actor)

    async def add(
        self, pattern: str, note: str | None = None, *, actor: str | None = None
    ) -> protocol.Blocked:
        """Block a number, a name, or all that fit a pattern with ``*``."""
        return await self._ask(protocol.ADD, pattern=pattern, note=note, actor=actor)

    async def remove(
        self, pattern: str, note: str | None = None, *, actor: str | None = None
    ) -> protocol.Unblocked:
        """Hear of them again."""
        return await self._ask(protocol.REMOVE, pattern=pattern, note=note, actor=actor)
