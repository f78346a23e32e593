"""Steps of the calendar, in zones whose clocks are set twice a year."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from gsmd.features.statistics import calendar
from gsmd.protocol.stats import SeriesStep

QUARTER = 900_000


def at(*fields: int) -> int:
    return round(datetime(*fields, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type] # year, month, day, …


@pytest.fixture(
    params=["UTC", "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("step", SeriesStep)
def test_steps_follow_each_other_without_a_gap_and_are_named_once(
    zone: str, step: SeriesStep
) -> None:
    del zone
    for since, until in (
        (at(2026, 3, 20, 10, 7), at(2026, 4, 15)),
        (at(2026, 10, 1, 10, 7), at(2026, 11, 2)),
    ):
        begins = list(calendar.begins(step, since, until))
        assert begins[0] <= since < until
        assert all(begin < end for begin, end in pairwise(begins))
        assert all(begin % QUARTER == 0 for begin in begins)
        names = [calendar.name(step, begin) for begin in begins]
        assert len(set(names)) == len(names)
        assert list(calendar.begins(step, begins[-1], until)) == begins[-1:]


def test_a_day_is_23_or_25_hours_long_where_clocks_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    try:
        for month, day, hours in ((3, 29, 23), (6, 1, 24), (10, 25, 25)):
            begin, end = list(
                calendar.begins(
                    SeriesStep.DAY, at(2026, month, day, 12), at(2026, month, day + 1, 12)
                )
            )
            assert end - begin == hours * 3_600_000
            assert calendar.name(SeriesStep.DAY, begin) == f"2026-{month:02}-{day:02}"
            assert len(list(calendar.begins(SeriesStep.HOUR, begin, end))) == hours
        twice = [
            calendar.name(SeriesStep.HOUR, begin)
            for begin in calendar.begins(SeriesStep.HOUR, at(2026, 10, 25, 0), at(2026, 10, 25, 2))
        ]
        assert twice == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_weeks_begin_on_monday_and_months_on_the_first(zone: str) -> None:
    del zone
    (week, *_) = calendar.begins(SeriesStep.WEEK, at(2026, 1, 28, 12), at(2026, 2, 9))
    (month, *_) = calendar.begins(SeriesStep.MONTH, at(2026, 1, 28, 12), at(2026, 3, 9))
    assert calendar.name(SeriesStep.DAY, week) == "2026-01-26"
    assert calendar.name(SeriesStep.WEEK, week) == "2026-W05"
    assert calendar.name(SeriesStep.DAY, month) == "2026-01-01"
    assert calendar.name(SeriesStep.MONTH, month) == "2026-01"


def test_an_hour_of_the_week_is_local(zone: str) -> None:
    monday_noon = at(2026, 1, 26, 12)
    ahead = {"UTC": 12, "Europe/Paris": 13, "Asia/Kolkata": 17, "Asia/Kathmandu": 17}
    assert calendar.hour_of_week(monday_noon) == (1, ahead.get(zone, 23))


@pytest.mark.parametrize("step", SeriesStep)
def test_the_latest_that_may_be_told_is_as_many_steps_as_allowed(
    zone: str, step: SeriesStep
) -> None:
    del zone
    until = at(2026, 4, 15)
    number = len(list(calendar.begins(step, calendar.latest(step, until, 300), until)))
    assert 250 < number <= 300
