"""Rules of campaigns: what can be one, the text for each recipient, and the hours in which people are left alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo

from gsmd import hours
from gsmd.hours import Hours
from gsmd.protocol.campaigns import CampaignParams
from gsmd.protocol.errors import Code, Refused
from gsmd.templates import fill, places


def check(plan: CampaignParams) -> None:
    """Errors: `Refused` for what cannot be a campaign."""
    if plan.per_minute is not None and plan.per_minute <= 0:
        raise Refused(Code.INVALID, "a pace above 0", reason="pace", field="per_minute")
    if not plan.text:
        raise Refused(Code.INVALID, "an empty text is not sent", reason="empty", field="text")
    try:
        if plan.quiet is not None:
            hours.parse(plan.quiet)
    except ValueError as error:
        raise Refused(
            Code.INVALID, "quiet hours are like 21:00-08:00", reason="quiet", field="quiet"
        ) from error


def filled(text: str, peer: str, fields: Mapping[str, str]) -> str:
    """The text for one recipient."""
    return fill(text, {**fields, "peer": peer})


def needed(text: str) -> set[str]:
    """The fields that a recipient has to have for a text."""
    return places(text) - {"peer"}


def until(quiet: Hours, at: datetime, zones: Sequence[tzinfo]) -> datetime | None:
    """The time from which nobody in any of ``zones`` is to be left alone any more; None if that is now.

    A country may have several zones: nobody is woken, wherever in it they are. If some part of
    it is always quiet, the first zone decides.
    """
    moment = at
    for _ in range(4 * 48):
        if not any(quiet.holds(moment.astimezone(zone).time()) for zone in zones):
            return None if moment == at else moment
        moment = _quarter_after(moment)
    return until(quiet, at, zones[:1]) if len(zones) > 1 else None


def before(quiet: Hours, at: datetime, zones: Sequence[tzinfo]) -> datetime | None:
    """The time at which somebody in one of ``zones`` is to be left alone next; None: never.

    Where some part of a country is always quiet the first zone decides, as in `until`.
    """
    if quiet.begin == quiet.end:
        return None
    if len(zones) > 1 and any(quiet.holds(at.astimezone(zone).time()) for zone in zones):
        zones = zones[:1]
    return min(_next(quiet.begin, at.astimezone(zone)) for zone in zones)


def _next(moment: time, at: datetime) -> datetime:
    """The next time that a clock shows ``moment``, from ``at`` on."""
    today = at.replace(
        hour=moment.hour, minute=moment.minute, second=moment.second, microsecond=0, fold=0
    )
    return today if today >= at else today + timedelta(days=1)


def _quarter_after(at: datetime) -> datetime:
    """The next full quarter of an hour: no zone's clock differs by less."""
    past = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at - past + timedelta(minutes=15)
