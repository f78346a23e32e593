"""Parameters as 3GPP TS 27.007 writes them, and as modems do."""

import pytest

from gsmd.at import syntax


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("+CSQ: 20,99", "20,99"),
        ("+CSQ:20,99", "20,99"),
        ("^RSSI:17", "17"),
        ("490154203237518", "490154203237518"),
        ("12:30", "12:30"),
    ],
)
def test_the_body_is_what_follows_the_name(line: str, body: str) -> None:
    assert syntax.body(line) == body


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("20,99", ["20", "99"]),
        ('"SM",3', ["SM", "3"]),
        ('1,"a,b",,"c"', ["1", "a,b", "", "c"]),
        ('("SM","ME"),3', [("SM", "ME"), "3"]),
        ("(0-3),(0,2)", [("0-3",), ("0", "2")]),
        ("()", [("",)]),
        ("", [""]),
        (" 1 , 2 ", ["1", "2"]),
        ('"never closed', ["never closed"]),
        ("(1,(2,3", [("1", ("2", "3"))]),
        ('"x"y,2', ["x", "2"]),
    ],
)
def test_values_are_read_as_far_as_they_can_be(text: str, values: list[syntax.Value]) -> None:
    assert syntax.values(text) == values


def test_any_text_at_all_can_be_read() -> None:
    for text in ('"', "(", ")", ",", '(",)"', "))((", ',,",', "(()"):
        assert isinstance(syntax.values(text), list)


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        (("0-3",), {0, 1, 2, 3}),
        (("0", "2"), {0, 2}),
        (("0-1", "5"), {0, 1, 5}),
        ("4", {4}),
        ("-1", set()),
        ("x", set()),
        (("3-1",), set()),
    ],
)
def test_numbers_lists_what_a_range_allows(value: syntax.Value, numbers: set[int]) -> None:
    assert syntax.numbers(value) == numbers


def test_a_huge_range_is_cut() -> None:
    assert len(syntax.numbers("0-999999999")) == 256


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("-1", -1), (" 3 ", 3), ("", None), ("²", None)]
)
def test_a_number_is_ascii_digits(text: str, number: int | None) -> None:
    assert syntax.number(text) == number
