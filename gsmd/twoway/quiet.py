"""Hours in which people are left alone, where they are."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple


class QuietHours(NamedTuple):
    """From ``begin`` to ``end``, over midnight where that comes first."""

    begin: time
    end: time

    def holds(self, at: time) -> bool:
        """Whether it is quiet at that time of day."""
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def parse(text: str) -> QuietHours:
    """``21:00-08:00``. Errors: ValueError."""
    begin, end = (time.fromisoformat(each.strip()) for each in text.split("-"))
    return QuietHours(begin, end)


def until(quiet: QuietHours, at: datetime, zones: Sequence[tzinfo]) -> datetime | None:
    """When nobody in any of ``zones`` is to be left alone any more; None if that is now.

    A country may have several zones: nobody is woken, wherever in it they are. If some part of
    it is always quiet, the first zone decides.
    """
    moment = at
    for _ in range(4 * 48):
        if not any(quiet.holds(moment.astimezone(zone).time()) for zone in zones):
            return None if moment == at else moment
        moment = _quarter_after(moment)
    return until(quiet, at, zones[:1]) if len(zones) > 1 else None


def _quarter_after(at: datetime) -> datetime:
    """The next full quarter of an hour: no zone's clock differs by less."""
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - past + timedelta(minutes=15)
