"""What a USSD string says, whatever its data coding claims."""

import pytest

from gsmd.modem.quirks.profile import UssdCoding
from gsmd.modem.ussd.coding import GSM7_DCS, UCS2_DCS, alphabet_of, decode, written
from gsmd.pdu import Alphabet

TEXTS = {
    "Latin": "Balance: 5.00 EUR",
    "Cyrillic": "Баланс 5,00 руб.",
    "Arabic": "رصيدك ٥ دينار",
    "Hebrew": "היתרה שלך: 5",
    "Greek": "Το υπόλοιπο: 5€",
    "Hindi": "आपका बैलेंस ₹5",
    "Thai": "ยอดเงิน 5 บาท",
    "Georgian": "ბალანსი 5",
    "Chinese": "您的余额为5.00元，谢谢",
    "Korean": "잔액은 오천원입니다",
    "emoji": "5 € 👍 merci\u202f!",
}
WRONG = (None, 0, 7, 15, 0x44, 72)
"""Data codings: unspecified, GSM 7 bit in several languages, octets, and UCS-2."""


def as_ucs2(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


@pytest.mark.parametrize("dcs", WRONG)
@pytest.mark.parametrize("script", TEXTS)
@pytest.mark.parametrize("hexadecimal", [False, True])
def test_ucs2_is_read_whatever_coding_it_claims(
    script: str, dcs: int | None, hexadecimal: bool
) -> None:
    text = TEXTS[script]
    assert decode(as_ucs2(text), dcs, hexadecimal=hexadecimal) == text
    assert decode(as_ucs2(text).lower(), dcs, hexadecimal=hexadecimal) == text


def test_even_where_the_hex_of_its_letters_is_nothing_but_digits() -> None:
    text = "\u0627\u0644\u0645\u0643\u0648\u0646"
    letters = "\u0627\u0628\u0631\u0633\u0645"  # 0627 0628 0631 0633 0645
    assert as_ucs2(letters).isdecimal()
    assert decode(as_ucs2(letters), 15, hexadecimal=False) == letters
    assert decode(as_ucs2(text), 15, hexadecimal=False) == text


@pytest.mark.parametrize("dcs", [None, 0, 15, 72])
@pytest.mark.parametrize(
    "text",
    [
        "*100#",
        "Your balance is R 1.00",
        "Solde : 5,00 €. Valable jusqu'au 31/12",
        "Menu:\n1) Balance\n2) Top up",
    ],
)
def test_packed_septets_are_read_whatever_coding_they_claim(text: str, dcs: int | None) -> None:
    packed = written(text, UssdCoding.PACKED)
    assert packed is not None
    assert decode(packed, dcs, hexadecimal=True) == text


@pytest.mark.parametrize("dcs", [15, 72, 0x44])
def test_octets_in_hex_are_read_whatever_coding_they_claim(dcs: int) -> None:
    assert decode(b"Balance 5.00".hex(), dcs, hexadecimal=True) == "Balance 5.00"


@pytest.mark.parametrize(
    "text",
    [
        "Balance 5.00",
        "1234",
        "12345678901234567890",
        "447700900123",
        "442071838750",
        "CAFE",
        "BADCAFE1",
        "DEADBEEF",
        "",
        "5",
    ],
)
def test_what_was_asked_in_plain_is_taken_as_it_is(text: str) -> None:
    assert decode(text, GSM7_DCS, hexadecimal=False) == text


def test_a_plain_text_in_the_octets_of_the_gsm_alphabet_is_read() -> None:
    assert decode("Cr\x05dit\x10: 5", 15, hexadecimal=False) == "Cr\xe9dit\u0394: 5"


def test_hex_that_is_cut_over_several_lines_is_one_text() -> None:
    digits = as_ucs2(TEXTS["Cyrillic"])
    assert decode(f"{digits[:20]}\n{digits[20:]}", 72, hexadecimal=True) == TEXTS["Cyrillic"]


def test_a_code_is_written_in_each_coding_that_can_say_it() -> None:
    assert written("*100#", UssdCoding.PLAIN) == "*100#"
    assert written("*100#", UssdCoding.PACKED) == "AA180C3602"
    assert written("*1#", UssdCoding.UCS2) == "002A00310023"
    assert written("été", UssdCoding.PLAIN) is None
    assert written("привет", UssdCoding.PACKED) is None
    assert alphabet_of(UCS2_DCS) is Alphabet.UCS2


@pytest.mark.parametrize(
    ("dcs", "alphabet"),
    [
        (None, Alphabet.GSM7),
        (0, Alphabet.GSM7),
        (15, Alphabet.GSM7),
        (0x10, Alphabet.GSM7),
        (0x11, Alphabet.UCS2),
        (0x44, Alphabet.DATA),
        (72, Alphabet.UCS2),
        (0xF0, Alphabet.GSM7),
        (0xF4, Alphabet.DATA),
        (0x90, Alphabet.GSM7),
    ],
)
def test_the_data_coding_of_a_broadcast_names_its_alphabet(
    dcs: int | None, alphabet: Alphabet
) -> None:
    assert alphabet_of(dcs) is alphabet


@pytest.mark.parametrize(
    ("text", "dcs", "hexadecimal", "meaning"),
    [
        ("Balance 5.00", 15, False, "Balance 5.00"),
        ("1234", 15, False, "1234"),
        ("12345678901234567890", 15, False, "12345678901234567890"),
        ("C8329BFD06", 15, True, "Hello"),
        ("00480065006C006C006F", 72, False, "Hello"),
        ("00480065006C006C006F", 15, True, "Hello"),
        ("041F0440043804320435", 72, False, "\u041f\u0440\u0438\u0432\u0435"),
        ("48656C6C6F", 0x44, False, "Hello"),
        ("AA180C3602", 15, True, "*100#"),
        ("not hex", 72, True, "not hex"),
        ("", None, True, ""),
    ],
)
def test_hex_is_read_where_it_is_hex(
    text: str, dcs: int | None, hexadecimal: bool, meaning: str
) -> None:
    assert decode(text, dcs, hexadecimal=hexadecimal) == meaning
