"""The progress of a campaign."""

import sqlite3
from collections import Counter

import msgspec

from gsmd.features.campaigns import table, trial_table
from gsmd.features.campaigns.table import Campaign
from gsmd.features.campaigns.trial_table import REST, Trial
from gsmd.features.campaigns.trials import Texts
from gsmd.protocol import campaigns as rows
from gsmd.protocol.campaigns import Category
from gsmd.store.tables import messages


def status_of(connection: sqlite3.Connection, campaign: Campaign) -> rows.Campaign:
    """The state of a campaign, with what became of its recipients until now."""
    counted: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for state, reason, count in table.progress(connection, campaign.seq):
        if state == "skipped":
            skipped[reason] += count
        else:
            counted[state] += count
    pending = counted.pop("pending", 0)
    status = rows.Campaign(
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
        opted_out=campaign.opted_out,
    )
    trial = trial_table.get(connection, campaign.seq)
    return status if trial is None else _with_trial(connection, status, trial)


def _with_trial(
    connection: sqlite3.Connection, status: rows.Campaign, trial: Trial
) -> rows.Campaign:
    from gsmd.features.campaigns.results import decision_of  # only for who has trials

    variants = trial_table.variants(connection, trial.campaign)
    texts, tried = Texts(trial, variants), variants[1:]
    return msgspec.structs.replace(
        status,
        text=texts.of(REST) if texts.decided else status.text,
        variants=[rows.Variant(each.name, each.text) for each in tried],
        goal=trial.goal,
        window=trial.window / 1000,
        share=trial.share,
        decision=decision_of(trial, tried),
    )
