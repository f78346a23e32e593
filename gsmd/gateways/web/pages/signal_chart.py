"""The signal of a modem over time, and when it was not ready, as coordinates of a drawing: pure.

Where gsmd itself was off nothing is known, and nothing is drawn: a gap is a gap.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from gsmd.gateways.web.pages.moments import moment

WIDTH, HEIGHT = 600, 150
BAND = (158, 192)
LEFT, BOTTOM = 34, 18
"""The drawing, the band below it in which failures stand, and the room of its axes, in units of its own."""

WEAKEST, STRONGEST = -113, -51
"""dBm (3GPP TS 27.007 §8.5)."""

_OFF = "off"


class Chart(NamedTuple):
    """``lines`` are paths; ``bad`` are (x, width, state) of when it was not ready; ``ticks`` (x, moment), ``levels`` (y, dBm).

    ``failures`` are (x, y, width, height, number) of hours in which messages failed.
    """

    lines: list[str]
    bad: list[tuple[float, float, str]]
    ticks: list[tuple[float, datetime]]
    levels: list[tuple[float, int]]
    span: float
    failures: list[tuple[float, float, float, float, int]]


def chart(
    rows: list[dict[str, Any]], since: Any, until: Any, points: Sequence[Mapping[str, Any]] = ()
) -> Chart:
    """The drawing of the rows between two points in time. ``points``: what failed in each hour (``stats.series``)."""
    begin, end = _begin(rows, moment(since), moment(until)), moment(until)
    span = max((end - begin).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        share = min(max((at - begin).total_seconds() / span, 0.0), 1.0)
        return round(LEFT + share * (WIDTH - LEFT), 1)

    lines: list[str] = []
    bad: list[tuple[float, float, str]] = []
    path = ""
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        left = x(moment(row["at"]))
        right = x(moment(following["at"])) if following is not None else x(end)
        if row["state"] not in {"ready", _OFF}:
            bad.append((left, round(max(right - left, 1.0), 1), row["state"]))
        if row["state"] == _OFF or row.get("signal_dbm") is None:
            lines.append(path)
            path = ""
            continue
        level = y(row["signal_dbm"])
        path += f"{'L' if path else 'M'}{left} {level}L{right} {level}"
    lines.append(path)
    ticks = [
        (x(begin + (end - begin) * part / 4), begin + (end - begin) * part / 4) for part in range(4)
    ]
    return Chart(
        [each for each in lines if each],
        bad,
        ticks,
        [(y(dbm), dbm) for dbm in (-60, -80, -100)],
        span,
        _failures(points, x, begin),
    )


def _failures(
    points: Sequence[Mapping[str, Any]], x: Callable[[datetime], float], begin: datetime
) -> list[tuple[float, float, float, float, int]]:
    found = [(moment(each["at"]), each["failed"]) for each in points if each["failed"]]
    most = max((count for _, count in found), default=1)
    bars = []
    for at, count in found:
        end = at + timedelta(hours=1)
        if end > begin:
            high = round(max(3.0, (BAND[1] - BAND[0]) * count / most), 1)
            bars.append((x(at), BAND[1] - high, round(max(2.0, x(end) - x(at)), 1), high, count))
    return bars


def _begin(rows: list[dict[str, Any]], since: datetime, until: datetime) -> datetime:
    """The left end: where something is known, if that is later, but an hour ago at the latest."""
    known = next((moment(row["at"]) for row in rows if row["state"] != _OFF), since)
    return max(since, min(known, until - timedelta(hours=1)))


def y(dbm: int) -> float:
    """The height of a signal."""
    share = (min(max(dbm, WEAKEST), STRONGEST) - WEAKEST) / (STRONGEST - WEAKEST)
    return round((HEIGHT - BOTTOM) * (1 - share), 1)
