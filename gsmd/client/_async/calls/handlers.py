# Generated from gsmd/protocol/handlers.py by .ci/generate: do not edit.

"""The calls of ``handlers.*``: everybody who gets messages, and what they gave up on."""

import builtins

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import handlers as protocol


class AsyncHandlersCalls(AsyncCallGroup):
    """``handlers.*``: everybody who gets messages, and what they gave up on."""

    async def handlers(self, *, actor: str | None = None) -> builtins.list[protocol.HandlerStatus]:
        """The handlers that take messages, and how much waits for each."""
        return (await self._ask(protocol.LIST, actor=actor)).handlers

    async def dead(
        self,
        handler: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> builtins.list[protocol.DeadLetter]:
        """The messages that handlers gave up on, newest first."""
        return (
            await self._ask(protocol.DEAD, handler=handler, limit=limit, after=after, actor=actor)
        ).dead

    async def remove(self, handler: str, *, actor: str | None = None) -> int:
        """Let a handler collect no more, and be done with what waits for it (an event of each message); `Conflict` for one that is configured or connected."""
        return (await self._ask(protocol.REMOVE, handler=handler, actor=actor)).written_off

    async def try_out(
        self, handler: str, from_: str, text: str, *, actor: str | None = None
    ) -> str | None:
        """The reply of a handler to a made-up message; nothing is stored or sent."""
        return (
            await self._ask(protocol.TEST, handler=handler, from_=from_, text=text, actor=actor)
        ).reply
