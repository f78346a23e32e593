# Generated from gsmd/protocol/lists.py by .ci/generate: do not edit.

"""The calls of ``lists.*``: mailing lists."""

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import lists as protocol


class AsyncListsCalls(AsyncCallGroup):
    """``lists.*``: mailing lists."""

    async def list(self, *, actor: str | None = None) -> builtins.list[protocol.MailingList]:
        """Every list."""
        return (await self._ask(protocol.LIST, actor=actor)).lists

    async def create(self, list_: str, *, actor: str | None = None) -> bool:
        """An empty list; false if there was one of that name."""
        return (await self._ask(protocol.CREATE, list_=list_, actor=actor)).created

    async def delete(self, list_: str, *, actor: str | None = None) -> protocol.DeletedList:
        """The list is no more; the people on it are as they were."""
        return await self._ask(protocol.DELETE, list_=list_, actor=actor)

    async def get(
        self,
        list_: str,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.Members:
        """The members of a list, by number."""
        return await self._ask(protocol.GET, list_=list_, limit=limit, after=after, actor=actor)

    async def add(
        self,
        list_: str,
        members: Sequence[protocol.NewMember | Mapping[str, Any] | str],
        *,
        actor: str | None = None,
    ) -> protocol.Added:
        """Put numbers, or ``{peer, fields?}``, on a list, which is made if there is none."""
        return await self._ask(protocol.ADD, list_=list_, members=members, actor=actor)

    async def remove(self, list_: str, peers: Sequence[str], *, actor: str | None = None) -> int:
        """Take numbers off a list; the result is how many were on it."""
        return (await self._ask(protocol.REMOVE, list_=list_, peers=peers, actor=actor)).removed
