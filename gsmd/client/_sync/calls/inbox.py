# Generated from gsmd/client/_async/calls/inbox.py by .ci/generate: do not edit.

"""The calls of ``inbox.*``: inbound messages, handed over until they are acknowledged."""

from collections.abc import Mapping, Sequence
from typing import Any

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Duration
from gsmd.protocol import inbox as protocol


class InboxCalls(CallGroup):
    """``inbox.*``: inbound messages, handed over until they are acknowledged."""

    def pull(
        self,
        handler: str,
        max_: int | None = None,
        *,
        wait: Duration | None = None,
        lease: Duration | None = None,
        from_: str | None = None,
        match: Mapping[str, Any] | None = None,
        actor: str | None = None,
    ) -> protocol.Pulled:
        """Take messages of a handler without staying connected: as soon as there is one, or when ``wait`` (at most 60 s) is over.

        Each is on lease: what is not settled in that time comes again, whatever becomes of the
        connection.
        """
        return self._ask(
            protocol.PULL,
            handler=handler,
            max_=max_,
            wait=wait,
            lease=lease,
            from_=from_,
            match=match,
            actor=actor,
        )

    def settle(
        self, settle: Sequence[protocol.Settlement | Mapping[str, Any]], *, actor: str | None = None
    ) -> protocol.Settled:
        """Answer for leases, on any connection: the answers are on disk once this is answered."""
        return self._ask(protocol.SETTLE, settle=settle, actor=actor)
