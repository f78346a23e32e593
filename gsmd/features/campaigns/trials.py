"""Trials of campaigns, from the first message to the last: what is out, what counts, what is decided.

**Theory of operation.** A campaign with variants sends them to a share of its recipients first (`assigning`); the rest wait (`HELD`).
What recipients do within the window behind their message is noted as it comes in (`hearing`), on the recipient and among the figures of
the variant, in the transaction that stores the message: so it counts once, whatever is killed when. `look` does
the rest, in one transaction of the campaign's own, as often as it is asked to:

1. Messages that were queued and are out now begin their window.
2. Recipients whose window is over are counted, each once (``counted_until``).
3. Of these the rule of `decision` makes a winner, or not yet. If all are counted and there is none, no difference was seen.

Once it is decided, the rest get what won; so do those of the share who have not been written to. The figures of a variant are
those of the share only, else they would not be comparable. A trial ends when the last window of all is over.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from gsmd.features.campaigns import table, trial_table
from gsmd.features.campaigns.trial_table import HELD, REST, Deed, Trial, Variant, Verdict
from gsmd.store.ledger import Transaction

if TYPE_CHECKING:
    from gsmd.features.campaigns.decision import Tally

_OPEN = frozenset({"queued", "submitting"})
"""States of messages that may yet go out. What is uncertain is not waited for: that may be for ever."""

_LOOKS = 20
"""Looks in the time of a window, at most: each writes."""

_OFTEN = 1000
"""Milliseconds from one look to the next, at most, if somebody is to be counted."""


class Outlook(NamedTuple):
    """``wait``: seconds until the next look. ``moving``: what happens to messages is of interest meanwhile."""

    wait: float
    moving: bool


def goal_deed(goal: str) -> Deed:
    """What recipients do who reach a goal."""
    return "answered" if goal == "reply" else "converted"


def look(transaction: Transaction, trial: Trial) -> Outlook:
    """Bring a trial up to date, and decide it if that can be done."""
    connection, campaign = transaction.connection, trial.campaign
    left = _take_up(transaction, trial)
    moving, waiting = bool(left), not left.isdisjoint(_OPEN)
    until = transaction.now - trial.window
    if (first := trial_table.next_out(connection, trial)) is not None and first <= until:
        trial_table.count(connection, trial, until, goal_deed(trial.goal))
        trial = trial._replace(counted_until=until)
        first = trial_table.next_out(connection, trial)
    if trial.state == "running":
        over = not waiting and first is None and not _to_do(transaction, campaign)
        trial = _judge(transaction, trial, over=over)
    if first is not None:
        pause = min(_OFTEN, trial.window // _LOOKS)
        return Outlook(max(0, first + trial.window + pause - transaction.now) / 1000, moving)
    if not waiting and trial.state != "running" and _is_over(transaction, campaign):
        trial_table.end(connection, campaign)
    return Outlook(inf, moving)


def _take_up(transaction: Transaction, trial: Trial) -> AbstractSet[str]:
    """Note what is out by now; returns the states of what may yet be."""
    connection, left = transaction.connection, set()
    for tried, state, out in trial_table.on_their_way(connection, trial.campaign):
        if out:
            trial_table.is_out(connection, trial.campaign, tried, transaction.now)
        elif state in _OPEN or state == "uncertain":
            left.add(state)
        else:
            trial_table.never_was(connection, trial.campaign, tried)
    return left


def _to_do(transaction: Transaction, campaign: int) -> bool:
    """True if somebody of the share has not been written to yet, and will be."""
    due = table.next_due(transaction.connection, campaign)
    return due is not None and due != HELD and not _is_over(transaction, campaign)


def _is_over(transaction: Transaction, campaign: int) -> bool:
    return table.state_of(transaction.connection, campaign) in {"done", "cancelled"}


def _judge(transaction: Transaction, trial: Trial, *, over: bool) -> Trial:
    """Decide, if the figures do."""
    from gsmd.features.campaigns import decision  # statistics: only for who has trials

    connection = transaction.connection
    found = trial_table.variants(connection, trial.campaign)[1:]
    tallies = [tally(each) for each in found]
    for place in decision.stopped(tallies):
        trial_table.stop(connection, trial.campaign, found[place].number)
        transaction.record_event(
            "campaign.stopped", None, _id(transaction, trial), variant=found[place].name
        )
        tallies[place] = tallies[place]._replace(stopped=True)
    verdict = _verdict(trial, tallies, [each.text for each in found], over=over)
    if verdict is None:
        return trial
    trial_table.decide(connection, trial.campaign, verdict, transaction.wall)
    transaction.record_event(
        "campaign.decided",
        None,
        _id(transaction, trial),
        state=verdict.state,
        winner=None if verdict.winner is None else found[verdict.winner].name,
        reason=verdict.reason,
    )
    return trial._replace(**verdict._asdict())


def _verdict(
    trial: Trial, tallies: Sequence["Tally"], texts: Sequence[str], *, over: bool
) -> Verdict | None:
    """How it ends with these figures, by number of the variant; None: not yet."""
    from gsmd.features.campaigns import decision

    won = decision.winner(tallies, trial.horizon)
    if won is not None:
        alone = sum(not each.stopped for each in tallies) == 1
        return Verdict("decided", won, won, "opt_outs" if alone else "better")
    if not over:
        return None
    if trial.otherwise is None:
        return Verdict("no_difference", None, decision.best(tallies), None)
    rest = texts.index(trial.otherwise) if trial.otherwise in texts else None
    return Verdict("no_difference", None, rest, None)


def _id(transaction: Transaction, trial: Trial) -> str:
    return table.id_of(transaction.connection, trial.campaign)


def tally(variant: Variant) -> "Tally":
    """The figures of a variant that a decision goes by."""
    from gsmd.features.campaigns.decision import Tally

    return Tally(variant.counted, variant.reached, variant.sent, variant.opted_out, variant.stopped)


class Texts:
    """What each recipient of a campaign gets, as the trial stands now."""

    def __init__(self, trial: Trial, variants: Sequence[Variant]) -> None:
        self._trial = trial
        self._variants = {each.number: each for each in variants}

    @property
    def decided(self) -> bool:
        """True if the rest may get theirs."""
        return self._trial.state != "running"

    def is_held(self, number: int) -> bool:
        """True if who was to get this variant has to wait for the decision."""
        return not self.decided and (number == REST or self._variants[number].stopped)

    def of(self, number: int) -> str:
        """The text for a recipient of that variant."""
        if not self.decided:
            return self._variants[number].text
        rest = self._trial.rest
        return (self._trial.otherwise or "") if rest is None else self._variants[rest].text
