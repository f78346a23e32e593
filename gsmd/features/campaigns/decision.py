"""Which variant is better: decided by a bound that may be looked at as often as one likes.

**Theory of operation.** The share of a campaign that is tried has ``n`` recipients, known before the first is written to. At any
time ``m`` of them count: those whose window is over, so that all of them, whichever variant they got, had the same time to do what
is hoped for. Of two variants, let ``z`` be the usual statistic of two rates, by which they differ. As ``m`` goes to ``n``,
``z·√(m/n)`` moves as a Brownian motion does in one unit of time, if there is no difference. By the principle of reflection
that leaves ±b with a probability of at most 4·(1 − Φ(b)), at whatever moments it is looked at. So for two variants 2.2414 = Φ⁻¹(1 − .05/4)
declares a winner where there is none in at most 5 % of all campaigns; with ``k`` variants the one that leads has to be past
Φ⁻¹(1 − .05/(4(k−1))) against each of the others. To look again and again until z is above 1.96 would declare one in 30 %.

**The guardrail.** A variant that makes people opt out is stopped as soon as the interval of its opt-out rate lies wholly above that of another
(Wilson's, as wide as the bound): whatever it gains, it wins nothing. Here everybody counts who got it, at once.

**How little can be seen.** A motion with a drift θ passes b with the probability Φ(θ−b) + e^(2θb)·Φ(−θ−b). The least difference is that
which is found four times out of five.
"""

from collections.abc import Sequence
from itertools import combinations
from math import ceil, exp, sqrt
from statistics import NormalDist
from typing import NamedTuple

from gsmd.proportions import interval

FALSE_WINNERS = 0.05
"""The part of campaigns without a difference that may end with a winner."""

POWER = 0.8
"""The part of campaigns in which the least difference is found."""

USUAL_RATE = 0.1
"""The rate that a forecast goes by: nobody knows it before."""

_NORMAL = NormalDist()
_UNEVEN = 0.001
"""So improbable is a ratio of recipients that is no chance any more."""


class Tally(NamedTuple):
    """The figures of one variant.

    ``counted`` of its recipients count, ``reached`` of them did what is hoped for; ``opted_out`` of ``sent``
    want no more. A ``stopped`` one cannot win.
    """

    counted: int
    reached: int
    sent: int
    opted_out: int
    stopped: bool = False

    @property
    def rate(self) -> float:
        """0 to 1; of nothing, 0."""
        return self.reached / self.counted if self.counted else 0.0


def bound(variants: int) -> float:
    """The value that z·√(m/n) has to pass."""
    return _NORMAL.inv_cdf(1 - FALSE_WINNERS / (4 * (variants - 1)))


def z(one: Tally, other: Tally) -> float:
    """By how many standard deviations the first one is better than the second."""
    if not one.counted or not other.counted:
        return 0.0
    pooled = (one.reached + other.reached) / (one.counted + other.counted)
    variance = pooled * (1 - pooled) * (1 / one.counted + 1 / other.counted)
    return (one.rate - other.rate) / sqrt(variance) if variance else 0.0


def advance(one: Tally, other: Tally, horizon: int, variants: int) -> float:
    """z·√(m/n) of two variants; ``horizon`` is that of all together."""
    planned = 2 * horizon / variants
    known = min(1.0, (one.counted + other.counted) / planned) if planned else 0.0
    return z(one, other) * sqrt(known)


def winner(tallies: Sequence[Tally], horizon: int) -> int | None:
    """The place of the variant that is better than every other for all one can know; None: none is yet."""
    running = [place for place, each in enumerate(tallies) if not each.stopped]
    if len(running) == 1:
        return running[0]
    return best(tallies) if lead(tallies, horizon) > bound(len(tallies)) else None


def lead(tallies: Sequence[Tally], horizon: int) -> float:
    """By how much the one that did best is ahead of the next, as `advance` has it; 0 of a single one."""
    leader = best(tallies)
    others = [each for place, each in enumerate(tallies) if place != leader and not each.stopped]
    if leader is None or not others:
        return 0.0
    return min(advance(tallies[leader], each, horizon, len(tallies)) for each in others)


def best(tallies: Sequence[Tally]) -> int | None:
    """The place of the one that did best, whether by chance or not; the first of several. None: all are stopped."""
    running = [place for place, each in enumerate(tallies) if not each.stopped]
    return max(running, key=lambda place: tallies[place].rate, default=None)


def stopped(tallies: Sequence[Tally]) -> Sequence[int]:
    """The places of those that make so many more opt out than another does that they are to be stopped."""
    wide = bound(len(tallies))
    spans = {
        place: interval(each.opted_out, each.sent, wide)
        for place, each in enumerate(tallies)
        if each.sent and not each.stopped
    }
    worse = {
        worst
        for pair in combinations(spans, 2)
        for worst, other in (pair, pair[::-1])
        if (spans[worst][0] or 0.0) > (spans[other][1] or 0.0)
    }
    return sorted(worse)


def is_uneven(sent: Sequence[int]) -> bool:
    """True if so many more were sent of one variant than of another that it is no chance.

    χ² against equal parts, by the approximation of Wilson and Hilferty.
    """
    mean, freedom = sum(sent) / len(sent), len(sent) - 1
    if not mean:
        return False
    deviation = 2 / (9 * freedom)
    squares = sum((each - mean) ** 2 for each in sent) / mean
    normal = ((squares / freedom) ** (1 / 3) - (1 - deviation)) / sqrt(deviation)
    return 1 - _NORMAL.cdf(normal) < _UNEVEN


def least_difference(horizon: int, variants: int) -> float | None:
    """The least difference of two rates (0 to 1) that such a campaign can be expected to show, where the lesser is 10 %.

    None: not even the greatest.
    """
    each = horizon / variants
    limit = 1 - USUAL_RATE
    if sqrt(2 * each) <= bound(variants) or power(limit, each, variants) < POWER:
        return None  # not even if all do it after one and nobody after the other
    low, high = 0.0, limit
    while high - low > 0.0001:
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle, each, variants) >= POWER else (middle, high)
    return ceil(high * 10_000) / 10_000


def power(difference: float, each: float, variants: int) -> float:
    """The probability that such a difference is found with so many recipients of each variant."""
    better = USUAL_RATE + difference
    variance = USUAL_RATE * (1 - USUAL_RATE) + better * (1 - better)
    if not variance or not each:
        return 0.0
    needed, drift = bound(variants), difference / sqrt(variance / each)
    if drift > 2 * needed + 10:
        return 1.0  # e^(2θb) would be beyond all numbers
    beyond = exp(2 * drift * needed) * _NORMAL.cdf(-drift - needed)
    return _NORMAL.cdf(drift - needed) + beyond
