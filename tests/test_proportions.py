"""Parts of a whole, and how sure they are."""

from hypothesis import given
from hypothesis import strategies as st

from gsmd.proportions import interval, rate

COUNTS = st.integers(0, 10**6).flatmap(
    lambda whole: st.tuples(st.integers(0, whole), st.just(whole))
)


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
