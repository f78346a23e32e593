"""What a campaign is asked to do, what it would do, and how far it is."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from gsmd import hours
from gsmd.core.requests import Code, Refused
from gsmd.store.tables import campaigns, messages
from gsmd.store.tables.campaigns import Campaign


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as asked for. ``per_minute`` None: as fast as modems go; ``quiet``: ``21:00-08:00``.

    ``key``: the same one again is the same campaign, whatever else is asked for.
    """

    lists: Sequence[str]
    text: str
    tag: str | None = None
    modem: str | None = None
    handler: str | None = None
    per_minute: float | None = None
    quiet: str | None = None
    not_before: datetime | None = None
    key: str | None = None


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign would do: SMS parts in all, and seconds at its pace if it has one."""

    recipients: int
    skipped: dict[str, int]
    parts: int
    duration: float | None


class CampaignStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How far a campaign is. ``messages`` counts by state, ``skipped`` by reason."""

    id: str
    list: str
    tag: str
    text: str
    state: str
    recipients: int
    pending: int
    messages: dict[str, int]
    skipped: dict[str, int]
    per_minute: float | None
    quiet: str | None
    created_at: datetime
    finished_at: datetime | None


def check(plan: Plan) -> None:
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


def status_of(connection: sqlite3.Connection, campaign: Campaign) -> CampaignStatus:
    """How far a campaign is."""
    counted: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for state, reason, count in campaigns.progress(connection, campaign.seq):
        if state == "skipped":
            skipped[reason or ""] += count
        else:
            counted[state] += count
    pending = counted.pop("pending", 0)
    return CampaignStatus(
        id=campaign.id,
        list=campaign.list,
        tag=campaign.tag,
        text=campaign.text,
        state=campaign.state,
        recipients=pending + counted.total() + skipped.total(),
        pending=pending,
        messages=dict(counted),
        skipped=dict(skipped),
        per_minute=campaign.per_minute,
        quiet=campaign.quiet,
        created_at=messages.moment(campaign.created_at),
        finished_at=messages.moment(campaign.finished_at),
    )
