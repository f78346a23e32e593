"""Parts come together."""

import pytest

from gsmd import pdu
from gsmd.pdu import Alphabet, Concatenation, InformationElement, UserData, UserDataHeader, join
from gsmd.pdu.elements import concatenation_element

TO = "+33600000000"


def part(body: bytes, alphabet: Alphabet, sequence: int, *elements: InformationElement) -> UserData:
    concatenation = concatenation_element(Concatenation(1, 9, sequence))
    return UserData.build(body, alphabet, UserDataHeader.of(concatenation, *elements))


def test_the_halves_of_a_surrogate_pair_come_together() -> None:
    first = part(bytes.fromhex("0041D83D"), Alphabet.UCS2, 1)
    second = part(bytes.fromhex("DE00"), Alphabet.UCS2, 2)
    assert (first.text, second.text) == ("A\ufffd", "\ufffd")
    assert join([first, second]) == pdu.Joined("A😀", None, Alphabet.UCS2)


def test_an_escape_comes_together_with_what_it_announces() -> None:
    first = part(b"a\x1b", Alphabet.GSM7, 1)
    second = part(b"\x3cb", Alphabet.GSM7, 2)
    assert (first.text, second.text) == ("a ", "<b")
    assert join([first, second]).text == "a[b"


def test_parts_are_put_into_their_order() -> None:
    parts = [part(bytes((48 + number,)), Alphabet.GSM7, number) for number in (3, 1, 2)]
    assert join(parts).text == "123"


def test_parts_in_different_alphabets_become_one_text() -> None:
    turkish = InformationElement(0x24, b"\x01")
    parts = [
        part(b"a\x1bg", Alphabet.GSM7, 1, turkish),
        part(b"\x1bg", Alphabet.GSM7, 2),
        part("ж".encode("utf-16-be"), Alphabet.UCS2, 3),
    ]
    assert join(parts) == pdu.Joined("ağgж", None, Alphabet.UCS2)


def test_data_stays_data() -> None:
    parts = [part(b"\x00\xff", Alphabet.DATA, 1), part(b"\x01", Alphabet.DATA, 2)]
    assert join(parts) == pdu.Joined(None, b"\x00\xff\x01", Alphabet.DATA)


def test_a_text_among_data_is_data_too() -> None:
    parts = [part(b"\xff", Alphabet.DATA, 1), part("ж".encode("utf-16-be"), Alphabet.UCS2, 2)]
    assert join(parts) == pdu.Joined(None, b"\xff\x04\x36", Alphabet.DATA)


@pytest.mark.parametrize("text", ["", "hi", "€[]" * 99, "ж😀" * 99, "ığdır" * 99])
def test_one_or_many_parts_are_what_was_sent(text: str) -> None:
    parts = [submit.user_data for submit in pdu.compose(text, TO)]
    assert join(parts[::-1]).text == text
