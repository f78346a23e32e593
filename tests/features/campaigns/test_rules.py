"""What can be a campaign."""

import pytest

from gsmd.features.campaigns.rules import begins_with, check, filled, is_conversion, needed
from gsmd.protocol.campaigns import CampaignParams, Variant
from gsmd.protocol.errors import Refused

TWO = [Variant("a", "A"), Variant("b", "B {x}")]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"per_minute": 0}, "per_minute"),
        ({"quiet": "night"}, "quiet"),
        ({"goal": "reply"}, "goal"),
        ({"window": 60.0}, "window"),
        ({"share": 0.5}, "share"),
        ({"variants": [Variant("a", "A")]}, "variants"),
        ({"variants": [Variant("a", "A"), Variant("a", "B")]}, "variants"),
        ({"variants": [Variant("a", "A"), Variant("b", "")]}, "variants[1].text"),
        ({"variants": TWO, "goal": "clicks"}, "goal"),
        ({"variants": TWO, "goal": "keyword:"}, "goal"),
        ({"variants": TWO, "goal": "reply:yes"}, "goal"),
        ({"variants": TWO, "window": 0.0}, "window"),
        ({"variants": TWO, "share": 0.0}, "share"),
        ({"variants": TWO, "share": 1.1}, "share"),
    ],
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
    assert needed(*(each.text for each in TWO)) == {"x"}


@pytest.mark.parametrize("goal", ["reply", "keyword:ROSES", "conversion", "conversion:order"])
def test_what_can_be_a_goal_is_taken(goal: str) -> None:
    check(CampaignParams(list="all", variants=TWO, goal=goal, share=1.0))


@pytest.mark.parametrize(
    ("goal", "text", "understood", "reached"),
    [
        ("keyword:ROSES", "roses, please!", None, True),
        ("keyword:ROSES", "ROZES", "ROSES", True),
        ("keyword:ROSES", "no roses", None, False),
        ("reply", "roses", None, False),
    ],
)
def test_a_keyword_is_reached_by_a_text_that_begins_with_it(
    goal: str, text: str, understood: str | None, reached: bool
) -> None:
    assert begins_with(goal, text, understood) is reached


@pytest.mark.parametrize(
    ("goal", "name", "counts"),
    [
        ("conversion", "order", True),
        ("conversion:Order", "order", True),
        ("conversion:order", "visit", False),
        ("reply", "order", True),
        ("keyword:ROSES", "order", False),
    ],
)
def test_a_conversion_counts_where_its_name_is_asked_for(
    goal: str, name: str, counts: bool
) -> None:
    assert is_conversion(goal, name) is counts
