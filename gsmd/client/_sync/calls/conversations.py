# Generated from gsmd/client/_async/calls/conversations.py by .ci/generate: do not edit.

"""The calls of ``conversations.*``: the desk, where people answer people."""

import builtins
from collections.abc import Sequence

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Moment
from gsmd.protocol import conversations as protocol


class ConversationsCalls(CallGroup):
    """``conversations.*``: the desk, where people answer people."""

    def list(
        self,
        state: protocol.Attention | str | None = None,
        assignee: str | None = None,
        *,
        label: str | None = None,
        unread_by: str | None = None,
        search: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        reader: str | None = None,
        actor: str | None = None,
    ) -> protocol.Conversations:
        """Conversations, those with the newest message first.

        A page may be short, even empty, and have a ``next``: a search through a large store is
        told after a second as far as it has come.
        """
        return self._ask(
            protocol.LIST,
            state=state,
            assignee=assignee,
            label=label,
            unread_by=unread_by,
            search=search,
            limit=limit,
            after=after,
            reader=reader,
            actor=actor,
        )

    def get(self, peer: str, *, actor: str | None = None) -> protocol.ConversationRecord:
        """A conversation with its notes, read marks, times and counts; `NotFound` if there is no message."""
        return self._ask(protocol.GET, peer=peer, actor=actor)

    def set(
        self,
        peer: str,
        state: protocol.Attention | str | None = None,
        *,
        assignee: str | None = None,
        labels: Sequence[str] | None = None,
        snooze_until: Moment | None = None,
        actor: str | None = None,
    ) -> protocol.ConversationRecord:
        """Change the state of a conversation, whose it is, its labels.

        A message of theirs opens it again.
        """
        return self._ask(
            protocol.SET,
            peer=peer,
            state=state,
            assignee=assignee,
            labels=labels,
            snooze_until=snooze_until,
            actor=actor,
        )

    def note(
        self, peer: str, text: str, key: str | None = None, *, actor: str | None = None
    ) -> protocol.Note:
        """Note something on a conversation.

        With the ``key`` of an earlier note of it nothing is noted: that one is the result.
        """
        return self._ask(protocol.NOTE, peer=peer, text=text, key=key, actor=actor)

    def read(
        self, peer: str, by: str, message: str | None = None, *, actor: str | None = None
    ) -> protocol.ReadMark:
        """A person has read a conversation, or has read it up to a message."""
        return self._ask(protocol.READING, peer=peer, by=by, message=message, actor=actor)

    def canned(self, *, actor: str | None = None) -> builtins.list[protocol.CannedReply]:
        """Texts that are often answered with."""
        return (self._ask(protocol.CANNED, actor=actor)).canned

    def figures(
        self, since: Moment | None = None, until: Moment | None = None, *, actor: str | None = None
    ) -> protocol.DeskFigures:
        """How many conversations stand how, and how soon those that were closed had been answered and done with."""
        return self._ask(protocol.FIGURES, since=since, until=until, actor=actor)
