"""Statistics: what was sent, what came of it, what was answered and how soon."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from gsmd.core.summing import sum_up
from gsmd.protocol import stats as rows
from gsmd.protocol.method import Bound, Context, bind
from gsmd.store.ledger import Ledger
from gsmd.store.tables import messages, statistics
from gsmd.store.tables.statistics import Count, Span

_PARTS = (0.5, 0.9, 0.99)
_SENT = ("sent", "delivered")
"""States in which the network has the message."""


class Figures:
    """Asks the store."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def methods(self) -> tuple[Bound, ...]:
        """The methods of the protocol that are carried out here."""
        return (bind(rows.GET, self._get),)

    async def _get(self, _: Context, p: rows.StatsParams) -> rows.Statistics:
        return await self.get(p.since, p.until, by=p.by, tag=p.tag, modem=p.modem)

    async def get(
        self,
        since: datetime | None,
        until: datetime | None,
        *,
        by: rows.By | None = None,
        tag: str | None = None,
        modem: str | None = None,
    ) -> rows.Statistics:
        """Figures of a span, all of it if nothing is given. Errors: `Refused`."""
        end = self._ledger.clock.wall() + 1 if until is None else messages.milliseconds(until)
        begin = 0 if since is None else messages.milliseconds(since)
        span = Span(begin, end, tag, modem)
        await sum_up(self._ledger)
        return await self._ledger.read(lambda c: _figures(c, span, by))


def _figures(connection: sqlite3.Connection, span: Span, by: str | None) -> rows.Statistics:
    total = _total(statistics.counts(connection, span))
    times = statistics.times(connection, span)
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
        delivery_rate=_rate(outbound["delivered"], outbound["delivered"] + total.failed),
        response_rate=_rate(total.answered["outbound"], total.sent),
        sending_time=_times(times.get("sending", ())),
        delivery_time=_times(times.get("delivery", ())),
        reply_time=_times(times.get("response", ())),
        failures=[rows.FailureReason(*row) for row in statistics.failures(connection, span)],
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
    times = statistics.times_by(connection, span, by, kind)
    totals = [
        (group, _total(rows))
        for group, rows in groupby(statistics.counts(connection, span, by), lambda row: row.group)
        if group or by not in {"tag", "keyword"}
    ]
    return [
        rows.Group(
            group=_name(group, by),
            accepted=total.states["outbound"].total(),
            sent=total.sent,
            delivered=total.states["outbound"]["delivered"],
            failed=total.failed,
            received=total.states["inbound"].total(),
            answered=total.answered[direction],
            response_rate=_rate(
                total.answered[direction],
                total.states["inbound"].total() if theirs else total.sent,
            ),
            reply_time=_times(times.get(group, ())),
        )
        for group, total in totals
    ]


def _name(group: str, by: str) -> str | None:
    """An hour is told with its offset: in autumn there is one twice."""
    if by != "hour":
        return group or None
    hour, ahead = group.rsplit(":", 1)
    hours, minutes = divmod(abs(int(ahead)) // 60, 60)
    return f"{hour}:00{'-' if int(ahead) < 0 else '+'}{hours:02}:{minutes:02}"


def _times(times: Sequence[tuple[int, int]]) -> rows.Times:
    found = statistics.percentiles(times, _PARTS)
    return rows.Times(*(None if each is None else each / 1000 for each in found))


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
