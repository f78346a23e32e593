"""Addresses, as people write them and as they are on the air."""

import pytest

from gsmd.pdu import Address, NumberingPlan, PduError, TypeOfNumber
from gsmd.pdu.address import read_service_centre
from gsmd.pdu.reader import Reader

INTERNATIONAL, UNKNOWN = TypeOfNumber.INTERNATIONAL, TypeOfNumber.UNKNOWN


def name(text: str) -> Address:
    return Address(text, TypeOfNumber.ALPHANUMERIC, NumberingPlan.UNKNOWN)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("+33612345678", Address("33612345678", INTERNATIONAL)),
        ("+33 6 12-34.56(78)", Address("33612345678", INTERNATIONAL)),
        ("\u00a0+33\u202f612", Address("33612", INTERNATIONAL)),
        ("0612345678", Address("0612345678", UNKNOWN)),
        ("38042", Address("38042", UNKNOWN)),
        ("*100#", Address("*100#", UNKNOWN)),
        ("abc", name("abc")),
        ("Library", name("Library")),
        ("  Library ", name("Library")),
        ("My-Bank 24", name("My-Bank 24")),
        ("Ω Café", name("Ω Café")),
    ],
)
def test_an_address_is_read_as_people_type_it(text: str, address: Address) -> None:
    assert Address.parse(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+",
        "+-",
        "+33x",
        "++33",
        "33+",
        "+1234567890123456789012",
        "Twelve Chars",
        "Ж",
        "{}{}{}",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(PduError) as caught:
        Address.parse(text)
    assert caught.value.field == "address"
    assert caught.value.offset is None


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (Address("33612345678", INTERNATIONAL), "+33612345678"),
        (Address("38042"), "38042"),
        (name("Library"), "Library"),
        (Address("", UNKNOWN), ""),
    ],
)
def test_the_text_of_an_address_has_a_plus_where_it_is_international(
    address: Address, text: str
) -> None:
    assert str(address) == text


def test_twenty_digits_fit_and_no_more() -> None:
    assert Address("1" * 20).encode("destination")[0] == 20
    with pytest.raises(PduError, match=r"^destination: .* too long"):
        Address("1" * 21).encode("destination")


def test_eleven_characters_fit_and_no_more() -> None:
    assert name("A" * 11).encode("originator")[0] == 20
    with pytest.raises(PduError, match=r"^originator: .* too long"):
        name("A" * 12).encode("originator")


def test_a_name_that_is_far_too_long_is_an_error_like_any_other() -> None:
    with pytest.raises(PduError, match="too long"):
        name("A" * 5000).encode("originator")


@pytest.mark.parametrize("number", ["+33", "12 34", "d", "\u0663"])
def test_digits_that_are_none_cannot_be_written(number: str) -> None:
    with pytest.raises(PduError, match="destination"):
        Address(number).encode("destination")


@pytest.mark.parametrize(
    ("octets", "address"),
    [
        ("00", None),
        ("07 91 3306091093F0", Address("33609001390", INTERNATIONAL)),
        ("06 81 0691214365", Address("6019123456", UNKNOWN)),
        ("01 91", Address("", INTERNATIONAL)),
        ("04 D0 C7799B", Address("Gsm", TypeOfNumber.ALPHANUMERIC, NumberingPlan.UNKNOWN)),
        ("02 11 21", Address("12", INTERNATIONAL)),
    ],
)
def test_the_length_before_a_tpdu_counts_octets(octets: str, address: Address | None) -> None:
    assert read_service_centre(Reader(bytes.fromhex(octets))) == address


@pytest.mark.parametrize(
    ("octets", "field", "offset"),
    [
        ("", "service_centre.length", 0),
        ("0C" + "91" * 12, "service_centre.length", 0),
        ("07 91 3306", "service_centre", 1),
    ],
)
def test_a_service_centre_that_is_none_is_refused(octets: str, field: str, offset: int) -> None:
    with pytest.raises(PduError) as caught:
        read_service_centre(Reader(bytes.fromhex(octets)))
    assert (caught.value.field, caught.value.offset) == (field, offset)


@pytest.mark.parametrize("kind", TypeOfNumber)
@pytest.mark.parametrize("plan", NumberingPlan)
def test_every_type_and_plan_has_a_name_of_its_own(kind: TypeOfNumber, plan: NumberingPlan) -> None:
    assert kind.label.replace("-", "").isalpha()
    assert [other for other in NumberingPlan if other.label == plan.label] == [plan]


@pytest.mark.parametrize(
    "typed",
    [
        "\u202a+33612345678\u202c",
        "tel:+33612345678",
        "＋３３６１２３４５６７８",
        "+33 (6) 12-34.56/78",
    ],
)
def test_a_number_may_be_pasted_with_what_comes_along(typed: str) -> None:
    assert Address.parse(typed) == Address("33612345678", TypeOfNumber.INTERNATIONAL)
