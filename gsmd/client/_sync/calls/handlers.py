# Generated from gsmd/client/_async/calls/handlers.py by .ci/generate: do not edit.

"""The calls of ``handlers.*``: everybody who gets messages, and what they gave up on."""

import builtins
from collections.abc import Mapping
from typing import Any

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Duration
from gsmd.protocol import handlers as protocol


class HandlersCalls(CallGroup):
    """``handlers.*``: everybody who gets messages, and what they gave up on."""

    def handlers(self, *, actor: str | None = None) -> builtins.list[protocol.HandlerStatus]:
        """The handlers that take messages, and how much waits for each."""
        return (self._ask(protocol.LIST, actor=actor)).handlers

    def dead(
        self,
        handler: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> builtins.list[protocol.DeadLetter]:
        """The messages that handlers gave up on, newest first."""
        return (
            self._ask(protocol.DEAD, handler=handler, limit=limit, after=after, actor=actor)
        ).dead

    def add_handler(
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
        return self._ask(
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

    def remove(self, handler: str, *, actor: str | None = None) -> int:
        """Let a handler collect no more, and be done with what waits for it (an event of each message); `Conflict` for one that is configured or connected.

        All but added web hooks need role admin.
        """
        return (self._ask(protocol.REMOVE, handler=handler, actor=actor)).written_off

    def resume_handler(self, handler: str, *, actor: str | None = None) -> protocol.Resumed:
        """Messages go again to a web hook that was suspended."""
        return self._ask(protocol.RESUME, handler=handler, actor=actor)

    def attempts(
        self, handler: str, limit: int | None = None, *, actor: str | None = None
    ) -> builtins.list[protocol.Attempt]:
        """The last hand-overs of a handler, newest first: those that the running daemon remembers."""
        return (self._ask(protocol.ATTEMPTS, handler=handler, limit=limit, actor=actor)).attempts

    def try_out(
        self, handler: str, from_: str, text: str, *, actor: str | None = None
    ) -> str | None:
        """The reply of a handler to a made-up message; nothing is stored or sent."""
        return (
            self._ask(protocol.TEST, handler=handler, from_=from_, text=text, actor=actor)
        ).reply
