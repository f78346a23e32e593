"""All figures of a span, and of its groups."""

import sqlite3
from collections.abc import Sequence
from itertools import groupby

from gsmd.features.statistics import table
from gsmd.features.statistics.charts import PARTS, begin_of
from gsmd.features.statistics.rules import name_of, percentiles
from gsmd.features.statistics.table import Span
from gsmd.features.statistics.totals import total
from gsmd.proportions import rate
from gsmd.protocol import stats as rows
from gsmd.store.tables.messages import moment


def figures(connection: sqlite3.Connection, span: Span, by: str | None) -> rows.Statistics:
    """All of them."""
    counts = None if by is None else table.counts(connection, span, by)
    all_ = total(counts if counts is not None else table.counts(connection, span))
    times = table.times(connection, span)
    outbound, inbound = all_.states["outbound"], all_.states["inbound"]
    return rows.Statistics(
        since=begin_of(span),
        until=moment(span.until),
        outbound=dict(outbound),
        inbound=dict(inbound),
        accepted=all_.accepted,
        sent=all_.sent,
        delivered=all_.delivered,
        failed=all_.failed,
        received=all_.received,
        answered=all_.answered["outbound"],
        delivery_rate=rate(all_.delivered, all_.delivered + all_.failed),
        response_rate=rate(all_.answered["outbound"], all_.sent),
        sending_time=_times(times.get("sending", ())),
        delivery_time=_times(times.get("delivery", ())),
        reply_time=_times(times.get("response", ())),
        failures=[rows.FailureReason(*row) for row in table.failures(connection, span)],
        groups=[] if by is None or counts is None else _groups(connection, span, by, counts),
    )


def _groups(
    connection: sqlite3.Connection, span: Span, by: str, counts: Sequence[table.Count]
) -> list[rows.Group]:
    theirs = by == "keyword"
    direction, kind = ("inbound", "reply") if theirs else ("outbound", "response")
    times = table.times_by(connection, span, by, kind)
    totals = [
        (group, total(rows))
        for group, rows in groupby(counts, lambda row: row.group)
        if group or by not in {"tag", "keyword"}
    ]
    return [
        rows.Group(
            group=name_of(group, by),
            accepted=each.accepted,
            sent=each.sent,
            delivered=each.delivered,
            failed=each.failed,
            received=each.received,
            answered=each.answered[direction],
            response_rate=rate(each.answered[direction], each.received if theirs else each.sent),
            reply_time=_times(times.get(group, ())),
        )
        for group, each in totals
    ]


def _times(times: Sequence[tuple[int, int]]) -> rows.Times:
    found = percentiles(times, PARTS)
    return rows.Times(*(None if each is None else each / 1000 for each in found))
