# Generated from gsmd/client/_async/calls/polls.py by .ci/generate: do not edit.

"""The calls of ``polls.*``: votes by SMS."""

import builtins
from collections.abc import Mapping, Sequence
from typing import Any

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Moment
from gsmd.protocol import polls as protocol


class PollsCalls(CallGroup):
    """``polls.*``: votes by SMS."""

    def list(self, *, actor: str | None = None) -> builtins.list[protocol.Poll]:
        """Every poll."""
        return (self._ask(protocol.LIST, actor=actor)).polls

    def get(self, poll: str, *, actor: str | None = None) -> protocol.Poll:
        """One poll with its tally."""
        return self._ask(protocol.GET, poll=poll, actor=actor)

    def create(
        self,
        poll: str,
        options: Sequence[protocol.NewOption | Mapping[str, Any] | str],
        *,
        question: str | None = None,
        opens: Moment | None = None,
        closes: Moment | None = None,
        counts: protocol.Counts | str | None = None,
        reply: str | None = None,
        actor: str | None = None,
    ) -> protocol.Poll:
        """A poll; options are names, or ``{name, words?}``; ``counts`` is ``first`` or ``last``."""
        return self._ask(
            protocol.CREATE,
            poll=poll,
            options=options,
            question=question,
            opens=opens,
            closes=closes,
            counts=counts,
            reply=reply,
            actor=actor,
        )

    def close(self, poll: str, *, actor: str | None = None) -> protocol.Poll:
        """No more votes."""
        return self._ask(protocol.CLOSE, poll=poll, actor=actor)

    def delete(self, poll: str, *, actor: str | None = None) -> protocol.DeletedPoll:
        """The poll and its votes are no more."""
        return self._ask(protocol.DELETE, poll=poll, actor=actor)

    def votes(
        self,
        poll: str,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.Votes:
        """The votes of a poll, by number."""
        return self._ask(protocol.VOTES, poll=poll, limit=limit, after=after, actor=actor)

    def draw(
        self,
        poll: str,
        winners: int | None = None,
        option: str | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.Draw:
        """Draw winners among those who voted, or voted for ``option``, once the poll is closed."""
        return self._ask(protocol.DRAW, poll=poll, winners=winners, option=option, actor=actor)
