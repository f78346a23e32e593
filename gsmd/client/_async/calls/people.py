# Generated from gsmd/protocol/people.py by .ci/generate: do not edit.

"""The calls of ``people.*``: what is known of one number, and forgetting it."""

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.protocol import people as protocol


class AsyncPeopleCalls(AsyncCallGroup):
    """``people.*``: what is known of one number, and forgetting it."""

    async def get(self, peer: str, *, actor: str | None = None) -> protocol.Person:
        """Lists, votes, consents and opt-out of a number."""
        return await self._ask(protocol.GET, peer=peer, actor=actor)

    async def messages(
        self,
        peer: str,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.Correspondence:
        """The messages from and to a number, oldest first."""
        return await self._ask(protocol.MESSAGES, peer=peer, limit=limit, after=after, actor=actor)

    async def forget(self, peer: str, *, actor: str | None = None) -> protocol.Forgotten:
        """Erase what is known of a number.

        That it opted out stays: else it would be written to again; that and when it gave
        consent stays too.
        """
        return await self._ask(protocol.FORGET, peer=peer, actor=actor)
