"""Statistics: what was sent, what came of it, what was answered and how soon."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

import msgspec

from gsmd.core.requests import Code, Refused
from gsmd.core.summing import sum_up
from gsmd.store.ledger import Ledger
from gsmd.store.tables import messages, statistics
from gsmd.store.tables.statistics import GROUPS, Count, Span

_PARTS = (0.5, 0.9, 0.99)
_SENT = ("sent", "delivered")
"""States in which the network has the message."""


class Times(msgspec.Struct, frozen=True):
    """Seconds within which half, nine tenths and 99 of 100 were done; None if there were none."""

    p50: float | None
    p90: float | None
    p99: float | None


class Reason(msgspec.Struct, frozen=True):
    """Why messages failed, and how many."""

    reason: str
    count: int


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one hour, day, modem, tag or keyword.

    ``answered``, ``response_rate`` and ``reply_time`` are about how they answered our messages; by keyword,
    about how we answered theirs.
    """

    group: str | None
    accepted: int
    sent: int
    delivered: int
    failed: int
    received: int
    answered: int
    response_rate: float | None
    reply_time: Times


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a span of time.

    ``outbound`` and ``inbound`` count by state. ``delivery_rate`` is the part that arrived
    of those whose fate is known: most messages ask for no report. ``response_rate`` the part that was answered.
    """

    since: datetime | None
    until: datetime
    outbound: dict[str, int]
    inbound: dict[str, int]
    accepted: int
    sent: int
    delivered: int
    failed: int
    received: int
    answered: int
    delivery_rate: float | None
    response_rate: float | None
    sending_time: Times
    delivery_time: Times
    reply_time: Times
    failures: Sequence[Reason]
    groups: Sequence[Group]


class Statistics:
    """Asks the store."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def get(
        self,
        since: datetime | None,
        until: datetime | None,
        *,
        by: str | None = None,
        tag: str | None = None,
        modem: str | None = None,
    ) -> Figures:
        """Figures of a span, all of it if nothing is given. Errors: `Refused`."""
        if by is not None and by not in GROUPS:
            raise Refused(
                Code.INVALID, f"by is one of {', '.join(GROUPS)}", reason="by", field="by"
            )
        end = self._ledger.clock.wall() + 1 if until is None else messages.milliseconds(until)
        begin = 0 if since is None else messages.milliseconds(since)
        span = Span(begin, end, tag, modem)
        await sum_up(self._ledger)
        return await self._ledger.read(lambda c: _figures(c, span, by))


def _figures(connection: sqlite3.Connection, span: Span, by: str | None) -> Figures:
    total = _total(statistics.counts(connection, span))
    times = statistics.times(connection, span)
    outbound, inbound = total.states["outbound"], total.states["inbound"]
    return Figures(
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
        failures=[Reason(*row) for row in statistics.failures(connection, span)],
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


def _groups(connection: sqlite3.Connection, span: Span, by: str) -> list[Group]:
    theirs = by == "keyword"
    direction, kind = ("inbound", "reply") if theirs else ("outbound", "response")
    times = statistics.times_by(connection, span, by, kind)
    totals = [
        (group, _total(rows))
        for group, rows in groupby(statistics.counts(connection, span, by), lambda row: row.group)
        if group or by not in {"tag", "keyword"}
    ]
    return [
        Group(
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


def _times(times: Sequence[tuple[int, int]]) -> Times:
    found = statistics.percentiles(times, _PARTS)
    return Times(*(None if each is None else each / 1000 for each in found))


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
