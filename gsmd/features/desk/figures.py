"""How the desk does: how many conversations stand how, how soon people were answered and done with."""

import math
import sqlite3
from collections import Counter
from collections.abc import Sequence

from gsmd.protocol import conversations as rows
from gsmd.protocol.conversations import Attention
from gsmd.protocol.stats import Times
from gsmd.store.tables.messages import moment


def figures(connection: sqlite3.Connection, since: int, until: int) -> rows.DeskFigures:
    """What was closed between two points in wall time (milliseconds), and how all conversations stand now."""
    closed = connection.execute(
        "SELECT responded_at - opened_at, closed_at - opened_at, assignee FROM conversation_closing"
        " WHERE closed_at >= ? AND closed_at < ?",
        (since, until),
    ).fetchall()
    states = dict(connection.execute("SELECT state, count(*) FROM conversation GROUP BY state"))
    by = Counter(assignee for _, _, assignee in closed)
    return rows.DeskFigures(
        since=moment(since) if since else None,
        until=moment(until),
        states={str(state): states.get(state, 0) for state in Attention},
        closed=len(closed),
        answered=sum(first is not None for first, _, _ in closed),
        first_response=_times([first for first, _, _ in closed if first is not None]),
        until_closed=_times([whole for _, whole, _ in closed]),
        by=[rows.ClosedBy(assignee=name, closed=count) for name, count in by.most_common()],
    )


def _times(milliseconds: Sequence[int]) -> Times:
    """Seconds within which half, nine tenths and 99 of 100 were."""
    if not milliseconds:
        return Times()
    ordered = sorted(milliseconds)
    half, most, nearly = (
        ordered[math.ceil(part * len(ordered)) - 1] / 1000 for part in (0.5, 0.9, 0.99)
    )
    return Times(half, most, nearly)
