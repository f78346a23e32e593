"""Figures over a span of time, computed in SQL from one index that holds all they need."""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

RESOLUTION = 100
"""Milliseconds to which times are told: so a million of them are counted, not sorted."""

_HOUR = 3_600_000
_GROUPS = {
    "hour": f"created_at / {_HOUR} * {_HOUR}",
    "day": f"created_at / {24 * _HOUR} * {24 * _HOUR}",
    "modem": "modem",
    "tag": "tag",
    "keyword": "keyword",
}
"""What figures can be told by; hours and days are those of UTC."""

GROUPS = tuple(_GROUPS)

_FROM = (
    " FROM message INDEXED BY message_statistics WHERE created_at >= :since AND created_at < :until"
)


class Span(NamedTuple):
    """What figures are about. Times are wall time in milliseconds."""

    since: int
    until: int
    tag: str | None = None
    modem: str | None = None


def counts(connection: sqlite3.Connection, span: Span) -> list[tuple[str, str, int]]:
    """``(direction, state, count)``."""
    return _rows(connection, "SELECT direction, state, count(*)", span, "GROUP BY 1, 2")


def grouped(connection: sqlite3.Connection, span: Span, by: str) -> list[tuple[Any, str, str, int]]:
    """``(group, direction, state, count)``; ``by`` is one of `GROUPS`."""
    return _rows(
        connection,
        f"SELECT {_GROUPS[by]}, direction, state, count(*)",
        span,
        "GROUP BY 1, 2, 3 ORDER BY 1",
    )


def failures(connection: sqlite3.Connection, span: Span) -> list[tuple[str, int]]:
    """``(reason, count)`` of what failed or expired, most frequent first."""
    reason = "coalesce(json_extract(error, '$.message'), json_extract(error, '$.reason'), '?')"
    return _rows(
        connection,
        f"SELECT {reason}, count(*)",
        span,
        "AND state IN ('failed', 'expired') GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
    )


def sending_times(connection: sqlite3.Connection, span: Span) -> list[tuple[int, int]]:
    """``(milliseconds, count)`` from accepted to sent, shortest first."""
    return _times(connection, "sent_at - created_at", span, "sent_at IS NOT NULL")


def delivery_times(connection: sqlite3.Connection, span: Span) -> list[tuple[int, int]]:
    """``(milliseconds, count)`` from sent to delivered, shortest first."""
    return _times(
        connection,
        "delivered_at - sent_at",
        span,
        "delivered_at IS NOT NULL AND sent_at IS NOT NULL",
    )


def reply_times(connection: sqlite3.Connection, span: Span) -> list[tuple[int, int]]:
    """``(milliseconds, count)`` from a message of ours to the first answer, shortest first."""
    return connection.execute(
        f"SELECT (first - sent_at) / {RESOLUTION} * {RESOLUTION}, count(*) FROM ("  # noqa: S608 -- constants
        "SELECT in_reply_to AS asked, min(created_at) AS first FROM message INDEXED BY message_answers"
        " WHERE in_reply_to IS NOT NULL AND direction = 'inbound' AND created_at >= :since"
        " GROUP BY in_reply_to) JOIN message ON message.id = asked WHERE message.created_at >= :since"
        " AND message.created_at < :until AND message.sent_at IS NOT NULL"
        " AND (:tag IS NULL OR message.tag = :tag) AND (:modem IS NULL OR message.modem = :modem)"
        " GROUP BY 1 ORDER BY 1",
        span._asdict(),
    ).fetchall()


def answered_by_tag(connection: sqlite3.Connection, span: Span) -> dict[str | None, int]:
    """How many messages of each tag were answered."""
    rows = connection.execute(
        "SELECT message.tag, count(*) FROM (SELECT DISTINCT in_reply_to AS asked FROM message"
        " INDEXED BY message_answers WHERE in_reply_to IS NOT NULL AND direction = 'inbound'"
        " AND created_at >= :since) JOIN message ON message.id = asked"
        " WHERE message.created_at >= :since AND message.created_at < :until GROUP BY 1",
        span._asdict(),
    )
    return dict(rows.fetchall())


def percentiles(times: Sequence[tuple[int, int]], wanted: Sequence[float]) -> list[int | None]:
    """The milliseconds below which these parts (0 to 1) of all lie; ``times`` shortest first."""
    total = sum(count for _, count in times)
    if not total:
        return [None] * len(wanted)
    return [_percentile(times, part * total) for part in wanted]


def _percentile(times: Sequence[tuple[int, int]], rank: float) -> int:
    seen = 0
    for milliseconds, count in times:
        seen += count
        if seen >= rank:
            return milliseconds
    return times[-1][0]


def _times(
    connection: sqlite3.Connection, what: str, span: Span, condition: str
) -> list[tuple[int, int]]:
    return _rows(
        connection,
        f"SELECT max(0, {what}) / {RESOLUTION} * {RESOLUTION}, count(*)",
        span,
        f"AND direction = 'outbound' AND {condition} GROUP BY 1 ORDER BY 1",
    )


def _rows(connection: sqlite3.Connection, select: str, span: Span, rest: str) -> list[Any]:
    narrowed = "".join(
        f" AND {name} = :{name}" for name in ("tag", "modem") if getattr(span, name) is not None
    )
    return connection.execute(f"{select}{_FROM}{narrowed} {rest}", span._asdict()).fetchall()
