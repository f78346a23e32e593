# Generated from gsmd/client/_async/calls/keywords.py by .ci/generate: do not edit.

"""The calls of ``keywords.*``: the table of words that people text."""

from gsmd.client._sync.call_group import CallGroup
from gsmd.protocol import keywords as protocol


class KeywordsCalls(CallGroup):
    """``keywords.*``: the table of words that people text."""

    def list(self, *, actor: str | None = None) -> protocol.KeywordTable:
        """The table of keywords, as it is configured; ``handlers.test`` with an empty handler tells what one text would be taken for."""
        return self._ask(protocol.LIST, actor=actor)
