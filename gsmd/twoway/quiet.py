"""Hours in which people are left alone, where they are."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from gsmd.hours import Hours


def until(quiet: Hours, at: datetime, zones: Sequence[tzinfo]) -> datetime | None:
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
