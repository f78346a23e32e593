"""What cannot be a campaign, and how far one is."""

import sqlite3
from collections import Counter

from gsmd import hours
from gsmd.protocol import campaigns as rows
from gsmd.protocol.campaigns import CampaignParams
from gsmd.protocol.errors import Code, Refused
from gsmd.store.tables import campaigns, messages
from gsmd.store.tables.campaigns import Campaign


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


def status_of(connection: sqlite3.Connection, campaign: Campaign) -> rows.Campaign:
    """How far a campaign is."""
    counted: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for state, reason, count in campaigns.progress(connection, campaign.seq):
        if state == "skipped":
            skipped[reason or ""] += count
        else:
            counted[state] += count
    pending = counted.pop("pending", 0)
    return rows.Campaign(
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
