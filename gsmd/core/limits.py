"""The sending limits of a carrier: an interval, so many parts an hour, so many a day; of a program, whole messages.

Counted in the store by the timeline, so a restart or a clock that is set does not begin anew.
"""

import sqlite3

from gsmd.clock import Milliseconds
from gsmd.config import Limits
from gsmd.store.tables import submissions

_HOUR = 3600 * 1000
_DAY = 24 * _HOUR


def is_limited(limits: Limits) -> bool:
    """True if there is any limit."""
    return bool(limits.interval or limits.per_hour or limits.per_day)


def in_words(limits: Limits) -> str:
    """The limits for people; empty if there are none."""
    said = [f"one every {limits.interval:g} s"] if limits.interval else []
    counts = ((limits.per_hour, "an hour"), (limits.per_day, "a day"))
    return ", ".join([*said, *(f"{count} {span}" for count, span in counts if count is not None)])


def until_allowed(
    connection: sqlite3.Connection,
    modem: str,
    limits: Limits,
    now: Milliseconds,
    let_go_at: Milliseconds | None,
) -> tuple[float, str]:
    """Seconds until the limits allow the next part (0: now), and which limit it is, for people.

    ``let_go_at``: when the last part really went, if that is known better than the store knows it.
    """
    waits = [(0.0, "")]
    marked_at = submissions.last_submitted(connection, modem) if limits.interval else None
    last = max((at for at in (marked_at, let_go_at) if at is not None), default=None)
    if limits.interval and last is not None:
        waits.append(
            ((last + limits.interval * 1000 - now) / 1000, f"one part every {limits.interval:g} s")
        )
    for window, count, name in (
        (_HOUR, limits.per_hour, "an hour"),
        (_DAY, limits.per_day, "a day"),
    ):
        if count is None:
            continue
        sent, first = submissions.submitted_since(connection, modem, now - window)
        if sent >= count and first is not None:
            waits.append(
                ((first + window - now) / 1000, f"the limit of {count} parts {name} is reached")
            )
    return max(waits)
