# Generated from gsmd/protocol/handlers.py by .ci/generate: do not edit.
# ruff: noqa: ASYNC109 -- the daemon keeps the time of a call
"""The calls of ``handlers.*``: everybody who gets messages, and what they gave up on."""

import builtins
from collections.abc import Mapping
from typing import Any

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.client.parameters import Duration
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

    async def add_handler(
        self,
        name: str,
        match: Mapping[str, Any] | None = None,
        *,
        post: str | None = None,
        secret: str | None = None,
        receipts: bool | None = None,
        timeout: Duration | None = None,
        concurrency: int | None = None,
        retry: Mapping[str, Any] | None = None,
        actor: str | None = None,
    ) -> protocol.HandlerStatus:
        """A handler is there that no configuration names, from now on and after restarts: a web hook (``post``), or a name for programs that connect or pull.

        A web hook of that name that was added before is replaced, what waits for it stays;
        `Conflict` if another handler has the name. A ``regex`` in ``match`` that may take long
        needs role admin.
        """
        return await self._ask(
            protocol.ADD,
            name=name,
            match=match,
            post=post,
            secret=secret,
            receipts=receipts,
            timeout=timeout,
            concurrency=concurrency,
            retry=retry,
            actor=actor,
        )

    async def remove(self, handler: str, *, actor: str | None = None) -> int:
        """Let a handler collect no more, and be done with what waits for it (an event of each message); `Conflict` for one that is configured or connected.

        All but added web hooks need role admin.
        """
        return (await self._ask(protocol.REMOVE, handler=handler, actor=actor)).written_off

    async def resume_handler(self, handler: str, *, actor: str | None = None) -> protocol.Resumed:
        """Messages go again to a web hook that was suspended."""
        return await self._ask(protocol.RESUME, handler=handler, actor=actor)

    async def attempts(
        self, handler: str, limit: int | None = None, *, actor: str | None = None
    ) -> builtins.list[protocol.Attempt]:
        """The last hand-overs of a handler, newest first: those that the running daemon remembers."""
        return (
            await self._ask(protocol.ATTEMPTS, handler=handler, limit=limit, actor=actor)
        ).attempts

    async def try_out(
        self, handler: str, from_: str, text: str, *, actor: str | None = None
    ) -> str | None:
        """The reply of a handler to a made-up message; nothing is stored or sent."""
        return (
            await self._ask(protocol.TEST, handler=handler, from_=from_, text=text, actor=actor)
        ).reply
