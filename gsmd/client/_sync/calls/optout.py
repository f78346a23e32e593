# Generated from gsmd/client/_async/calls/optout.py by .ci/generate: do not edit.

"""The calls of ``optout.*``: who wants no messages from us."""

from gsmd.client._sync.call_group import CallGroup
from gsmd.protocol import optout as protocol


class OptoutCalls(CallGroup):
    """``optout.*``: who wants no messages from us."""

    def list(
        self, limit: int | None = None, after: str | None = None, *, actor: str | None = None
    ) -> protocol.OptOuts:
        """The people who opted out, by number."""
        return self._ask(protocol.LIST, limit=limit, after=after, actor=actor)

    def log(
        self,
        peer: str | None = None,
        limit: int | None = None,
        after: str | None = None,
        *,
        actor: str | None = None,
    ) -> protocol.OptOutLog:
        """The history of opting out and in: number, time and way, newest first."""
        return self._ask(protocol.LOG, peer=peer, limit=limit, after=after, actor=actor)

    def add(
        self,
        peer: str,
        note: str | None = None,
        source: str | None = None,
        *,
        actor: str | None = None,
    ) -> bool:
        """Send nothing more to this number; false if it had opted out before."""
        return (self._ask(protocol.ADD, peer=peer, note=note, source=source, actor=actor)).added

    def remove(
        self,
        peer: str,
        note: str | None = None,
        source: str | None = None,
        *,
        actor: str | None = None,
    ) -> bool:
        """The number may be written to again; false if it might be before."""
        return (
            self._ask(protocol.REMOVE, peer=peer, note=note, source=source, actor=actor)
        ).removed
