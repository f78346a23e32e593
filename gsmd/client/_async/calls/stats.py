# Generated from gsmd/protocol/stats.py by .ci/generate: do not edit.

"""The calls of ``stats.*``: what was sent, what came of it, what was answered and how soon."""

from gsmd.client._async.call_group import AsyncCallGroup
from gsmd.client.parameters import Moment
from gsmd.protocol import stats as protocol


class AsyncStatsCalls(AsyncCallGroup):
    """``stats.*``: what was sent, what came of it, what was answered and how soon."""

    async def stats(
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
        return await self._ask(
            protocol.GET, since=since, until=until, by=by, tag=tag, modem=modem, actor=actor
        )

    async def stats_series(
        self,
        step: protocol.SeriesStep | str,
        since: Moment | None = None,
        *,
        until: Moment | None = None,
        tag: str | None = None,
        modem: str | None = None,
        actor: str | None = None,
    ) -> protocol.Series:
        """Figures step by step, for charts: ``15m``, ``hour``, ``day``, ``week`` or ``month`` of the daemon's time zone; null where gsmd was off."""
        return await self._ask(
            protocol.SERIES, step=step, since=since, until=until, tag=tag, modem=modem, actor=actor
        )

    async def stats_heatmap(
        self,
        since: Moment | None = None,
        until: Moment | None = None,
        *,
        tag: str | None = None,
        modem: str | None = None,
        actor: str | None = None,
    ) -> protocol.Heatmap:
        """Figures by hour of the week (``weekday`` 1 is Monday), in the daemon's time zone."""
        return await self._ask(
            protocol.HEATMAP, since=since, until=until, tag=tag, modem=modem, actor=actor
        )

    async def stats_latency(
        self,
        since: Moment | None = None,
        until: Moment | None = None,
        *,
        tag: str | None = None,
        modem: str | None = None,
        actor: str | None = None,
    ) -> protocol.Latency:
        """How long things took, with the whole curve: ``[seconds, part]``."""
        return await self._ask(
            protocol.LATENCY, since=since, until=until, tag=tag, modem=modem, actor=actor
        )

    async def stats_countries(
        self,
        since: Moment | None = None,
        until: Moment | None = None,
        *,
        tag: str | None = None,
        modem: str | None = None,
        limit: int | None = None,
        actor: str | None = None,
    ) -> protocol.Countries:
        """Figures by country, as the numbers' beginnings tell them; beyond ``limit`` all ``others`` together."""
        return await self._ask(
            protocol.COUNTRIES,
            since=since,
            until=until,
            tag=tag,
            modem=modem,
            limit=limit,
            actor=actor,
        )
