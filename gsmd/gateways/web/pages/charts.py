"""Figures as coordinates of drawings: series, curves, the hours of a week. Pure.

A drawing is as wide as `WIDTH` and as high as `HEIGHT` in units of its own; the template draws it as SVG, with a table beside
it that says the same. Where nothing is known (gsmd was off) nothing is drawn: a gap is a gap.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from gsmd.gateways.web.pages.moments import moment

WIDTH, HEIGHT = 600.0, 210.0
LEFT, BOTTOM, TOP = 58.0, 24.0, 10.0
"""The drawing, and the room of its axes."""

TICKS = 4


class Line(NamedTuple):
    """A line with its kind (a class of the style sheet) and its name. ``path`` has a piece for each stretch that is known."""

    kind: str
    name: str
    path: str
    dots: list[tuple[float, float]]


class SeriesChart(NamedTuple):
    """``gaps`` are (x, width) of what is not known; ``ticks`` (x, moment), ``levels`` (y, value)."""

    lines: list[Line]
    gaps: list[tuple[float, float]]
    ticks: list[tuple[float, datetime]]
    levels: list[tuple[float, float]]
    span: float


class CurveChart(NamedTuple):
    """Parts over a logarithmic axis of seconds: ``ticks`` are (x, seconds), ``marks`` (x, name)."""

    lines: list[Line]
    ticks: list[tuple[float, float]]
    levels: list[tuple[float, float]]
    marks: list[tuple[float, str]]


class Cell(NamedTuple):
    """An hour of the week: its place, how dark it is (0 to 1), and its figures."""

    x: float
    y: float
    strength: float
    weekday: int
    hour: int
    number: int


def series(
    points: Sequence[Mapping[str, Any]], until: Any, named: Mapping[str, tuple[str, str]]
) -> SeriesChart | None:
    """A line for each member of ``named`` (its kind and its name); None if there is nothing to draw."""
    if not points:
        return None
    at = [moment(each["at"]) for each in points]
    end = max(moment(until), at[-1])
    span = max((end - at[0]).total_seconds(), 1.0)
    x = [LEFT + (WIDTH - LEFT) * (each - at[0]).total_seconds() / span for each in at]
    highest = max((each[name] or 0 for each in points for name in named), default=0)
    top = ceiling(highest)
    lines = [
        _line(kind, word, [(x[n], each[name]) for n, each in enumerate(points)], top)
        for name, (kind, word) in named.items()
    ]
    known = [any(each[name] is not None for name in named) for each in points]
    step = (WIDTH - LEFT) / len(points)
    gaps = _stretches([(x[n], is_known) for n, is_known in enumerate(known)], step)
    ticks = [(x[n], at[n]) for n in range(0, len(at), max(1, math.ceil(len(at) / TICKS)))]
    levels = [(_y(value, top), value) for value in (top / 2, top)]
    return SeriesChart(lines, gaps, [(round(a, 1), b) for a, b in ticks], levels, span)


def _line(kind: str, name: str, points: Iterable[tuple[float, float | None]], top: float) -> Line:
    path, dots, stretch = "", [], list[tuple[float, float]]()
    for x, value in [*points, (0.0, None)]:
        if value is not None:
            stretch.append((round(x, 1), _y(value, top)))
            continue
        if len(stretch) == 1:
            dots += stretch
        elif stretch:
            path += "M" + "L".join(f"{a} {b}" for a, b in stretch)
        stretch = []
    return Line(kind, name, path, dots)


def _stretches(points: Sequence[tuple[float, bool]], step: float) -> list[tuple[float, float]]:
    """Where nothing is known, as (x, width), neighbours together."""
    found: list[tuple[float, float]] = []
    for x, is_known in points:
        if is_known:
            continue
        if found and abs(found[-1][0] + found[-1][1] - x) < step / 2:
            found[-1] = (found[-1][0], round(x + step - found[-1][0], 1))
        else:
            found.append((round(x, 1), round(step, 1)))
    return found


def ceiling(value: float) -> float:
    """The end of an axis: 2, 4, 10, 20, 40, 100 … so that its half is a round number too."""
    if value <= 2:
        return 2.0
    size = 10 ** math.floor(math.log10(value))
    return float(next(step * size for step in (1, 2, 4, 10) if step * size >= value))


def _y(value: float, top: float) -> float:
    room = HEIGHT - BOTTOM - TOP
    return round(TOP + room * (1 - min(value / top, 1.0)), 1)


_TIMES = (1, 10, 60, 600, 3600, 21_600, 86_400)
"""Seconds that the axis of times names."""


def curves(
    durations: Sequence[tuple[str, str, Mapping[str, Any]]], marks: Mapping[str, float]
) -> CurveChart | None:
    """How soon so many were done: a line for each ``(kind, name, duration)`` with its curve. None if there is nothing."""
    shown = [each for each in durations if each[2].get("curve")]
    if not shown:
        return None
    longest = max(seconds for *_names, it in shown for seconds, _part in it["curve"])
    end = next((each for each in _TIMES if each >= longest), _TIMES[-1] * 7)
    end = max(end, 60)
    lines = []
    for kind, name, it in shown:
        points: list[tuple[float, float | None]] = [
            (_x_of(seconds, end), part) for seconds, part in it["curve"] if seconds <= end
        ]
        if points:
            points.append((WIDTH, points[-1][1]))
        lines.append(_line(kind, name, points, 1.0))
    ticks = [(_x_of(each, end), float(each)) for each in _TIMES if each < end]
    levels = [(_y(part, 1.0), part) for part in (0.5, 0.9, 1.0)]
    places = [(_x_of(seconds, end), name) for name, seconds in marks.items() if seconds < end]
    return CurveChart(lines, ticks, levels, places)


_SOONEST = 0.3
"""Seconds at the left end of the axis of times."""


def _x_of(seconds: float, end: float) -> float:
    share = math.log(max(seconds, _SOONEST) / _SOONEST) / math.log(end / _SOONEST)
    return round(LEFT + (WIDTH - LEFT) * min(share, 1.0), 1)


SQUARE = 22.5
"""The side of an hour in the drawing of a week."""


def week(cells: Sequence[Mapping[str, Any]], member: str) -> list[Cell]:
    """The hours of a week, the darker the more there were."""
    most = max((each[member] for each in cells), default=0)
    return [
        Cell(
            round(LEFT + SQUARE * each["hour"], 1),
            round(SQUARE * 0.8 * (each["weekday"] - 1), 1),
            round(0.12 + 0.88 * math.sqrt(each[member] / most), 2) if each[member] else 0.0,
            each["weekday"],
            each["hour"],
            each[member],
        )
        for each in cells
    ]
