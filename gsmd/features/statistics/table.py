"""Figures over a span of time: what is long over from figures and summaries, the rest from the messages.

What is asked for by one property (or by none) is read from ``figure`` and ``figure_time``, which have little more rows than
there are quarters (all together) and days (by a property); by several at once from the summaries, as are the edges of
days and quarters of one property; what neither has yet, and the edges of a span, from the messages. `summing` keeps them.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from gsmd.features.statistics.answers import answers
from gsmd.features.statistics.spans import Span, Times, condition, cover, quarters_of
from gsmd.features.statistics.summing import DAY, QUARTER, fill, reached, summarise
from gsmd.protocol.selftest import TAG

__all__ = [
    "GROUPS", "QUARTER", "Count", "QuarterCount", "Span", "Times", "answers", "fill", "summarise",
]  # fmt: skip

GROUPS = ("hour", "day", "modem", "tag", "keyword")
"""What figures can be told by. Hours (with the seconds that local time is ahead) and days are those of this machine's
time zone."""

_PROPERTIES = frozenset({"modem", "tag", "keyword", "reason", "country"})


class Count(NamedTuple):
    """So many messages of a group, and how many of them were answered."""

    group: str
    direction: str
    state: str
    number: int
    answered: int


class QuarterCount(NamedTuple):
    """The same of a quarter of an hour, which is counted from 1970."""

    quarter: int
    direction: str
    state: str
    number: int
    answered: int


def counts(connection: sqlite3.Connection, span: Span, by: str | None = None) -> list[Count]:
    """The number of messages, by ``by`` (one of `GROUPS`, or country), direction and state, in the order of the groups."""
    if by in ("hour", "day"):
        return _by_local_time(_quarters(connection, span), by)
    rows = _rows(
        connection,
        span,
        by,
        "name, direction, state, sum(count), sum(answered)",
        "GROUP BY 1, 2, 3 HAVING sum(count) > 0 ORDER BY 1, 2, 3",
    )
    return [Count(*row) for row in rows]


def _by_local_time(rows: Iterable[tuple[int, str, str, int, int]], by: str) -> list[Count]:
    found: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for quarter, group in groupby(rows, itemgetter(0)):
        name = local_group(by, quarter * QUARTER)
        for _, direction, state, number, answered in group:
            both = found[name, direction, state]
            both[0] += number
            both[1] += answered
    return [Count(*key, *numbers) for key, numbers in sorted(found.items())]


def by_quarter(connection: sqlite3.Connection, span: Span) -> list[QuarterCount]:
    """The number of messages, by quarter of an hour, direction and state, in order."""
    return list(map(QuarterCount._make, _quarters(connection, span)))


def _quarters(connection: sqlite3.Connection, span: Span) -> list[tuple[int, str, str, int, int]]:
    """The same, bare: there are many."""
    rows = _rows(
        connection,
        span,
        None,
        f"at / {QUARTER}, direction, state, sum(count), sum(answered)",
        "GROUP BY 1, 2, 3 HAVING sum(count) > 0",
        by_quarters=True,
    )
    rows.sort(key=itemgetter(0))
    return rows


def failures(connection: sqlite3.Connection, span: Span) -> list[tuple[str, int]]:
    """``(reason, count)`` of what failed or expired, most frequent first."""
    rest = "AND name != '' GROUP BY 1 HAVING sum(count) > 0 ORDER BY 2 DESC, 1 LIMIT 50"
    return _rows(connection, span, "reason", "name, sum(count)", rest)


def times(connection: sqlite3.Connection, span: Span) -> dict[str, Times]:
    """The durations of things, by kind.

    ``sending``: from accepted to sent; ``delivery``: from sent to delivered; ``response``: from our
    message to their first answer; ``reply``: from their message to our first answer.
    """
    rest = "GROUP BY 1, 2 HAVING sum(count) > 0 ORDER BY 1, 2"
    return _by_first(_timed_rows(connection, span, None, "kind, slot, sum(count)", rest))


def times_by(connection: sqlite3.Connection, span: Span, by: str, kind: str) -> dict[str, Times]:
    """One kind of `times` by group; by hour and day that of answers, ``response`` or ``reply``."""
    if by not in _PROPERTIES:
        return _answers_by(connection, span, by, kind)
    rest = f"AND kind = '{kind}' GROUP BY 1, 2 HAVING sum(count) > 0 ORDER BY 1, 2"
    return _by_first(_timed_rows(connection, span, by, "name, slot, sum(count)", rest))


def _answers_by(connection: sqlite3.Connection, span: Span, by: str, kind: str) -> dict[str, Times]:
    return answers(connection, span, kind, lambda quarter: local_group(by, quarter * QUARTER))


def local_group(by: str, at: int) -> str:
    """The hour or day of a wall time, as `_GROUPS` has it."""
    local = time.localtime(at // 1000)
    if by == "day":
        return time.strftime("%Y-%m-%d", local)
    return f"{time.strftime('%Y-%m-%dT%H:', local)}{local.tm_gmtoff}"


def oldest(connection: sqlite3.Connection) -> int | None:
    """When the first message came of which there are figures."""
    (at,) = connection.execute(
        "SELECT min(at) FROM (SELECT min(created_at) AS at FROM message"
        f" UNION ALL SELECT min(quarter) * {QUARTER} FROM summary)"
    ).fetchone()
    return None if at is None else int(at)


def _by_first(rows: list[tuple[str, int, int]]) -> dict[str, Times]:
    found: defaultdict[str, Times] = defaultdict(list)
    for name, slot, count in rows:
        found[name].append((slot, count))
    return dict(found)


def _dimension(span: Span, by: str | None) -> str | None:
    """The one property that figures are asked for by, ``''`` for none; None for several."""
    named = {name for name in ("tag", "modem") if getattr(span, name) is not None}
    if by in _PROPERTIES:
        named.add(by)
    if len(named) > 1:
        return None
    return named.pop() if named else ""


def _rows(
    connection: sqlite3.Connection,
    span: Span,
    by: str | None,
    select: str,
    rest: str,
    *,
    by_quarters: bool = False,
) -> list[Any]:
    """``select`` from figures, summaries and messages, each where the one before has nothing."""
    done = reached(connection)
    dimension = _dimension(span, by)
    if by_quarters and dimension:
        dimension = None
    summary, messages, until = "summary", "message_counted", done.until
    if by == "country":
        summary, messages, until = "summary_country", "message_located", done.countries
    name = f"{by} AS name" if by in _PROPERTIES else "'' AS name"
    columns = f"direction, state, count, answered, {name}"
    values = quarters_of(span, until)
    told = cover(values, done.figures, dimension)
    narrowed = condition(span)
    live = f"SELECT created_at AS at, {columns} FROM {messages} WHERE"
    summed = f"SELECT quarter * {QUARTER} AS at, {columns} FROM {summary} WHERE"
    parts = [
        f"{summed} quarter >= :first AND quarter < :told{narrowed}",
        f"{summed} quarter >= :told_end AND quarter < :last{narrowed}",
        f"{summed} quarter >= :early AND quarter < :end{narrowed}",
        f"{live} created_at >= :since AND created_at < :head{narrowed}",
        f"{live} created_at >= :tail AND created_at < :until{narrowed}",
    ]
    of_figures = f"FROM figure WHERE quarter >= :told AND quarter < :told_end{_chosen(span, dimension or '')}"
    if (
        told and by_quarters
    ):  # a row of the figures is one of the result: nothing else has its quarter
        direct = f"SELECT quarter, direction, state, count, answered {of_figures} AND count > 0"
        asked = {**values, "dimension": dimension, "value": ""}
        figures = connection.execute(direct, asked).fetchall()
        return figures + _select(connection, parts, select, rest, span, values, dimension)
    if told:
        parts.append(
            f"SELECT quarter * {QUARTER}, direction, state, count, answered, value AS name {of_figures}"
        )
    return _select(connection, parts, select, rest, span, values, dimension)


def _timed_rows(
    connection: sqlite3.Connection, span: Span, by: str | None, select: str, rest: str
) -> list[Any]:
    """The same of durations."""
    done = reached(connection)
    dimension = _dimension(span, by)
    name = f"{by} AS name" if by in _PROPERTIES else "'' AS name"
    values = quarters_of(span, done.until)
    days = None if dimension is None else "day"
    told = cover(values, done.figures, days)
    narrowed = condition(span)
    live = f"SELECT created_at AS at, kind, slot, count, {name} FROM message_timed WHERE"
    summary = f"SELECT quarter * {QUARTER} AS at, kind, slot, count, {name} FROM summary_time WHERE"
    parts = [
        f"{summary} quarter >= :first AND quarter < :told{narrowed}",
        f"{summary} quarter >= :told_end AND quarter < :last{narrowed}",
        f"{summary} quarter >= :early AND quarter < :end{narrowed}",
        f"{live} created_at >= :since AND created_at < :head{narrowed}",
        f"{live} created_at >= :tail AND created_at < :until{narrowed}",
    ]
    if told:
        parts.append(
            f"SELECT day * {DAY * QUARTER}, kind, slot, count, value AS name FROM figure_time"
            f" WHERE day >= :told / {DAY} AND day < :told_end / {DAY}{_chosen(span, dimension or '')}"
        )
    return _select(connection, parts, select, rest, span, values, dimension)


def _select(
    connection: sqlite3.Connection,
    parts: list[str],
    select: str,
    rest: str,
    span: Span,
    values: dict[str, int],
    dimension: str | None,
) -> list[Any]:
    value = span.tag if dimension == "tag" else span.modem if dimension == "modem" else None
    return connection.execute(
        f"WITH told AS ({' UNION ALL '.join(parts)}) SELECT {select} FROM told WHERE 1 {rest}",
        {**span._asdict(), **values, "dimension": dimension, "value": value or ""},
    ).fetchall()


def _chosen(span: Span, dimension: str | None) -> str:
    """The rows of one property, or of one value of it."""
    chosen = " AND dimension = :dimension"
    if dimension == "" or (dimension in {"tag", "modem"} and getattr(span, dimension) is not None):
        return f"{chosen} AND value = :value"
    return f"{chosen} AND value != '{TAG}'" if dimension == "tag" else chosen
