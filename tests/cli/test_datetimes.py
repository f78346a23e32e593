"""Times and durations as people write and read them."""

from datetime import UTC, datetime, timedelta

import pytest

from gsmd.cli import datetimes

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0421, "42 ms"),
        (0.9999, "1 second"),
        (1, "1 second"),
        (59.7, "1 minute"),
        (200, "3 minutes 20 seconds"),
        (3600, "1 hour"),
        (3605, "1 hour"),
        (2 * 86_400 + 4 * 3600 + 59, "2 days 4 hours"),
        (15 * 86_400, "15 days"),
        (-90, "minus 1 minute 30 seconds"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float, expected: str) -> None:
    assert datetimes.words(seconds) == expected


def test_a_distance_says_which_side_of_now_it_is_on() -> None:
    assert datetimes.ago(NOW - timedelta(minutes=3), NOW) == "3 minutes ago"
    assert datetimes.ago(NOW + timedelta(hours=2), NOW) == "in 2 hours"
    assert datetimes.ago(NOW, NOW) == "now"


def test_a_duration_is_a_distance_from_now_towards_the_wanted_side() -> None:
    assert datetimes.parse_moment("2h", NOW, "past") == NOW - timedelta(hours=2)
    assert datetimes.parse_moment("2h ago", NOW, "past") == NOW - timedelta(hours=2)
    assert datetimes.parse_moment("in 90s", NOW, "future") == NOW + timedelta(seconds=90)


def test_a_time_of_day_is_the_nearest_one_on_the_wanted_side() -> None:
    noon = NOW.astimezone()
    later = (noon + timedelta(hours=1)).strftime("%H:%M")
    assert datetimes.parse_moment(later, NOW, "future") == NOW + timedelta(hours=1)
    assert datetimes.parse_moment(later, NOW, "past") == NOW - timedelta(hours=23)
    earlier = (noon - timedelta(hours=1)).strftime("%H:%M")
    assert datetimes.parse_moment(earlier, NOW, "future") == NOW + timedelta(hours=23)


def test_a_date_without_an_offset_is_local_and_one_with_an_offset_is_what_it_says() -> None:
    midnight = datetime(2026, 1, 31).astimezone()
    assert datetimes.parse_moment("2026-01-31", NOW, "past") == midnight
    offset = datetimes.parse_moment("2026-01-31T18:30+05:45", NOW, "past")
    assert offset == datetime(2026, 1, 31, 12, 45, tzinfo=UTC)


def test_yesterday_and_tomorrow_begin_at_midnight_or_at_the_time_given() -> None:
    today = NOW.astimezone().replace(hour=0)
    assert (
        datetimes.parse_moment("yesterday", NOW, "past").date()
        == (today - timedelta(days=1)).date()
    )
    tomorrow = datetimes.parse_moment("Tomorrow 8:30", NOW, "future")
    assert (tomorrow.hour, tomorrow.minute) == (8, 30)
    assert tomorrow.date() == (today + timedelta(days=1)).date()


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "2026-13-01", "-5", "tomorrow noon", "1:2:3:4"]
)
def test_what_is_no_time_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        datetimes.parse_moment(text, NOW, "past")


def test_a_short_time_says_only_what_is_not_obvious() -> None:
    here = NOW.astimezone()
    assert datetimes.short(NOW, NOW) == here.strftime("%H:%M:%S")
    month_ago = NOW - timedelta(days=30)
    assert datetimes.short(month_ago, NOW) == month_ago.astimezone().strftime("%-d %b %H:%M")
    assert datetimes.short(datetime(2024, 5, 6, 12, tzinfo=UTC), NOW) == "2024-05-06"


def test_times_in_a_sentence_are_told_in_local_time() -> None:
    local = datetimes.local(NOW)
    for written in (
        "2026-03-04T12:00:00Z",
        "2026-03-04 12:00:00.123+00:00",
        "2026-03-04T13:00:00+01:00",
    ):
        assert datetimes.localise(f"not before {written}, then") == f"not before {local}, then"
    assert datetimes.localise("no time 2026-03-04 here") == "no time 2026-03-04 here"
