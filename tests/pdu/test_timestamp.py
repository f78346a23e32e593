"""Times with their zones."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gsmd.pdu import PduError, Timestamp


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T12:34:56+02:00",
        "2024-02-29T23:59:59+00:00",
        "1970-01-01T00:00:00-00:15",
        "2069-12-31T00:00:00+19:45",
        "2026-06-15T08:09:10-11:30",
    ],
)
def test_a_time_comes_back_with_its_zone(text: str) -> None:
    moment = datetime.fromisoformat(text)
    read = Timestamp.of(moment).datetime
    assert read is not None
    assert read.isoformat() == text


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 1, 1),  # noqa: DTZ001 -- this is what is refused
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(minutes=7))),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=20))),
        datetime(2026, 1, 1, microsecond=1, tzinfo=UTC),
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(2070, 1, 1, tzinfo=UTC),
    ],
    ids=["no zone", "seven minutes", "twenty hours", "a microsecond", "too early", "too late"],
)
def test_what_cannot_be_said_exactly_is_refused(moment: datetime) -> None:
    with pytest.raises(PduError) as caught:
        Timestamp.of(moment)
    assert caught.value.field == "timestamp"


def test_every_zone_there_is_comes_back() -> None:
    for quarters in range(-79, 80):
        moment = datetime(2026, 1, 1, tzinfo=timezone(quarters * timedelta(minutes=15)))
        read = Timestamp.of(moment).datetime
        assert read is not None
        assert read.utcoffset() == moment.utcoffset()
        assert read == moment
