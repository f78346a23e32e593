# Generated from gsmd/protocol/keywords.py by .ci/generate: do not edit.

"""The calls of ``keywords.*``: the table of words that people text."""

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import keywords as protocol


class AsyncKeywordsCalls(AsyncCallGroup):
    """``keywords.*``: the table of words that people text."""

    async def list(self, *, actor: str | None = None) -> protocol.KeywordTable:
        """The table of keywords, as it is configured; ``handlers.test`` with an empty handler tells what one text would be taken for."""
        return await self._ask(protocol.LIST, actor=actor)
