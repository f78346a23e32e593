"""Figures out of counts."""

from hypothesis import given
from hypothesis import strategies as st

from gsmd.features.statistics.rules import curve, percentiles

TIMES = st.dictionaries(st.integers(0, 10**9), st.integers(1, 50), min_size=1).map(
    lambda counts: sorted(counts.items())
)
PARTS = st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0])


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
