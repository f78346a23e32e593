"""Figures over a span of time: what is long over from figures and summaries, the rest from the messages.

What is asked for by one property (or by none) is read from ``figure`` and ``figure_time``, which have little more rows than
there are quarters (all together) and days (by a property); by several at once from the summaries, as are the edges of
days and quarters of one property; what neither has yet, and the edges of a span, from the messages. `summing` keeps them.
"""

import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from gsmd.features.statistics.summing import DAY, QUARTER, fill, reached, summarise
from gsmd.protocol.selftest import TAG

__all__ = ["GROUPS", "QUARTER", "Count", "QuarterCount", "Span", "Times", "fill", "summarise"]

GROUPS = ("hour", "day", "modem", "tag", "keyword")
"""What figures can be told by. Hours (with the seconds that local time is ahead) and days are those of this machine's
time zone."""

_PROPERTIES = frozenset({"modem", "tag", "keyword", "reason", "country"})

Times = list[tuple[int, int]]
"""``(milliseconds, count)``, shortest first; to a tenth of a second, or a twentieth of itself."""


G = TypeVar("G")


class Span(NamedTuple):
    """The subject of figures. Times are wall time in milliseconds."""

    since: int
    until: int
    tag: str | None = None
    modem: str | None = None


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
        return _by_local_time(by_quarter(connection, span), by)
    rows = _rows(
        connection,
        span,
        by,
        "name, direction, state, sum(count), sum(answered)",
        "GROUP BY 1, 2, 3 HAVING sum(count) > 0 ORDER BY 1, 2, 3",
    )
    return [Count(*row) for row in rows]


def _by_local_time(rows: Iterable[QuarterCount], by: str) -> list[Count]:
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    for quarter, group in groupby(rows, lambda row: row.quarter):
        name = local_group(by, quarter * QUARTER)
        for _, direction, state, number, answered in group:
            before = found.get((name, direction, state), (0, 0))
            found[name, direction, state] = (before[0] + number, before[1] + answered)
    return [Count(*key, *numbers) for key, numbers in sorted(found.items())]


def by_quarter(connection: sqlite3.Connection, span: Span) -> list[QuarterCount]:
    """The number of messages, by quarter of an hour, direction and state, in order."""
    rows = _rows(
        connection,
        span,
        None,
        f"at / {QUARTER}, direction, state, sum(count), sum(answered)",
        "GROUP BY 1, 2, 3 HAVING sum(count) > 0 ORDER BY 1",
        by_quarters=True,
    )
    return [QuarterCount(*row) for row in rows]


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


def answers(
    connection: sqlite3.Connection, span: Span, kind: str, group: Callable[[int], G]
) -> dict[G, Times]:
    """How long the first answers took, by a ``group`` that quarters of an hour belong to.

    ``kind``: ``response``, their answers to our messages of then, or ``reply``, ours to theirs.
    """
    found: defaultdict[G, Counter[int]] = defaultdict(Counter)
    for quarter, slots, counts in _answer_rows(connection, span, kind):
        each = found[group(quarter)]
        lengths = map(int, slots.split(","))
        if counts.strip("1,"):
            for slot, count in zip(lengths, map(int, counts.split(",")), strict=True):
                each[slot] += count
        else:  # every length once, as usual
            each.update(lengths)
    told = ((name, sorted((+slots).items())) for name, slots in found.items())
    return {name: times for name, times in told if times}


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
    values = _reach(span, until)
    told = _told(values, done.figures, dimension)
    narrowed = _narrowed(span)
    live = f"SELECT created_at AS at, {columns} FROM {messages} WHERE"
    summed = f"SELECT quarter * {QUARTER} AS at, {columns} FROM {summary} WHERE"
    parts = [
        f"{summed} quarter >= :first AND quarter < :told{narrowed}",
        f"{summed} quarter >= :told_end AND quarter < :last{narrowed}",
        f"{summed} quarter >= :early AND quarter < :end{narrowed}",
        f"{live} created_at >= :since AND created_at < :head{narrowed}",
        f"{live} created_at >= :tail AND created_at < :until{narrowed}",
    ]
    if told:
        parts.append(
            f"SELECT quarter * {QUARTER}, direction, state, count, answered, value AS name FROM figure"
            f" WHERE quarter >= :told AND quarter < :told_end{_chosen(span, dimension or '')}"
        )
    return _select(connection, parts, select, rest, span, values, dimension)


