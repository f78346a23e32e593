# Generated from gsmd/protocol/contests.py by .ci/generate: do not edit.

"""The calls of ``contests.*``: codes on the pack, each good once; prizes at once and by draw."""

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.client.parameters import Moment
from gsmd.protocol import contests as protocol


class AsyncContestsCalls(AsyncCallGroup):
    """``contests.*``: codes on the pack, each good once; prizes at once and by draw."""

    async def list(self, *, actor: str | None = None) -> builtins.list[protocol.Contest]:
        """Every contest."""
        return (await self._ask(protocol.LIST, actor=actor)).contests

    async def get(self, contest: str, *, actor: str | None = None) -> protocol.Contest:
        """One contest as it stands."""
        return await self._ask(protocol.GET, contest=contest, actor=actor)

    async def create(
        self,
        contest: str,
        opens: Moment | None = None,
        *,
        closes: Moment | None = None,
        per_number: protocol.PerNumber | Mapping[str, Any] | None = None,
        replies: protocol.Replies | Mapping[str, Any] | None = None,
        prizes: Sequence[protocol.Prize | Mapping[str, Any]] | None = None,
        actor: str | None = None,
    ) -> protocol.Contest:
        """A contest, without codes as yet."""
        return await self._ask(
            protocol.CREATE,
            contest=contest,
            opens=opens,
            closes=closes,
            per_number=per_number,
            replies=replies,
            prizes=prizes,
            actor=actor,
        )

    async def import_(
        self, contest: str, codes: Sequence[str], *, actor: str | None = None
    ) -> protocol.Imported:
        """Codes that are printed already are good in this contest; call it again and again for more of them."""
        return await self._ask(protocol.IMPORT, contest=contest, codes=codes, actor=actor)

    async def generate(
        self, contest: str, count: int, length: int | None = None, *, actor: str | None = None
    ) -> protocol.Generated:
        """New codes that nobody can guess, told this once."""
        return await self._ask(
            protocol.GENERATE, contest=contest, count=count, length=length, actor=actor
        )

    async def redeem(
        self,
        contest: str,
        peer: str,
        *,
        code: str,
        key: str | None = None,
        actor: str | None = None,
    ) -> protocol.Redeemed:
        """Take a code of somebody, as if they had texted it; ``outcome`` is ``won``, ``valid``, ``used``, ``mistyped``, ``unknown`` or ``too_many``."""
        return await self._ask(
            protocol.REDEEM, contest=contest, peer=peer, code=code, key=key, actor=actor
        )

    async def entries(
        self,
        contest: str,
        outcome: protocol.Outcome | str | None = None,
        *,
        limit: int | None = None,
        after: str | None = None,
        actor: str | None = None,
    ) -> protocol.ContestEntries:
        """The codes that counted, oldest first."""
        return await self._ask(
            protocol.ENTRIES,
            contest=contest,
            outcome=outcome,
            limit=limit,
            after=after,
            actor=actor,
        )

    async def draw(
        self, contest: str, winners: int | None = None, *, actor: str | None = None
    ) -> protocol.ContestDraw:
        """Draw winners among the numbers that took part, once the contest is closed."""
        return await self._ask(protocol.DRAW, contest=contest, winners=winners, actor=actor)

    async def close(self, contest: str, *, actor: str | None = None) -> protocol.Contest:
        """No code counts any more."""
        return await self._ask(protocol.CLOSE, contest=contest, actor=actor)

    async def delete(self, contest: str, *, actor: str | None = None) -> protocol.DeletedContest:
        """The contest, its codes and its entries are no more."""
        return await self._ask(protocol.DELETE, contest=contest, actor=actor)
