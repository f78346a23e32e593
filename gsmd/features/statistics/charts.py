"""Figures for charts: over time, by hour of the week, how long things take, by country."""

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime
from itertools import groupby, pairwise

from gsmd.features.statistics import calendar, table
from gsmd.features.statistics.rules import curve, percentiles
from gsmd.features.statistics.summing import QUARTER
from gsmd.features.statistics.table import Span, Times
from gsmd.features.statistics.totals import Total, total
from gsmd.proportions import interval, rate
from gsmd.protocol import bounds
from gsmd.protocol import stats as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.stats import SeriesStep
from gsmd.store.tables import runs
from gsmd.store.tables.messages import moment

PARTS = (0.5, 0.9, 0.99)
_NOTHING = Total()


def begin_of(span: Span) -> datetime | None:
    """The beginning of a span as it is told; None where it reaches back to the first message."""
    return moment(span.since) if span.since else None


def series(connection: sqlite3.Connection, span: Span, step: SeriesStep) -> rows.Series:
    """Every step of a span: without a beginning, from the first message on, as many as may be. Errors: `Refused`."""
    since = span.since
    if not since:
        first = table.oldest(connection)
        latest = calendar.latest(step, span.until, bounds.POINTS)
        since = max(latest, span.until if first is None else first)
    begins = _begins(step, since, span.until)
    since = begins[0] if begins else since
    totals: defaultdict[int, Total] = defaultdict(Total)
    for row in table.by_quarter(connection, span._replace(since=since)):
        totals[begins[bisect_right(begins, row.quarter * QUARTER) - 1]].add(row)
    gaps = runs.gaps(connection, since, span.until)
    points = []
    for begin, end in pairwise([*begins, span.until]):
        each = totals.get(begin, _NOTHING)
        off = each is _NOTHING and any(gone <= begin and end <= back for gone, back in gaps)
        points.append(_point(step, begin, None if off else each))
    return rows.Series(step, moment(since), moment(span.until), points)


def _begins(step: SeriesStep, since: int, until: int) -> list[int]:
    begins: list[int] = []
    for at in calendar.begins(step, since, until):
        if len(begins) == bounds.POINTS:
            problem = f"that is more than {bounds.POINTS} steps: a shorter span, or a longer step"
            raise Refused(Code.INVALID, problem, reason="too_many", field="since")
        begins.append(at)
    return begins


def _point(step: SeriesStep, begin: int, total: Total | None) -> rows.Point:
    at, group = moment(begin), calendar.name(step, begin)
    if total is None:
        return rows.Point(at=at, group=group)
    return rows.Point(
        at=at,
        group=group,
        accepted=total.accepted,
        sent=total.sent,
        delivered=total.delivered,
        failed=total.failed,
        received=total.received,
        answered=total.answered["outbound"],
    )


def heatmap(connection: sqlite3.Connection, span: Span) -> rows.Heatmap:
    """Every hour of the week."""
    totals: defaultdict[tuple[int, int], Total] = defaultdict(Total)
    for quarter, counted in groupby(table.by_quarter(connection, span), lambda row: row.quarter):
        cell = totals[calendar.hour_of_week(quarter * QUARTER)]
        for row in counted:
            cell.add(row)
    waits = table.answers(
        connection, span, "reply", lambda quarter: calendar.hour_of_week(quarter * QUARTER)
    )
    every = [(weekday, hour) for weekday in range(1, 8) for hour in range(24)]
    cells = [_cell(*each, totals[each], waits.get(each, [])) for each in every]
    return rows.Heatmap(begin_of(span), moment(span.until), cells)


def _cell(weekday: int, hour: int, total: Total, waits: Times) -> rows.HeatCell:
    (half,) = percentiles(waits, (0.5,))
    return rows.HeatCell(
        weekday=weekday,
        hour=hour,
        accepted=total.accepted,
        sent=total.sent,
        delivered=total.delivered,
        failed=total.failed,
        received=total.received,
        answered=total.answered["inbound"],
        reply_time=None if half is None else half / 1000,
    )


def latency(connection: sqlite3.Connection, span: Span) -> rows.Latency:
    """The time that everything took."""
    times = table.times(connection, span)
    return rows.Latency(
        since=begin_of(span),
        until=moment(span.until),
        accepted_to_sent=_duration(times.get("sending", [])),
        sent_to_delivered=_duration(times.get("delivery", [])),
        sent_to_answered=_duration(times.get("response", [])),
        received_to_answered=_duration(times.get("reply", [])),
    )


def _duration(times: Times) -> rows.Duration:
    p50, p90, p99 = (None if each is None else each / 1000 for each in percentiles(times, PARTS))
    count = sum(count for _, count in times)
    return rows.Duration(count=count, p50=p50, p90=p90, p99=p99, curve=curve(times))


def countries(connection: sqlite3.Connection, span: Span, limit: int) -> rows.Countries:
    """By country, most messages first."""
    counted = groupby(table.counts(connection, span, "country"), lambda row: row.group)
    totals = [(country, total(theirs)) for country, theirs in counted]
    totals.sort(key=lambda each: (-each[1].number, each[0]))
    others = Total()
    for _, each in totals[limit:]:
        others.add_all(each)
    return rows.Countries(
        begin_of(span),
        moment(span.until),
        [_country(country or None, each) for country, each in totals[:limit]],
        _country(None, others) if totals[limit:] else None,
    )


def _country(country: str | None, total: Total) -> rows.CountryFigures:
    known = total.delivered + total.failed
    low, high = interval(total.delivered, known)
    return rows.CountryFigures(
        country=country,
        accepted=total.accepted,
        sent=total.sent,
        delivered=total.delivered,
        failed=total.failed,
        received=total.received,
        answered=total.answered["outbound"],
        delivery_rate=rate(total.delivered, known),
        delivery_low=low,
        delivery_high=high,
        response_rate=rate(total.answered["outbound"], total.sent),
    )