def _timed_rows(
    connection: sqlite3.Connection, span: Span, by: str | None, select: str, rest: str
) -> list[Any]:
    """The same of durations."""
    done = reached(connection)
    dimension = _dimension(span, by)
    name = f"{by} AS name" if by in _PROPERTIES else "'' AS name"
    values = _reach(span, done.until)
    days = None if dimension is None else "day"
    told = _told(values, done.figures, days)
    narrowed = _narrowed(span)
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


def _told(values: dict[str, int], figures: int, dimension: str | None) -> bool:
    """Put into ``values`` which quarters the figures have: whole days of a property; False if there are none."""
    first, last = values["first"], min(figures, values["last"])
    if dimension is None:
        last = first
    elif dimension:
        first, last = -(-first // DAY) * DAY, last // DAY * DAY
    if first >= last:
        values |= {"told": values["first"], "told_end": values["first"]}
        return False
    values |= {"told": first, "told_end": last}
    return True


def _answer_rows(
    connection: sqlite3.Connection, span: Span, kind: str
) -> list[tuple[int, str, str]]:
    """``(quarter, lengths, counts)`` of answers: one row a quarter, as fetching them one by one would take long."""
    done = reached(connection)
    values = _reach(span, done.until)
    _told(values, done.figures if span.tag != TAG else 0, "")
    narrowed = f" AND kind = '{kind}'{_narrowed(span)}"
    lists = "group_concat(slot), group_concat(count)"
    live = f"SELECT created_at / {QUARTER}, {lists} FROM message_timed WHERE"
    summary = f"SELECT quarter, {lists} FROM summary_time WHERE"
    parts = [
        f"{summary} quarter IN ({_ANSWERED}){narrowed} GROUP BY quarter",
        f"{summary} quarter >= :first AND quarter < :told{narrowed} GROUP BY quarter",
        f"{summary} quarter >= :told_end AND quarter < :last{narrowed} GROUP BY quarter",
        f"{summary} quarter >= :early AND quarter < :end{narrowed} GROUP BY quarter",
        f"{live} created_at >= :since AND created_at < :head{narrowed} GROUP BY 1",
        f"{live} created_at >= :tail AND created_at < :until{narrowed} GROUP BY 1",
    ]
    return connection.execute(" UNION ALL ".join(parts), {**span._asdict(), **values}).fetchall()


_ANSWERED = (
    "SELECT quarter FROM figure WHERE dimension = '' AND value = '' AND quarter >= :told AND quarter < :told_end"
    " AND answered > 0"
)
"""The quarters with messages that were answered: most of what there is to know of times is about others."""


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


def _narrowed(span: Span) -> str:
    narrowed = "".join(
        f" AND {name} = :{name}" for name in ("tag", "modem") if getattr(span, name) is not None
    )
    if span.tag is None:  # tests of ourselves are nobody's figures
        narrowed += f" AND tag != '{TAG}'"
    return narrowed


def _chosen(span: Span, dimension: str | None) -> str:
    """The rows of one property, or of one value of it."""
    chosen = " AND dimension = :dimension"
    if dimension == "" or (dimension in {"tag", "modem"} and getattr(span, dimension) is not None):
        return f"{chosen} AND value = :value"
    return f"{chosen} AND value != '{TAG}'" if dimension == "tag" else chosen


def _reach(span: Span, summarised: int) -> dict[str, int]:
    """The quarters of a span that the summary has; before ``head`` and from ``tail`` on it is the messages.

    From ``early`` on the summary has those that were deleted before their time.
    """
    first = -(-span.since // QUARTER)
    last = min(span.until, summarised) // QUARTER
    early = {"early": max(first, summarised // QUARTER), "end": span.until // QUARTER}
    if first >= last:
        return {"first": 0, "last": 0, "head": span.until, "tail": span.until, **early}
    return {"first": first, "last": last, "head": first * QUARTER, "tail": last * QUARTER, **early}
