# Generated from gsmd/client/_async/calls/stats.py by .ci/generate: do not edit.

"""The calls of ``stats.*``: what was sent, what came of it, what was answered and how soon."""

from gsmd.client._sync.call_group import CallGroup
from gsmd.client.parameters import Moment
from gsmd.protocol import stats as protocol


class StatsCalls(CallGroup):
    """``stats.*``: what was sent, what came of it, what was answered and how soon."""

    def stats(
        self,
        since: Moment | None = None,
        until: Moment | None = None,
        *,
        by: protocol.By | str | None = None,
        tag: str | None = None,
        modem: str | None = None,
        actor: str | None = None,
    ) -> protocol.Statistics:
        """Counts, rates and times; ``by`` ``hour``, ``day`` (of the daemon's time zone), ``modem``, ``tag`` or ``keyword`` also of each group."""
        return self._ask(
            protocol.GET, since=since, until=until, by=by, tag=tag, modem=modem, actor=actor
        )
