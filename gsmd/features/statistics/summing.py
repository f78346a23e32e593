"""Summing up: messages into summaries, and summaries into figures, a little at a time. In a transaction.

The schema says what a message adds to a summary, and a summary to the figures; its triggers keep both true.
"""

import sqlite3
from collections import defaultdict
from typing import Any, NamedTuple

from gsmd.clock import Milliseconds
from gsmd.protocol.selftest import TAG

QUARTER = 900_000
"""Milliseconds that one row of a summary covers. Hours and days of every time zone are made of them."""

DAY = 96
"""Quarters of a day."""

_YOUNG = 3_600_000
"""Milliseconds for which messages are not summed up: most of what becomes of them comes sooner."""


class Reached(NamedTuple):
    """How far it is done: the summaries, that of countries (both wall time), the figures (quarters)."""

    until: int
    countries: int
    figures: int


def reached(connection: sqlite3.Connection) -> Reached:
    """How far it is done."""
    query = "SELECT until, countries, figures FROM summarised"
    return Reached(*connection.execute(query).fetchone())


def is_behind(connection: sqlite3.Connection, now: Milliseconds) -> bool:
    """True if `summarise` or `fill` has something to do: to be asked of a reader, for a writer may be busy."""
    done = reached(connection)
    over = (now - _YOUNG) // QUARTER * QUARTER
    return (
        done.countries < done.until
        or _end(connection, done.until, over, 1) is not None
        or _unfilled(connection, done) is not None
        or connection.execute("SELECT 1 FROM figure_answers WHERE slots IS NULL").fetchone()
        is not None
    )


def summarise(connection: sqlite3.Connection, now: Milliseconds, limit: int) -> bool:
    """Sum up what is over, some ``limit`` messages of it; returns whether there is more."""
    done = reached(connection)
    if done.countries < done.until:  # a database from before there were countries
        end = _end(connection, done.countries, done.until, limit) or done.until
        connection.execute(_SUM_UP_COUNTRIES, {"since": done.countries, "until": end})
        connection.execute("UPDATE summarised SET countries = ?", (end,))
        return True
    over = (now - _YOUNG) // QUARTER * QUARTER
    until = _end(connection, done.until, over, limit)
    if until is None:
        return False
    span = {"since": done.until, "until": until}
    _sum_up_counts(connection, span)
    connection.execute(_SUM_UP_TIMES, span)
    connection.execute("UPDATE summarised SET until = ?, countries = ?", (until, until))
    return until < over


def fill(connection: sqlite3.Connection, quarters: int) -> bool:
    """Take up to so many ``quarters`` of the summaries into the figures; returns whether there is more."""
    if connection.execute(_FILL_CHANGED_ANSWERS, (quarters,)).rowcount:
        return True
    done = reached(connection)
    end = done.until // QUARTER
    first = _unfilled(connection, done)
    if first is None:
        return False
    last = min(end, first + quarters)
    values = {"first": done.figures, "last": last}
    for statement in (_FILL, _FILL_COUNTRIES, _FILL_TIMES, _FILL_ANSWERS):
        connection.execute(statement, values)
    connection.execute("UPDATE summarised SET figures = ?", (last,))
    return last < end


def _unfilled(connection: sqlite3.Connection, done: Reached) -> int | None:
    """The first quarter of the summaries that the figures do not have, of those that are whole; None if there is none."""
    row = connection.execute(
        "SELECT quarter FROM summary WHERE quarter >= ? ORDER BY quarter LIMIT 1", (done.figures,)
    ).fetchone()
    return None if row is None or row[0] >= done.until // QUARTER else int(row[0])


def _sum_up_counts(connection: sqlite3.Connection, span: dict[str, int]) -> None:
    """By country too, in one walk through the messages."""
    counts: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    countries: defaultdict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    for *kind, beginning, count, answered in connection.execute(_COUNT, span):
        quarter, direction, state, modem, tag, *_ = kind
        number = beginning if beginning.startswith("+") else ""
        for each in (counts[*kind], countries[quarter, number, direction, state, modem, tag]):
            each[0] += count
            each[1] += answered
    connection.executemany(_ADD_COUNTS, [(*key, *added) for key, added in counts.items()])
    connection.executemany(_ADD_COUNTRIES, [(*key, *added) for key, added in countries.items()])


