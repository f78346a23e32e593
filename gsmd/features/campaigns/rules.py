"""Rules of campaigns: what can be one, what reaches its goal, the text for each recipient, and the hours in which people are left alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo

from gsmd import hours
from gsmd.hours import Hours
from gsmd.protocol.campaigns import CampaignParams
from gsmd.protocol.errors import Code, Refused
from gsmd.templates import fill, places
from gsmd.words import beginnings, keyword


def check(plan: CampaignParams) -> None:
    """Errors: `Refused` for what cannot be a campaign."""
    if plan.per_minute is not None and plan.per_minute <= 0:
        raise Refused(Code.INVALID, "a pace above 0", reason="pace", field="per_minute")
    if plan.variants:
        _check_trial(plan)
    elif not plan.text:
        raise Refused(Code.INVALID, "an empty text is not sent", reason="empty", field="text")
    else:
        _check_plain(plan)
    try:
        if plan.quiet is not None:
            hours.parse(plan.quiet)
    except ValueError as error:
        raise Refused(
            Code.INVALID, "quiet hours are like 21:00-08:00", reason="quiet", field="quiet"
        ) from error


def _check_trial(plan: CampaignParams) -> None:
    names = [each.name for each in plan.variants]
    if len(names) < 2 or len(set(names)) < len(names):
        raise Refused(
            Code.INVALID,
            "two variants or more, each with a name of its own",
            reason="variants",
            field="variants",
        )
    for number, each in enumerate(plan.variants):
        if not each.text:
            raise Refused(
                Code.INVALID,
                "an empty text is not sent",
                reason="empty",
                field=f"variants[{number}].text",
            )
    if plan.goal is not None and not is_goal(plan.goal):
        text = "a goal is reply, keyword:WORD, conversion or conversion:NAME"
        raise Refused(Code.INVALID, text, reason="goal", field="goal")
    if plan.window is not None and not plan.window > 0:
        raise Refused(Code.INVALID, "a window above 0", reason="window", field="window")
    if plan.share is not None and not 0 < plan.share <= 1:
        raise Refused(Code.INVALID, "a share above 0, up to 1", reason="share", field="share")


def _check_plain(plan: CampaignParams) -> None:
    """What only makes sense with several texts would be forgotten silently."""
    for name in ("goal", "window", "share"):
        if getattr(plan, name) is not None:
            raise Refused(
                Code.INVALID,
                f"{name} is for campaigns with variants",
                reason="no_variants",
                field=name,
            )


def is_goal(goal: str) -> bool:
    """True for ``reply``, ``keyword:WORD``, ``conversion`` and ``conversion:NAME``."""
    kind, colon, word = goal.partition(":")
    if kind == "keyword":
        return " " not in word.strip() and bool(keyword(word))
    return (not colon and kind in {"reply", "conversion"}) or (
        kind == "conversion" and bool(word.strip())
    )


def begins_with(goal: str, text: str, understood: str | None) -> bool:
    """True if a text reaches a goal that is a keyword. ``understood``: the keyword that it was taken for."""
    kind, _, word = goal.partition(":")
    if kind != "keyword":
        return False
    wanted = keyword(word)
    return wanted in beginnings(text) or (understood is not None and keyword(understood) == wanted)


def is_conversion(goal: str, name: str) -> bool:
    """True if a conversion of that name counts for a campaign with a goal."""
    kind, _, wanted = goal.partition(":")
    if kind != "conversion":
        return kind == "reply"
    return not wanted or wanted.strip().casefold() == name.strip().casefold()


def filled(text: str, peer: str, fields: Mapping[str, str]) -> str:
    """The text for one recipient."""
    return fill(text, {**fields, "peer": peer})


def needed(*texts: str) -> set[str]:
    """The fields that a recipient has to have, whichever of these texts they get."""
    return {place for text in texts for place in places(text)} - {"peer"}


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
