# Generated from gsmd/protocol/optout.py by .ci/generate: do not edit.

"""The calls of ``optout.*``: who wants no messages from us."""

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import optout as protocol


class AsyncOptoutCalls(AsyncCallGroup):
    """``optout.*``: who wants no messages from us."""

    async def list(
        self, limit: int | None = None, after: str | None = None, *, actor: str | None = None
    ) -> protocol.OptOuts:
        """The people who opted out, by number."""
        return await self._ask(protocol.LIST, limit=limit, after=after, actor=actor)

    async def log(
        self,
        peer: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.OptOutLog:
        """The history of opting out and in: number, time and way, newest first."""
        return await self._ask(protocol.LOG, peer=peer, limit=limit, after=after, actor=actor)

    async def add(
        self,
        peer: str,
        note: str | None = None,
        source: str | None = None,
        *,
        actor: str | None = None,
    ) -> bool:
        """Send nothing more to this number; false if it had opted out before."""
        return (
            await self._ask(protocol.ADD, peer=peer, note=note, source=source, actor=actor)
        ).added

    async def remove(
        self,
        peer: str,
        note: str | None = None,
        source: str | None = None,
        *,
        actor: str | None = None,
    ) -> bool:
        """The number may be written to again; false if it might be before."""
        return (
            await self._ask(protocol.REMOVE, peer=peer, note=note, source=source, actor=actor)
        ).removed