def _end(connection: sqlite3.Connection, since: int, over: int, limit: int) -> int | None:
    """The end of a step: whole quarters, and at least one with a message in it; None if there is none."""
    query = (
        "SELECT created_at FROM message INDEXED BY message_created WHERE created_at >= ? AND created_at < ?"
        " ORDER BY created_at LIMIT 1 OFFSET ?"
    )
    first = connection.execute(query, (since, over, 0)).fetchone()
    if first is None:
        return None
    next_ = connection.execute(query, (since, over, limit)).fetchone()
    if next_ is None:
        return over
    return int(max(next_[0] // QUARTER, first[0] // QUARTER + 1) * QUARTER)


_IN_SPAN = "WHERE created_at >= :since AND created_at < :until"
_MORE = "ON CONFLICT DO UPDATE SET count = count + excluded.count"
_MORE_ANSWERED = f"{_MORE}, answered = answered + excluded.answered"

_COUNT = (
    f"SELECT created_at / {QUARTER}, direction, state, modem, tag, keyword, reason, substr(peer, 1, 5),"
    f" sum(count), sum(answered) FROM message_counted {_IN_SPAN} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
)
_ADD_COUNTS = f"INSERT INTO summary VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) {_MORE_ANSWERED}"
_ADD_COUNTRIES = (
    "INSERT INTO summary_country SELECT ?, coalesce((SELECT country FROM calling_code WHERE digits IN"
    " (substr(?2, 2, 1), substr(?2, 2, 2), substr(?2, 2, 3), substr(?2, 2, 4))"
    " AND ?2 >= '+' AND ?2 < ',' ORDER BY digits DESC LIMIT 1), ''), ?, ?, ?, ?, ?, ? WHERE true"
    f" {_MORE_ANSWERED}"
)
_SUM_UP_TIMES = (
    f"INSERT INTO summary_time SELECT created_at / {QUARTER}, kind, modem, tag, keyword, slot, sum(count)"
    f" FROM message_timed {_IN_SPAN} GROUP BY 1, 2, 3, 4, 5, 6 {_MORE}"
)
# as message_located has it, but a country is looked up once for all whose numbers begin alike
_SUM_UP_COUNTRIES = (
    "INSERT INTO summary_country SELECT quarter, coalesce((SELECT country FROM calling_code WHERE digits IN"
    " (substr(beginning, 2, 1), substr(beginning, 2, 2), substr(beginning, 2, 3), substr(beginning, 2, 4))"
    " AND beginning >= '+' AND beginning < ',' ORDER BY digits DESC LIMIT 1), '') AS country,"
    " direction, state, modem, tag, sum(count), sum(answered) FROM ("
    f"SELECT created_at / {QUARTER} AS quarter, substr(peer, 1, 5) AS beginning, direction, state,"
    " coalesce(modem, '') AS modem, coalesce(tag, '') AS tag, count(*) AS count,"
    " sum(answered_at IS NOT NULL AND (direction = 'inbound' OR sent_at IS NOT NULL)) AS answered"
    f" FROM message INDEXED BY message_created {_IN_SPAN} GROUP BY 1, 2, 3, 4, 5, 6"
    f") WHERE true GROUP BY 1, 2, 3, 4, 5, 6 {_MORE_ANSWERED}"
)

_OF_QUARTERS = "quarter >= :first AND quarter < :last"
_DIMENSIONS = "SELECT '' AS dimension UNION ALL SELECT 'modem' UNION ALL SELECT 'tag' UNION ALL SELECT 'keyword'"
_VALUES = "CASE dimension WHEN 'modem' THEN modem WHEN 'tag' THEN tag WHEN 'keyword' THEN keyword"
_FILL = (
    f"INSERT INTO figure SELECT dimension, {_VALUES} WHEN 'reason' THEN reason ELSE '' END,"
    f" iif(dimension = '', quarter, quarter / {DAY} * {DAY}), direction, state, sum(count), sum(answered)"
    f" FROM summary CROSS JOIN ({_DIMENSIONS} UNION ALL SELECT 'reason')"
    f" WHERE {_OF_QUARTERS} AND (dimension = 'tag' OR tag != '{TAG}') AND (dimension != 'reason' OR reason != '')"
    f" GROUP BY 1, 2, 3, 4, 5 {_MORE_ANSWERED}"
)
_FILL_COUNTRIES = (
    f"INSERT INTO figure SELECT 'country', country, quarter / {DAY} * {DAY}, direction, state, sum(count), sum(answered)"
    f" FROM summary_country WHERE {_OF_QUARTERS} AND tag != '{TAG}' GROUP BY 1, 2, 3, 4, 5 {_MORE_ANSWERED}"
)
_FILL_TIMES = (
    f"INSERT INTO figure_time SELECT dimension, {_VALUES} ELSE '' END, kind, quarter / {DAY}, slot, sum(count)"
    f" FROM summary_time CROSS JOIN ({_DIMENSIONS})"
    f" WHERE {_OF_QUARTERS} AND (dimension = 'tag' OR tag != '{TAG}') GROUP BY 1, 2, 3, 4, 5 {_MORE}"
)

_FILL_ANSWERS = (
    "INSERT OR REPLACE INTO figure_answers SELECT kind, quarter, group_concat(slot), group_concat(count)"
    f" FROM summary_time WHERE {_OF_QUARTERS} AND kind IN ('response', 'reply')"
    f" AND tag != '{TAG}' GROUP BY kind, quarter"
)
_FILL_CHANGED_ANSWERS = (
    "UPDATE figure_answers SET (slots, counts) = (SELECT coalesce(group_concat(slot), ''), coalesce(group_concat(count), '')"
    " FROM summary_time WHERE summary_time.quarter = figure_answers.quarter AND summary_time.kind = figure_answers.kind"
    f" AND tag != '{TAG}') WHERE (kind, quarter) IN (SELECT kind, quarter FROM figure_answers WHERE slots IS NULL LIMIT ?)"
)
