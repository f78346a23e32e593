"""Figures over a span of time: what is long over from its summary, the rest from the messages.

The schema (0006.sql) says what a message adds to a summary, and keeps the summaries true.
"""

import sqlite3
from collections import defaultdict
from typing import Any, NamedTuple

from gsmd.clock import Milliseconds
from gsmd.protocol.selftest import TAG

QUARTER = 900_000
"""Milliseconds that one row of a summary covers. Hours and days of every time zone are made of them."""

_YOUNG = 3_600_000
"""Milliseconds for which messages are not summed up: most of what becomes of them comes sooner."""

_LOCAL = "at / 1000, 'unixepoch', 'localtime'"
_GROUPS = {
    "hour": f"strftime('%Y-%m-%dT%H:', {_LOCAL}) || (strftime('%s', {_LOCAL}) - at / 1000)",
    "day": f"strftime('%Y-%m-%d', {_LOCAL})",
    "modem": "modem",
    "tag": "tag",
    "keyword": "keyword",
}
"""The groups that figures can be told by. Hours (with the seconds that local time is ahead) and days are those of
this machine's time zone."""

GROUPS = tuple(_GROUPS)

Times = list[tuple[int, int]]
"""``(milliseconds, count)``, shortest first; to a tenth of a second, or a twentieth of itself."""


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


def summarise(connection: sqlite3.Connection, now: Milliseconds, limit: int) -> bool:
    """Sum up what is over, some ``limit`` messages of it; returns whether there is more. In a transaction."""
    done = _summarised(connection)
    over = (now - _YOUNG) // QUARTER * QUARTER
    waiting = connection.execute(
        "SELECT created_at FROM message INDEXED BY message_created WHERE created_at >= ? AND created_at < ?"
        " ORDER BY created_at LIMIT 1",
        (done, over),
    ).fetchone()
    if waiting is None:
        return False
    next_ = connection.execute(
        "SELECT created_at FROM message INDEXED BY message_created WHERE created_at >= ? AND created_at < ?"
        " ORDER BY created_at LIMIT 1 OFFSET ?",
        (done, over, limit),
    ).fetchone()
    until = over
    if next_ is not None:  # whole quarters, and at least one
        until = max(next_[0] // QUARTER, waiting[0] // QUARTER + 1) * QUARTER
    values = {"since": done, "until": until}
    connection.execute(_SUM_UP_COUNTS, values)
    connection.execute(_SUM_UP_TIMES, values)
    connection.execute("UPDATE summarised SET until = ?", (until,))
    return until < over


_SUM_UP_COUNTS = (
    f"INSERT INTO summary SELECT created_at / {QUARTER}, direction, state, modem, tag, keyword, reason,"
    " sum(count), sum(answered) FROM message_counted WHERE created_at >= :since AND created_at < :until"
    " GROUP BY 1, 2, 3, 4, 5, 6, 7"
    " ON CONFLICT DO UPDATE SET count = count + excluded.count, answered = answered + excluded.answered"
)
_SUM_UP_TIMES = (
    f"INSERT INTO summary_time SELECT created_at / {QUARTER}, kind, modem, tag, keyword, slot, sum(count)"
    " FROM message_timed WHERE created_at >= :since AND created_at < :until GROUP BY 1, 2, 3, 4, 5, 6"
    " ON CONFLICT DO UPDATE SET count = count + excluded.count"
)


def counts(connection: sqlite3.Connection, span: Span, by: str | None = None) -> list[Count]:
    """The number of messages, by ``by`` (one of `GROUPS`), direction and state, in the order of the groups."""
    group = "''" if by is None else _GROUPS[by]
    rows = _rows(
        connection,
        span,
        "direction, state, sum(count) AS count, sum(answered) AS answered",
        group,
        _COUNTED,
        "GROUP BY 1, 2, 3 HAVING sum(count) > 0 ORDER BY 1, 2, 3",
    )
    return [Count(*row) for row in rows]


def failures(connection: sqlite3.Connection, span: Span) -> list[tuple[str, int]]:
    """``(reason, count)`` of what failed or expired, most frequent first."""
    rest = "AND reason != '' GROUP BY 1 HAVING sum(count) > 0 ORDER BY 2 DESC, 1 LIMIT 50"
    return _rows(connection, span, "sum(count)", "reason", _COUNTED, rest)


def times(connection: sqlite3.Connection, span: Span) -> dict[str, Times]:
    """The durations of things, by kind.

    ``sending``: from accepted to sent; ``delivery``: from sent to delivered; ``response``: from our
    message to their first answer; ``reply``: from their message to our first answer.
    """
    rows = _rows(
        connection,
        span,
        "slot, sum(count)",
        "kind",
        _TIMED,
        "GROUP BY 1, 2 HAVING sum(count) > 0 ORDER BY 1, 2",
    )
    return _by_first(rows)


def times_by(connection: sqlite3.Connection, span: Span, by: str, kind: str) -> dict[str, Times]:
    """One kind of `times` by group."""
    rest = f"AND kind = '{kind}' GROUP BY 1, 2 HAVING sum(count) > 0 ORDER BY 1, 2"
    return _by_first(_rows(connection, span, "slot, sum(count)", _GROUPS[by], _TIMED, rest))


def _by_first(rows: list[tuple[str, int, int]]) -> dict[str, Times]:
    found: defaultdict[str, Times] = defaultdict(list)
    for name, slot, count in rows:
        found[name].append((slot, count))
    return dict(found)


_COUNTED = (
    "summary",
    "message_counted",
    "direction, state, modem, tag, keyword, reason, count, answered",
)
_TIMED = ("summary_time", "message_timed", "kind, modem, tag, keyword, slot, count")


def _rows(
    connection: sqlite3.Connection,
    span: Span,
    select: str,
    group: str,
    source: tuple[str, str, str],
    rest: str,
) -> list[Any]:
    """``group`` and ``select`` from a summary and, where that does not reach, from the messages."""
    summary, messages, columns = source
    narrowed = "".join(
        f" AND {name} = :{name}" for name in ("tag", "modem") if getattr(span, name) is not None
    )
    if span.tag is None:  # tests of ourselves are nobody's figures
        narrowed += f" AND tag != '{TAG}'"
    live = f"SELECT created_at AS at, {columns} FROM {messages} WHERE"
    return connection.execute(
        f"WITH figure AS (SELECT quarter * {QUARTER} AS at, {columns} FROM {summary}"
        f" WHERE quarter >= :first AND quarter < :last{narrowed}"
        f" UNION ALL {live} created_at >= :since AND created_at < :head{narrowed}"
        f" UNION ALL {live} created_at >= :tail AND created_at < :until{narrowed})"
        f" SELECT {group}, {select} FROM figure WHERE 1 {rest}",
        {**span._asdict(), **_reach(span, _summarised(connection))},
    ).fetchall()


def _reach(span: Span, summarised: int) -> dict[str, int]:
    """The quarters of a span that the summary has; before ``head`` and from ``tail`` on it is the messages."""
    first = -(-span.since // QUARTER)
    last = min(span.until, summarised) // QUARTER
    if first >= last:
        return {"first": 0, "last": 0, "head": span.until, "tail": span.until}
    return {"first": first, "last": last, "head": first * QUARTER, "tail": last * QUARTER}


def _summarised(connection: sqlite3.Connection) -> int:
    (until,) = connection.execute("SELECT until FROM summarised").fetchone()
    return int(until)
