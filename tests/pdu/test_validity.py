"""Validity periods: exactly, or an error."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.pdu import PduError, Validity, ValidityFormat

STEPS = [Validity(ValidityFormat.RELATIVE, bytes((octet,))).relative for octet in range(256)]
PERIODS = [step for step in STEPS if step is not None]


def test_the_steps_rise_from_five_minutes_to_63_weeks() -> None:
    assert len(PERIODS) == 256
    assert sorted(set(PERIODS)) == PERIODS
    assert (PERIODS[0], PERIODS[-1]) == (timedelta(minutes=5), timedelta(weeks=63))


@pytest.mark.parametrize("octet", range(256))
def test_every_step_is_written_in_one_octet(octet: int) -> None:
    assert Validity.of(PERIODS[octet]) == Validity(ValidityFormat.RELATIVE, bytes((octet,)))


@given(st.integers(1, 100 * 3600 - 1))
def test_a_period_of_seconds_is_said_exactly(seconds: int) -> None:
    period = timedelta(seconds=seconds)
    validity = Validity.of(period)
    assert validity.relative == period
    assert validity.absolute is None
    assert not validity.single_shot


@pytest.mark.parametrize(
    "period",
    [
        timedelta(0),
        timedelta(seconds=-1),
        timedelta(microseconds=1),
        timedelta(seconds=90, milliseconds=500),
        timedelta(hours=100, seconds=1),
        timedelta(days=31),
        timedelta(weeks=64),
        timedelta.max,
        timedelta.min,
    ],
    ids=str,
)
def test_a_period_that_cannot_be_said_is_refused_and_never_rounded(period: timedelta) -> None:
    with pytest.raises(PduError) as caught:
        Validity.of(period)
    assert caught.value.field == "validity"


def test_a_time_is_said_exactly() -> None:
    moment = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
    validity = Validity.of(moment)
    assert (validity.format, validity.absolute) == (ValidityFormat.ABSOLUTE, moment)
    assert validity.relative is None


def test_a_time_that_cannot_be_said_is_refused() -> None:
    with pytest.raises(PduError) as caught:
        Validity.of(datetime(2026, 5, 6, microsecond=7, tzinfo=UTC))
    assert caught.value.field == "validity"


@given(st.timedeltas(timedelta(0), timedelta(weeks=63)))
def test_at_least_takes_the_next_longer_step(period: timedelta) -> None:
    chosen = Validity.at_least(period).relative
    assert chosen is not None
    assert chosen >= period
    assert not [step for step in PERIODS if period <= step < chosen]


def test_nothing_is_at_least_64_weeks() -> None:
    with pytest.raises(PduError, match="63 weeks"):
        Validity.at_least(timedelta(weeks=63, seconds=1))


def test_single_shot_is_told_apart() -> None:
    assert Validity(ValidityFormat.ENHANCED, bytes.fromhex("41A70000000000")).single_shot
    assert not Validity(ValidityFormat.RELATIVE, b"\xff").single_shot


def test_an_impossible_time_is_none_and_its_octets_are_kept() -> None:
    octets = bytes.fromhex("62311021436500")
    validity = Validity(ValidityFormat.ABSOLUTE, octets)
    assert (validity.absolute, validity.octets) == (None, octets)
