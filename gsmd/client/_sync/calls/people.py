# Generated from gsmd/client/_async/calls/people.py by .ci/generate: do not edit.

"""The calls of ``people.*``: what is known of one number, and forgetting it."""

from gsmd.client._sync.call_group import CallGroup
from gsmd.protocol import people as protocol


class PeopleCalls(CallGroup):
    """``people.*``: what is known of one number, and forgetting it."""

    def get(self, peer: str, *, actor: str | None = None) -> protocol.Person:
        """Lists, votes, consents and opt-out of a number."""
        return self._ask(protocol.GET, peer=peer, actor=actor)

    def messages(
        self,
        peer: str,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.Correspondence:
        """The messages from and to a number, oldest first."""
        return self._ask(protocol.MESSAGES, peer=peer, limit=limit, after=after, actor=actor)

    def forget(self, peer: str, *, actor: str | None = None) -> protocol.Forgotten:
        """Erase what is known of a number.

        That it opted out stays: else it would be written to again; that and when it gave
        consent stays too.
        """
        return self._ask(protocol.FORGET, peer=peer, actor=actor)
