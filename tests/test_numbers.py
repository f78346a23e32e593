import pytest

from gsmd.numbers import (
    NotANumber,
    bare,
    canonical,
    is_alphanumeric,
    is_short_code,
    normalise,
    plain,
    same_subscriber,
    spellings,
)
from gsmd.regions import region_of_number, region_of_sim


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
    with pytest.raises(NotANumber, match=why):
        normalise(typed, None)


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
        ("+33612345678", "+4933612345678", False),
    ],
)
def test_the_network_may_spell_a_subscriber_in_other_ways(one: str, other: str, same: bool) -> None:
    assert same_subscriber(one, other) is same
    assert same_subscriber(other, one) is same


PASTED = [
    "\u202a+33612345678\u202c",
    "\u2066+33 6 12 34 56 78\u2069",
    "\u200e+33612345678\u200b",
    "\ufeff+33612345678",
    "+33\u00a06\u00ad12\u202f34\u2011 56\u2060 78",
    "tel:+33612345678",
    "tel:+33-6-12-34-56-78;phone-context=example.com",
    "sms:+33612345678",
    "＋３３６１２３４５６７８",
    "+3️3️612345678",
    "+3\ufe0d3612345678",
    "\t+33 (0)6 12 34 56 78\n",
]


@pytest.mark.parametrize("typed", PASTED)
def test_a_number_is_understood_as_people_paste_it(typed: str) -> None:
    assert normalise(typed, None) == "+33612345678"


def test_what_is_no_number_is_left_as_it_is() -> None:
    assert plain("Bank of 4") == "Bank of 4"
    assert plain("\u202a+33*") == "+33*"
    assert plain("\u202a06 12*") == "0612*"
    assert bare("telephone") == "telephone"


@pytest.mark.parametrize(
    ("given", "country", "number"),
    [
        ("0612345678", "FR", "+33612345678"),
        ("612345678", "FR", "+33612345678"),  # surely a mobile
        ("33612345678", "FR", "+33612345678"),
        ("0033612345678", None, "+33612345678"),
        ("491701234567", "FR", "+491701234567"),  # the + is left out
        ("07700900087", "GB", "+447700900087"),
        ("8 916 123-45-67".replace(" ", "").replace("-", ""), "RU", "+79161234567"),
        ("06301234567", "HU", "+36301234567"),
        ("612345678", "ES", "+34612345678"),  # no trunk prefix there
        ("2025550123", "US", "+12025550123"),
        ("3331234567", "IT", "+393331234567"),
        # nobody's number, or not surely somebody's
        ("36111", "FR", "36111"),
        ("36111", None, "36111"),
        ("0612345678", None, "0612345678"),
        ("82300123", "DE", "82300123"),
        ("12345678", "FR", "12345678"),
        ("*100#", "FR", "*100#"),
        ("Bank", "FR", "Bank"),
        ("", "FR", ""),
        ("+33612345678", "DE", "+33612345678"),
    ],
)
def test_a_subscriber_has_one_spelling_however_a_network_gives_the_number(
    given: str, country: str | None, number: str
) -> None:
    assert canonical(given, country) == number


def test_a_number_that_may_be_a_service_is_a_subscriber_if_that_is_said_or_known() -> None:
    assert canonical("82300123", "DE", national=True) == "+4982300123"
    assert (
        canonical("82300123", "DE", known=lambda number: number == "+4982300123") == "+4982300123"
    )
    assert canonical("36111", "DE", national=True) == "36111"


def test_the_spellings_of_a_subscriber_are_those_of_the_country() -> None:
    assert spellings("+33612345678", "FR") == (
        "+33612345678",
        "33612345678",
        "0033612345678",
        "612345678",
        "0612345678",
    )
    assert "0612345678" not in spellings("+49612345678", "FR")
    assert "0612345678" in spellings("+33612345678", None)
    assert spellings("36111", "FR") == ("36111",)
    assert spellings("Bank", None) == ("Bank",)


@pytest.mark.parametrize(
    ("identity", "region"),
    [
        ("208011234567890", "FR"),
        ("262019876543210", "DE"),
        ("310150123456789", "US"),
        ("234159876543210", "GB"),
        ("901700000000001", None),  # of no country
        ("340011234567890", None),  # of several
        ("8933011234567890123", "FR"),
        ("89490200001234567890", "DE"),
        ("8901260123456789012", "US"),
        ("8988211234567890123", None),
        ("north", None),
        ("", None),
    ],
)
def test_a_sim_tells_where_it_is_at_home(identity: str, region: str | None) -> None:
    assert region_of_sim(identity) == region


def test_a_number_tells_where_it_is() -> None:
    assert region_of_number("+33612345678") == "FR"
    assert region_of_number("nobody") is None
