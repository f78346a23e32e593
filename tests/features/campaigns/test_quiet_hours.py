"""Quiet hours, in one zone and in many."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gsmd.config import CampaignsConfig
from gsmd.features.campaigns.quiet import Quiet
from gsmd.features.campaigns.rules import before, until
from gsmd.features.campaigns.table import Campaign
from gsmd.features.campaigns.zones import zones_of
from gsmd.hours import parse

NIGHT = parse("21:00-08:00")


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-06-01T12:00+00:00", None),
        ("2026-06-01T20:59+00:00", None),
        ("2026-06-01T21:00+00:00", "2026-06-02T08:00+00:00"),
        ("2026-06-02T03:07:09+00:00", "2026-06-02T08:00+00:00"),
        ("2026-06-02T08:00+00:00", None),
    ],
)
def test_quiet_hours_go_over_midnight(at: str, end: str | None) -> None:
    expected = None if end is None else datetime.fromisoformat(end)

    assert until(NIGHT, datetime.fromisoformat(at), [UTC]) == expected


def test_in_a_country_of_several_zones_nobody_is_woken() -> None:
    zones = [ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")]
    at = datetime(2026, 6, 1, 13, 0, tzinfo=UTC)  # 9 in the east, 6 in the west

    assert until(NIGHT, at, zones) == datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


def test_where_it_is_always_quiet_somewhere_the_first_zone_decides() -> None:
    zones = [ZoneInfo("UTC"), ZoneInfo("Etc/GMT+12")]
    noon = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

    assert until(parse("20:00-08:00"), noon, zones) is None


@pytest.mark.parametrize(
    ("at", "begin"),
    [
        ("2026-06-01T12:00+00:00", "2026-06-01T21:00+00:00"),
        ("2026-06-01T20:59:30+00:00", "2026-06-01T21:00+00:00"),
        ("2026-06-01T21:00:01+00:00", "2026-06-02T21:00+00:00"),
    ],
)
def test_it_is_known_when_they_begin_next(at: str, begin: str) -> None:
    assert before(NIGHT, datetime.fromisoformat(at), [UTC]) == datetime.fromisoformat(begin)


def test_in_a_country_of_several_zones_they_begin_where_it_is_evening_first() -> None:
    zones = [ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York")]
    at = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)

    assert before(NIGHT, at, zones) == datetime(2026, 6, 2, 1, 0, tzinfo=UTC)  # 21 in the east
    assert before(parse("08:00-08:00"), at, zones) is None


def test_a_number_tells_its_country_and_a_field_its_zone() -> None:
    assert zones_of("+33612345678", None) == [ZoneInfo("Europe/Paris")]
    assert ZoneInfo("Asia/Kathmandu") in zones_of("+9779812345678", None)
    assert zones_of("+33612345678", "Asia/Tokyo") == [ZoneInfo("Asia/Tokyo")]
    assert len(zones_of("+33612345678", "Nowhere/Land")) == 1
    assert len(zones_of("36111", None)) == 1


def test_a_promotional_campaign_has_the_hours_of_the_country_unless_it_says_others() -> None:
    quiet = Quiet(CampaignsConfig())
    known = Campaign(1, "c", "news", "Hi", "t", "running", None, None, None, None, 0, None, 0, None)
    offer = known._replace(category="promotional")
    own = offer._replace(quiet="12:00-13:00")

    assert quiet.hours(known, "+33612345678") is None
    assert quiet.hours(offer, "+33612345678") == parse("20:00-08:00")
    assert quiet.hours(offer, "+919812345678") == parse("21:00-10:00")
    assert quiet.hours(offer, "+12025550123") == NIGHT
    assert quiet.hours(offer, "4711") == NIGHT
    assert quiet.hours(own, "+33612345678") == parse("12:00-13:00")
    assert Quiet(CampaignsConfig(quiet_in={"FR": None})).hours(offer, "+33612345678") is None
