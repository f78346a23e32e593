"""Figures out of counts: parts of a whole, percentiles, and the names of hours."""

from collections.abc import Sequence


def rate(part: int, whole: int) -> float | None:
    """``part`` of ``whole``, 0 to 1; None of nothing."""
    return round(part / whole, 4) if whole else None


def percentiles(times: Sequence[tuple[int, int]], wanted: Sequence[float]) -> list[int | None]:
    """The milliseconds below which these parts (0 to 1) of all lie.

    ``times`` are ``(milliseconds, count)``, shortest first; where there are none, None.
    """
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


def name_of(group: str, by: str) -> str | None:
    """A group as it is told. An hour comes with its offset: in autumn there is one twice."""
    if by != "hour":
        return group or None
    hour, ahead = group.rsplit(":", 1)
    hours, minutes = divmod(abs(int(ahead)) // 60, 60)
    return f"{hour}:00{'-' if int(ahead) < 0 else '+'}{hours:02}:{minutes:02}"
