"""What a trial has shown, as the protocol tells it."""

import sqlite3
from collections import Counter
from collections.abc import Sequence

from gsmd.features.campaigns import decision, trial_table
from gsmd.features.campaigns.table import Campaign
from gsmd.features.campaigns.trial_table import REST, Trial, Variant
from gsmd.features.campaigns.trials import Texts, tally
from gsmd.proportions import interval, rate
from gsmd.protocol import campaigns as rows
from gsmd.protocol.errors import Code, Refused
from gsmd.store.tables import messages


def results_of(connection: sqlite3.Connection, campaign: Campaign) -> rows.Results:
    """The figures of a campaign's variants. Errors: `Refused` if it has none."""
    trial = trial_table.get(connection, campaign.seq)
    if trial is None:
        text = "this campaign has one text, and nothing to compare it with"
        raise Refused(Code.CONFLICT, text, reason="no_variants", field="id")
    rest, *tried = _as_it_is(connection, campaign.seq)
    return rows.Results(
        id=campaign.id,
        goal=trial.goal,
        window=trial.window / 1000,
        share=trial.share,
        seed=trial.seed,
        variants=[_variant(trial, each) for each in tried],
        rest=_rest(trial, rest, tried),
        decision=decision_of(trial, tried),
        uneven=not any(each.stopped for each in tried)
        and decision.is_uneven([each.sent for each in tried]),
    )


def _as_it_is(connection: sqlite3.Connection, campaign: int) -> list[Variant]:
    """The variants, with what has gone out since the trial was looked at last."""
    out = Counter(
        tried.variant
        for tried, _, is_out in trial_table.on_their_way(connection, campaign)
        if is_out
    )
    found = trial_table.variants(connection, campaign)
    return [each._replace(sent=each.sent + out[each.number]) for each in found]


def decision_of(trial: Trial, tried: Sequence[Variant]) -> rows.Decision:
    """How the trial stands."""
    tallies = [tally(each) for each in tried]
    return rows.Decision(
        state=rows.TrialState(trial.state),
        winner=None if trial.winner is None else tried[trial.winner].name,
        reason=None if trial.reason is None else rows.WinReason(trial.reason),
        at=messages.moment(trial.decided_at),
        counted=sum(each.counted for each in tried),
        horizon=trial.horizon,
        ahead=round(decision.lead(tallies, trial.horizon), 4),
        bound=round(decision.bound(len(tried)), 4),
    )


def _variant(trial: Trial, variant: Variant) -> rows.VariantResult:
    goal = _goal_met(trial, variant)
    low, high = interval(goal, variant.sent)
    return rows.VariantResult(
        name=variant.name,
        text=variant.text,
        recipients=variant.recipients,
        sent=variant.sent,
        answered=variant.answered,
        converted=variant.converted,
        opted_out=variant.opted_out,
        rate=rate(goal, variant.sent),
        low=low,
        high=high,
        value=variant.worth,
        counted=variant.counted,
        reached=variant.reached,
        stopped=variant.stopped,
    )


def _rest(trial: Trial, rest: Variant, tried: Sequence[Variant]) -> rows.RestResult:
    goal = _goal_met(trial, rest)
    low, high = interval(goal, rest.sent)
    texts = Texts(trial, [rest, *tried])
    return rows.RestResult(
        name=None if trial.rest is None else tried[trial.rest].name,
        text=texts.of(REST) if texts.decided else "",
        recipients=rest.recipients,
        sent=rest.sent,
        answered=rest.answered,
        converted=rest.converted,
        opted_out=rest.opted_out,
        rate=rate(goal, rest.sent),
        low=low,
        high=high,
        value=rest.worth,
    )


def _goal_met(trial: Trial, variant: Variant) -> int:
    return variant.answered if trial.goal == "reply" else variant.converted
