"""The progress of a campaign."""

import sqlite3
from collections import Counter

from gsmd.features.campaigns import table
from gsmd.features.campaigns.table import Campaign
from gsmd.protocol import campaigns as rows
from gsmd.protocol.campaigns import Category
from gsmd.store.tables import messages


def status_of(connection: sqlite3.Connection, campaign: Campaign) -> rows.Campaign:
    """The state of a campaign, with what became of its recipients until now."""
    counted: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for state, reason, count in table.progress(connection, campaign.seq):
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
        category=Category(campaign.category),
    )
