"""Parts of the day."""

from datetime import time

import pytest

from gsmd.hours import Hours, parse


@pytest.mark.parametrize(
    ("hours", "at", "held"),
    [
        ("08:00-18:30", "08:00", True),
        ("08:00-18:30", "18:29:59.999999", True),
        ("08:00-18:30", "18:30", False),
        ("08:00-18:30", "07:59:59", False),
        ("20:00-08:00", "23:00", True),
        ("20:00-08:00", "00:00", True),
        ("20:00-08:00", "08:00", False),
        ("20:00-08:00", "12:00", False),
        ("20:00-00:00", "23:59", True),
        ("20:00-00:00", "00:00", False),
        ("08:00-08:00", "08:00", False),
    ],
)
def test_hours_begin_at_one_time_and_end_before_the_other(
    hours: str, at: str, *, held: bool
) -> None:
    assert parse(hours).holds(time.fromisoformat(at)) is held


def test_blanks_around_the_dash_are_let_pass() -> None:
    assert parse("21:00 - 08:00") == Hours(time(21), time(8))


@pytest.mark.parametrize(
    "text", ["", "21:00", "21:00-25:00", "21:00-08:00-09:00", "nine-five", "21:00+02:00-08:00", "21:00Z-08:00Z"]
)  # fmt: skip
def test_what_is_no_part_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(text)
