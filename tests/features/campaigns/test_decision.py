"""When a variant is better: never by looking until it fits."""

import random
from collections.abc import Sequence
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.features.campaigns.decision import (
    Tally,
    advance,
    best,
    bound,
    is_uneven,
    lead,
    least_difference,
    power,
    stopped,
    winner,
    z,
)

EACH, LOOKS = 2000, 20


def some(part: int, whole: int, opted_out: int = 0, *, is_stopped: bool = False) -> Tally:
    return Tally(whole, part, whole, opted_out, is_stopped)


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    sent = draw(st.integers(0, 5000))
    counted = draw(st.integers(0, sent))
    reached, gone = draw(st.integers(0, counted)), draw(st.integers(0, sent))
    return Tally(counted, reached, sent, gone)


SEVERAL = st.lists(tallies(), min_size=2, max_size=5)


def drawn(chance: random.Random, count: int, probability: float) -> int:
    """How many of ``count`` do what each does with a probability, as nearly normal as these are."""
    spread = (count * probability * (1 - probability)) ** 0.5
    return min(count, max(0, round(chance.gauss(count * probability, spread))))


def trial(chance: random.Random, rates: Sequence[float], opting_out: float = 0.0) -> int | None:
    """Who wins if it is looked at so often on the way."""
    step = EACH // LOOKS
    standing = [some(0, 0) for _ in rates]
    for _ in range(LOOKS):
        standing = [
            some(
                each.reached + drawn(chance, step, rate),
                each.counted + step,
                each.opted_out + drawn(chance, step, opting_out),
            )
            for each, rate in zip(standing, rates, strict=True)
        ]
        gone = stopped(standing)
        standing = [each._replace(stopped=place in gone) for place, each in enumerate(standing)]
        won = winner(standing, EACH * len(rates))
        if won is not None:
            return won
    return None


def test_the_bound_is_that_of_a_brownian_motion_which_is_looked_at_at_any_time() -> None:
    assert bound(2) == pytest.approx(2.2414, abs=0.0001)
    assert bound(3) == pytest.approx(NormalDist().inv_cdf(1 - 0.05 / 8))
    assert [bound(count) for count in range(2, 11)] == sorted(
        bound(count) for count in range(2, 11)
    )


@pytest.mark.parametrize(("variants", "runs"), [(2, 1000), (3, 200)])
def test_of_equal_texts_one_is_called_better_in_five_of_a_hundred_at_most(
    variants: int, runs: int
) -> None:
    chance = random.Random(variants)
    won = [trial(chance, [0.12] * variants, opting_out=0.02) for _ in range(runs)]

    assert sum(each is not None for each in won) <= 0.05 * runs


def test_twelve_and_sixteen_of_a_hundred_are_told_apart_nine_times_out_of_ten() -> None:
    chance = random.Random(16)
    runs = [trial(chance, [0.12, 0.16]) for _ in range(1000)]

    assert runs.count(1) >= 900
    assert runs.count(0) == 0


def test_looking_for_z_above_1_96_would_call_one_better_far_too_often() -> None:
    """The reason for the bound: the same looks, decided as one would by hand."""
    chance = random.Random(1)

    def by_hand() -> bool:
        one = other = some(0, 0)
        for _ in range(LOOKS):
            step = EACH // LOOKS
            one, other = (
                some(each.reached + drawn(chance, step, 0.12), each.counted + step)
                for each in (one, other)
            )
            if abs(z(one, other)) > 1.96:
                return True
        return False

    assert sum(by_hand() for _ in range(300)) > 45


@given(tallies(), tallies())
def test_what_one_is_better_the_other_is_worse(one: Tally, other: Tally) -> None:
    assert z(one, other) == pytest.approx(-z(other, one))
    assert abs(advance(one, other, one.counted + other.counted, 2)) == pytest.approx(
        abs(z(one, other))
    )


@given(tallies(), tallies(), st.integers(1, 10**6))
def test_the_fewer_are_counted_the_less_it_weighs(one: Tally, other: Tally, more: int) -> None:
    horizon = one.counted + other.counted
    early = abs(advance(one, other, horizon + more, 2))

    assert early <= abs(advance(one, other, horizon, 2)) + 1e-9


@given(SEVERAL, st.integers(0, 10**5))
def test_the_winner_is_the_best_and_is_ahead_of_every_other(
    all_of_them: list[Tally], more: int
) -> None:
    horizon = sum(each.counted for each in all_of_them) + more
    won = winner(all_of_them, horizon)
    if won is not None:
        assert won == best(all_of_them)
        assert lead(all_of_them, horizon) > bound(len(all_of_them))
        rates = [each.rate for each in all_of_them]
        assert rates[won] == max(rates)


@given(SEVERAL)
def test_the_guardrail_never_stops_them_all_and_never_the_one_that_drives_fewest_away(
    all_of_them: list[Tally],
) -> None:
    gone = stopped(all_of_them)
    assert len(gone) < len(all_of_them)
    for place in gone:
        rate = all_of_them[place].opted_out / all_of_them[place].sent
        others = [each.opted_out / each.sent for each in all_of_them if each.sent]
        assert rate > min(others)


def test_what_drives_people_away_cannot_win_and_what_is_left_does() -> None:
    better = some(400, 1000, opted_out=120)
    worse = some(100, 1000, opted_out=10)
    assert stopped([better, worse]) == [0]
    assert winner([better._replace(stopped=True), worse], 2000) == 1
    assert stopped([some(0, 10, opted_out=1), some(0, 10)]) == []


def test_of_nothing_nothing_follows() -> None:
    nothing = [some(0, 0), some(0, 0)]
    assert winner(nothing, 0) is None
    assert winner(nothing, 100) is None
    assert stopped(nothing) == []
    assert not is_uneven([0, 0])
    assert winner([some(10, 10), some(10, 10)], 20) is None


def test_a_small_list_decides_only_what_is_plain() -> None:
    assert winner([some(10, 10), some(0, 10)], 20) == 0
    assert winner([some(2, 2), some(0, 2)], 4) is None
    assert winner([some(2, 2), some(0, 2)], 200) is None


@given(st.integers(2, 10**6), st.integers(2, 10))
def test_the_least_difference_is_found_four_times_out_of_five(each: int, variants: int) -> None:
    found = least_difference(each * variants, variants)
    if found is None:
        assert power(0.9, each, variants) < 0.8 or (2 * each) ** 0.5 <= bound(variants)
    else:
        assert power(found, each, variants) >= 0.8
        assert power(found - 0.0003, each, variants) < 0.8


def test_the_more_people_the_less_can_be_seen() -> None:
    found = [least_difference(count, 2) for count in (100, 1000, 4000, 100_000)]
    assert found == pytest.approx([0.227, 0.061, 0.029, 0.006], abs=0.001)
    assert least_difference(4, 2) is None


def test_unevenly_many_are_told_from_chance() -> None:
    assert not is_uneven([500, 540])
    assert is_uneven([500, 640])
    assert is_uneven([300, 300, 200])
    assert not is_uneven([30, 34, 28])
