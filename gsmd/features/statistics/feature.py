"""Statistics: what was sent, what came of it, what was answered and how soon."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import TypeVar

from gsmd.features import Feature, Host
from gsmd.features.statistics import charts
from gsmd.features.statistics.figures import figures
from gsmd.features.statistics.rollup import EVERY, roll_up
from gsmd.features.statistics.table import Span
from gsmd.protocol import stats as rows
from gsmd.protocol.method import Bound, Context, bind
from gsmd.store.ledger import Ledger
from gsmd.store.tables import messages

T = TypeVar("T")


class Statistics(Feature):
    """Tells figures, and keeps the summaries that make it quick."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def methods(self, host: Host) -> Sequence[Bound]:
        del host
        return (
            bind(rows.GET, self._get),
            bind(rows.SERIES, self._series),
            bind(rows.HEATMAP, self._heatmap),
            bind(rows.LATENCY, self._latency),
            bind(rows.COUNTRIES, self._countries),
        )

    async def run(self, host: Host) -> None:
        """Sum up what is over, now and then, until cancelled."""
        del host
        while True:
            await roll_up(self._ledger)
            await asyncio.sleep(EVERY)

    async def _get(self, _: Context, p: rows.StatsParams) -> rows.Statistics:
        """Figures of a span, all of it if nothing is given."""
        return await self._tell(p, lambda connection, span: figures(connection, span, p.by))

    async def _series(self, _: Context, p: rows.SeriesParams) -> rows.Series:
        now = self._ledger.clock.wall() + 1  # what is to come is no gap, nor is it nothing

        def query(connection: sqlite3.Connection, span: Span) -> rows.Series:
            return charts.series(connection, span._replace(until=min(now, span.until)), p.step)

        return await self._tell(p, query)

    async def _heatmap(self, _: Context, p: rows.SpanParams) -> rows.Heatmap:
        return await self._tell(p, charts.heatmap)

    async def _latency(self, _: Context, p: rows.SpanParams) -> rows.Latency:
        return await self._tell(p, charts.latency)

    async def _countries(self, _: Context, p: rows.CountriesParams) -> rows.Countries:
        return await self._tell(
            p, lambda connection, span: charts.countries(connection, span, p.limit)
        )

    async def _tell(
        self,
        p: rows.StatsParams | rows.SeriesParams | rows.SpanParams | rows.CountriesParams,
        query: Callable[[sqlite3.Connection, Span], T],
    ) -> T:
        end = self._ledger.clock.wall() + 1 if p.until is None else messages.milliseconds(p.until)
        begin = 0 if p.since is None else messages.milliseconds(p.since)
        span = Span(begin, end, p.tag, p.modem)
        await roll_up(self._ledger)
        return await self._ledger.read(lambda connection: query(connection, span))
