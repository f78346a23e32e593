"""Durations as people write them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsmd.config import Impossible, parse_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (0, 0),
        (90, 90),
        (1.5, 1.5),
        ("90", 90),
        ("0.25s", 0.25),
        ("90s", 90),
        ("15m", 900),
        ("24h", 86_400),
        ("7d", 604_800),
        ("2w", 1_209_600),
        (" 5m ", 300),
    ],
)
def test_a_number_of_seconds_or_a_number_with_a_unit(written: str | float, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        *(-1, -0.5, math.nan, math.inf, True, False, 1e300, 10**400),
        *(
            "",
            "s",
            "-5s",
            "5 s",
            "5S",
            "1h30m",
            "5y",
            "1e3",
            "nan",
            "inf",
            "٣s",
            "5s\n5s",
            "9" * 13,
        ),
        *("99999999999w",),
    ],
)
def test_anything_else_is_refused(written: str | float) -> None:
    with pytest.raises(Impossible, match="90s, 15m, 24h, 7d, 2w"):
        parse_duration(written)


@settings(max_examples=50)
@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_whatever_is_accepted_can_be_waited_for(written: str | float) -> None:
    try:
        seconds = parse_duration(written)
    except Impossible:
        return
    assert 0 <= seconds < 4e9
