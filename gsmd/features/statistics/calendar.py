"""Steps of the calendar of this machine's time zone: quarters of an hour, hours, days, weeks, months.

Times are wall time in milliseconds. A step that begins in the middle of a quarter (none of today's zones has one)
would get that quarter as a whole.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from gsmd.features.statistics.rules import offset
from gsmd.protocol.stats import SeriesStep

_SAME = {
    SeriesStep.ONE_HOUR: SeriesStep.HOUR,
    SeriesStep.ONE_DAY: SeriesStep.DAY,
    SeriesStep.ONE_WEEK: SeriesStep.WEEK,
}
_SECONDS = {SeriesStep.QUARTER: 900, SeriesStep.HOUR: 3600}


def begins(step: SeriesStep, since: int, until: int) -> Iterator[int]:
    """The beginnings of all steps that have a part in a span, in order."""
    unit = _SAME.get(step, step)
    at = _begin(unit, since)
    while at < until:
        yield at
        at = _end(unit, at)


def latest(step: SeriesStep, until: int, number: int) -> int:
    """A time so far before ``until`` that no more than ``number`` steps, and nearly as many, lie between."""
    unit = _SAME.get(step, step)
    seconds = _SECONDS.get(unit) or {"day": 86_400, "week": 604_800}.get(unit, 28 * 86_400)
    return until - (number - 2) * seconds * 1000


def name(step: SeriesStep, at: int) -> str:
    """A step as it is told: ``2026-01-31``, ``2026-01-31T14:00+01:00``, ``2026-W05``, ``2026-01``."""
    unit = _SAME.get(step, step)
    local = time.localtime(at // 1000)
    if unit in _SECONDS:
        return time.strftime("%Y-%m-%dT%H:%M", local) + offset(local.tm_gmtoff)
    form = {SeriesStep.DAY: "%Y-%m-%d", SeriesStep.WEEK: "%G-W%V", SeriesStep.MONTH: "%Y-%m"}
    return time.strftime(form[unit], local)


def hour_of_week(at: int) -> tuple[int, int]:
    """Weekday, 1 for Monday, and hour."""
    local = time.localtime(at // 1000)
    return local.tm_wday + 1, local.tm_hour


def _begin(unit: SeriesStep, at: int) -> int:
    if unit in _SECONDS:
        return _floor(at // 1000, _SECONDS[unit]) * 1000
    return _at(_first_day(unit, at))


def _end(unit: SeriesStep, begin: int) -> int:
    if unit in _SECONDS:
        second, seconds = begin // 1000, _SECONDS[unit]
        # where clocks are set by less than the step, the one that is cut short ends there
        return max(_floor(second + seconds, seconds), second + 900) * 1000
    day = _first_day(unit, begin)
    if unit is SeriesStep.MONTH:
        return _at((day + timedelta(days=31)).replace(day=1))
    return _at(day + timedelta(days=7 if unit is SeriesStep.WEEK else 1))


def _floor(second: int, seconds: int) -> int:
    ahead = time.localtime(second).tm_gmtoff
    return (second + ahead) // seconds * seconds - ahead


def _first_day(unit: SeriesStep, at: int) -> datetime:
    day = datetime.fromtimestamp(at / 1000).replace(hour=0, minute=0, second=0, microsecond=0)  # noqa: DTZ006 -- the calendar of this machine is what is asked for
    if unit is SeriesStep.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit is SeriesStep.MONTH else day


def _at(day: datetime) -> int:
    return round(day.timestamp()) * 1000
