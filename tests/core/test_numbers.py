import pytest

from gsmd.core.numbers import is_alphanumeric, is_short_code, normalise, same_subscriber
from gsmd.core.requests import Code, Refused


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("+33612345678", None, "+33612345678"),
        ("+33 6 12-34.56/78", None, "+33612345678"),
        ("0033612345678", None, "+33612345678"),
        ("(06) 12 34 56 78", "FR", "+33612345678"),
        ("0612345678", None, "0612345678"),
        ("36111", None, "36111"),
        ("36111", "FR", "36111"),
        ("*100#", "FR", "*100#"),
    ],
)
def test_a_number_is_understood_as_people_type_it(
    typed: str, country: str | None, number: str
) -> None:
    assert normalise(typed, country) == number


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "is not a phone number"),
        ("abc def", "is not a phone number"),
        ("+33 6 12 34 x", "is not a phone number"),
        ("+33 1", "too short"),
        ("+999123456789", "no country has this code"),
        ("+336123456789012345678", "too long"),
        ("1" * 16, "too long"),
        ("*" * 21, "longer than 20"),
        ("٣٣٦١٢٣٤٥٦", "is not a phone number"),
    ],
)
def test_what_can_be_nobodys_number_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refusal:
        normalise(typed, None)
    assert refusal.value.code is Code.INVALID
    assert refusal.value.data == {"reason": "bad_number", "field": "to"}


def test_short_codes_and_names_are_told_from_subscribers() -> None:
    assert [is_short_code(each) for each in ("36111", "+33612", "0612345678")] == [
        True,
        False,
        False,
    ]
    assert [is_alphanumeric(each) for each in ("Bank", "", "+336", "*#a")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+33612345678", "+33612345678", True),
        ("+33612345678", "0612345678", True),
        ("0033612345678", "+33612345678", True),
        ("+33612345678", "+33612345679", False),
        ("36111", "36111", True),
        ("36111", "+3336111", False),
        ("345678", "+33612345678", False),
    ],
)
def test_the_network_may_spell_a_subscriber_in_other_ways(one: str, other: str, same: bool) -> None:
    assert same_subscriber(one, other) is same
    assert same_subscriber(other, one) is same
