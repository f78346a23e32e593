"""Statistics: what was sent, what came of it, what was answered and how soon."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from gsmd.features import Feature, Host
from gsmd.features.statistics import table
from gsmd.features.statistics.rollup import EVERY, roll_up
from gsmd.features.statistics.rules import name_of, percentiles, rate
from gsmd.features.statistics.table import Count, Span
from gsmd.protocol import stats as rows
from gsmd.protocol.method import Bound, Context, bind
from gsmd.store.ledger import Ledger
from gsmd.store.tables import messages

_PARTS = (0.5, 0.9, 0.99)
_SENT = ("sent", "delivered")
"""States in which the network has the message."""


class Statistics(Feature):
    """Tells figures, and keeps the summaries that make it quick."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def methods(self, host: Host) -> Sequence[Bound]:
        del host
        return (bind(rows.GET, self._get),)

    async def run(self, host: Host) -> None:
        """Sum up what is over, now and then, until cancelled."""
        del host
        while True:
            await roll_up(self._ledger)
            await asyncio.sleep(EVERY)

    async def _get(self, _: Context, p: rows.StatsParams) -> rows.Statistics:
        """Figures of a span, all of it if nothing is given."""
        end = self._ledger.clock.wall() + 1 if p.until is None else messages.milliseconds(p.until)
        begin = 0 if p.since is None else messages.milliseconds(p.since)
        span = Span(begin, end, p.tag, p.modem)
        await roll_up(self._ledger)
        return await self._ledger.read(lambda c: _figures(c, span, p.by))


def _figures(connection: sqlite3.Connection, span: Span, by: str | None) -> rows.Statistics:
    total = _total(table.counts(connection, span))
    times = table.times(connection, span)
    outbound, inbound = total.states["outbound"], total.states["inbound"]
    return rows.Statistics(
        since=messages.moment(span.since) if span.since else None,
        until=messages.moment(span.until),
        outbound=dict(outbound),
        inbound=dict(inbound),
        accepted=outbound.total(),
        sent=total.sent,
        delivered=outbound["delivered"],
        failed=total.failed,
        received=inbound.total(),
        answered=total.answered["outbound"],
        delivery_rate=rate(outbound["delivered"], outbound["delivered"] + total.failed),
        response_rate=rate(total.answered["outbound"], total.sent),
        sending_time=_times(times.get("sending", ())),
        delivery_time=_times(times.get("delivery", ())),
        reply_time=_times(times.get("response", ())),
        failures=[rows.FailureReason(*row) for row in table.failures(connection, span)],
        groups=[] if by is None else _groups(connection, span, by),
    )


class _Total:
    """The counts of one group, or of all."""

    def __init__(self) -> None:
        self.states: dict[str, Counter[str]] = {"outbound": Counter(), "inbound": Counter()}
        self.answered: Counter[str] = Counter()

    def add(self, row: Count) -> None:
        self.states[row.direction][row.state] += row.number
        self.answered[row.direction] += row.answered

    @property
    def sent(self) -> int:
        return sum(self.states["outbound"][state] for state in _SENT)

    @property
    def failed(self) -> int:
        return self.states["outbound"]["failed"] + self.states["outbound"]["expired"]


def _total(rows: Iterable[Count]) -> _Total:
    total = _Total()
    for row in rows:
        total.add(row)
    return total


def _groups(connection: sqlite3.Connection, span: Span, by: str) -> list[rows.Group]:
    theirs = by == "keyword"
    direction, kind = ("inbound", "reply") if theirs else ("outbound", "response")
    times = table.times_by(connection, span, by, kind)
    totals = [
        (group, _total(rows))
        for group, rows in groupby(table.counts(connection, span, by), lambda row: row.group)
        if group or by not in {"tag", "keyword"}
    ]
    return [
        rows.Group(
            group=name_of(group, by),
            accepted=total.states["outbound"].total(),
            sent=total.sent,
            delivered=total.states["outbound"]["delivered"],
            failed=total.failed,
            received=total.states["inbound"].total(),
            answered=total.answered[direction],
            response_rate=rate(
                total.answered[direction],
                total.states["inbound"].total() if theirs else total.sent,
            ),
            reply_time=_times(times.get(group, ())),
        )
        for group, total in totals
    ]


def _times(times: Sequence[tuple[int, int]]) -> rows.Times:
    found = percentiles(times, _PARTS)
    return rows.Times(*(None if each is None else each / 1000 for each in found))
