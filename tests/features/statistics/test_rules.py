"""Figures out of counts."""

from hypothesis import given
from hypothesis import strategies as st

from gsmd.features.statistics.rules import curve, interval, percentiles, rate

COUNTS = st.integers(0, 10**6).flatmap(
    lambda whole: st.tuples(st.integers(0, whole), st.just(whole))
)
TIMES = st.dictionaries(st.integers(0, 10**9), st.integers(1, 50), min_size=1).map(
    lambda counts: sorted(counts.items())
)
PARTS = st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0])


def test_the_interval_is_wilsons() -> None:
    assert interval(8, 10) == (0.4902, 0.9433)
    assert interval(0, 10) == (0.0, 0.2775)
    assert interval(10, 10) == (0.7225, 1.0)
    assert interval(0, 0) == (None, None)


@given(COUNTS)
def test_the_rate_lies_within_its_interval(counts: tuple[int, int]) -> None:
    part, whole = counts
    low, high = interval(part, whole)
    if not whole:
        return
    found = rate(part, whole)
    assert low is not None
    assert high is not None
    assert found is not None
    assert 0 <= low <= found <= high <= 1


@given(COUNTS.filter(lambda counts: counts[1] > 0))
def test_ten_times_the_messages_make_it_surer_and_what_failed_mirrors_what_arrived(
    counts: tuple[int, int],
) -> None:
    part, whole = counts
    low, high = interval(part, whole)
    more_low, more_high = interval(10 * part, 10 * whole)
    failed_low, failed_high = interval(whole - part, whole)
    assert low is not None
    assert high is not None
    assert more_low is not None
    assert more_high is not None
    assert failed_low is not None
    assert failed_high is not None
    assert more_high - more_low <= high - low + 1e-4
    assert abs(1 - failed_high - low) < 2e-4
    assert abs(1 - failed_low - high) < 2e-4


@given(TIMES, PARTS)
def test_a_percentile_is_the_first_time_within_which_so_many_were_done(
    times: list[tuple[int, int]], part: float
) -> None:
    every = [time for time, count in times for _ in range(count)]
    (found,) = percentiles(times, [part])
    assert found in every
    assert sum(time <= found for time in every) >= part * len(every)
    assert sum(time < found for time in every) < part * len(every)


@given(TIMES)
def test_a_curve_rises_to_all(times: list[tuple[int, int]]) -> None:
    points = curve(times)
    assert [seconds for seconds, _ in points] == [time / 1000 for time, _ in times]
    parts = [part for _, part in points]
    assert parts == sorted(parts)
    assert parts[-1] == 1
