"""Figures out of counts: percentiles, and the names of hours."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter


def percentiles(times: Sequence[tuple[int, int]], wanted: Sequence[float]) -> list[int | None]:
    """The milliseconds below which these parts (0 to 1) of all lie.

    ``times`` are ``(milliseconds, count)``, shortest first; where there are none, None.
    """
    seen = list(accumulate(map(itemgetter(1), times)))
    if not seen or not seen[-1]:
        return [None] * len(wanted)
    last = len(times) - 1
    return [times[min(bisect_left(seen, part * seen[-1]), last)][0] for part in wanted]


def curve(times: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """``(seconds, part)``: the part of all that was done within that time; ``times`` as for `percentiles`."""
    total = sum(count for _, count in times)
    seen, points = 0, []
    for milliseconds, count in times:
        seen += count
        points.append((milliseconds / 1000, round(seen / total, 4)))
    return points


def name_of(group: str, by: str) -> str | None:
    """A group as it is told. An hour comes with its offset: in autumn there is one twice."""
    if by != "hour":
        return group or None
    hour, ahead = group.rsplit(":", 1)
    return f"{hour}:00{offset(int(ahead))}"


def offset(ahead: int) -> str:
    """``+01:00``: seconds that local time is ahead of UTC."""
    hours, minutes = divmod(abs(ahead) // 60, 60)
    return f"{'-' if ahead < 0 else '+'}{hours:02}:{minutes:02}"
