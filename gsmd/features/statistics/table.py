"""Figures over a span of time: what is long over from figures and summaries, the rest from the messages.

What is asked for by one property (or by none) is read from ``figure`` and ``figure_time``, which have little more rows than
there are quarters and days; by several at once from the summaries; what neither has yet, and the edges of a span, from
the messages. `summing` keeps them.
"""

import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from gsmd.features.statistics.summing import DAY, QUARTER, fill, reached, summarise
from gsmd.protocol.selftest import TAG

__all__ = ["GROUPS", "QUARTER", "Count", "QuarterCount", "Span", "Times", "fill", "summarise"]

_LOCAL = "at / 1000, 'unixepoch', 'localtime'"
_GROUPS = {
    "hour": f"strftime('%Y-%m-%dT%H:', {_LOCAL}) || (strftime('%s', {_LOCAL}) - at / 1000)",
    "day": f"strftime('%Y-%m-%d', {_LOCAL})",
    "modem": "name",
    "tag": "name",
    "keyword": "name",
    "reason": "name",
    "country": "name",
}
"""The groups that figures can be told by. Hours (with the seconds that local time is ahead) and days are those of
this machine's time zone."""

GROUPS = ("hour", "day", "modem", "tag", "keyword")

_PROPERTIES = frozenset(_GROUPS) - {"hour", "day"}

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
    group = "''" if by is None else _GROUPS[by]
    rows = _rows(
        connection,
        span,
        by,
        f"{group}, direction, state, sum(count), sum(answered)",
        "GROUP BY 1, 2, 3 HAVING sum(count) > 0 ORDER BY 1, 2, 3",
    )
    return [Count(*row) for row in rows]


def by_quarter(connection: sqlite3.Connection, span: Span) -> list[QuarterCount]:
    """The number of messages, by quarter of an hour, direction and state, in order."""
    rows = _rows(
        connection,
        span,
        None,
        f"at / {QUARTER}, direction, state, sum(count), sum(answered)",
        "GROUP BY 1, 2, 3 HAVING sum(count) > 0 ORDER BY 1",
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
    groups: dict[int, Counter[int]] = {}
    found: defaultdict[G, Counter[int]] = defaultdict(Counter)
    select = f"at / {QUARTER}, slot, count"
    for quarter, slot, count in _timed_rows(
        connection, span, None, select, f"AND kind = '{kind}'", kind
    ):
        slots = groups.get(quarter)
        if slots is None:
            slots = groups[quarter] = found[group(quarter)]
        slots[slot] += count
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
    connection: sqlite3.Connection, span: Span, by: str | None, select: str, rest: str
) -> list[Any]:
    """``select`` from figures, summaries and messages, each where the one before has nothing."""
    done = reached(connection)
    dimension = _dimension(span, by)
    summary, messages, until = "summary", "message_counted", done.until
    if by == "country":
        summary, messages, until = "summary_country", "message_located", done.countries
    name = f"{by} AS name" if by in _PROPERTIES else "'' AS name"
    columns = f"direction, state, count, answered, {name}"
    values = _reach(span, until)
    values["told"] = values["first"]
    if dimension is not None:
        values["told"] = max(values["first"], min(done.figures, values["last"]))
    narrowed = _narrowed(span)
    live = f"SELECT created_at AS at, {columns} FROM {messages} WHERE"
    summed = f"SELECT quarter * {QUARTER} AS at, {columns} FROM {summary} WHERE"
    parts = [
        f"{summed} quarter >= :told AND quarter < :last{narrowed}",
        f"{summed} quarter >= :early AND quarter < :end{narrowed}",
        f"{live} created_at >= :since AND created_at < :head{narrowed}",
        f"{live} created_at >= :tail AND created_at < :until{narrowed}",
    ]
    if dimension is not None:
        parts.append(
            f"SELECT quarter * {QUARTER}, direction, state, count, answered, value AS name FROM figure"
            f" WHERE quarter >= :first AND quarter < :told{_chosen(span, dimension)}"
        )
    return _select(connection, parts, select, rest, span, values, dimension)


def _timed_rows(
    connection: sqlite3.Connection,
    span: Span,
    by: str | None,
    select: str,
    rest: str,
    answers_of: str | None = None,
) -> list[Any]:
    """The same of durations. ``answers_of``: only that kind, ``response`` or ``reply``, and to the quarter, not to the day."""
    done = reached(connection)
    dimension = _dimension(span, by) if answers_of is None else None
    name = f"{by} AS name" if by in _PROPERTIES else "'' AS name"
    values = _reach(span, done.until)
    first, last = values["first"], values["last"]
    narrowed = _narrowed(span)
    summary = f"SELECT quarter * {QUARTER} AS at, kind, slot, count, {name} FROM summary_time WHERE"
    parts = [f"{summary} quarter >= :rest AND quarter < :last{narrowed}"]
    days = range(-(-first // DAY), min(done.figures, last) // DAY)
    values["rest"] = first
    if dimension is not None and days:
        values |= {"first_day": days.start, "days_end": days.stop}
        values |= {"morning": days.start * DAY, "rest": days.stop * DAY}
        days_of = f"SELECT day * {DAY * QUARTER}, kind, slot, count, value AS name FROM figure_time"
        parts += [
            f"{days_of} WHERE day >= :first_day AND day < :days_end{_chosen(span, dimension)}",
            f"{summary} quarter >= :first AND quarter < :morning{narrowed}",
        ]
    elif answers_of is not None and span.tag != TAG:
        values["rest"] = max(first, min(done.figures, last))
        parts.append(f"{summary} quarter IN ({_ANSWERED}) AND kind = '{answers_of}'{narrowed}")
    live = f"SELECT created_at AS at, kind, slot, count, {name} FROM message_timed WHERE"
    parts += [
        f"{summary} quarter >= :early AND quarter < :end{narrowed}",
        f"{live} created_at >= :since AND created_at < :head{narrowed}",
        f"{live} created_at >= :tail AND created_at < :until{narrowed}",
    ]
    return _select(connection, parts, select, rest, span, values, dimension)


_ANSWERED = (
    "SELECT quarter FROM figure WHERE dimension = '' AND value = '' AND quarter >= :first AND quarter < :rest"
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
