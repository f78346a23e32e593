"""What can be a campaign."""

import pytest

from gsmd.features.campaigns.rules import check, filled, needed
from gsmd.protocol.campaigns import CampaignParams
from gsmd.protocol.errors import Refused


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text": ""}, "text"), ({"per_minute": 0}, "per_minute"), ({"quiet": "night"}, "quiet")],
)
def test_what_cannot_be_a_campaign_is_refused_with_the_field(
    wrong: dict[str, object], field: str
) -> None:
    given: dict[str, object] = {"list": "all", "text": "Hi", **wrong}
    with pytest.raises(Refused) as refused:
        check(CampaignParams(**given))  # type: ignore[arg-type] # each of the right type
    assert refused.value.data["field"] == field


def test_each_recipient_is_written_with_their_own_fields() -> None:
    text = "{name|there}, your number is {peer}, your tariff {tariff}"
    assert needed(text) == {"tariff"}
    assert filled(text, "+1", {"tariff": "A"}) == "there, your number is +1, your tariff A"
