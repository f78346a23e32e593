"""The alphabet and its national tables."""

import unicodedata

import gsm0338
import pytest

from gsmd.pdu import gsm7
from gsmd.pdu.gsm7 import NationalTables
from gsmd.pdu.national import DEFAULT, EXTENSION, GAP, LOCKING, SINGLE, Language

SCRIPTS = {
    Language.BENGALI: "BENGALI",
    Language.GUJARATI: "GUJARATI",
    Language.HINDI: "DEVANAGARI",
    Language.KANNADA: "KANNADA",
    Language.MALAYALAM: "MALAYALAM",
    Language.ORIYA: "ORIYA",
    Language.PUNJABI: "GURMUKHI",
    Language.TAMIL: "TAMIL",
    Language.TELUGU: "TELUGU",
    Language.URDU: "ARABIC",
}
TABLES = [
    *(NationalTables(single=language) for language in Language),
    *(NationalTables(locking=language) for language in LOCKING),
    *(NationalTables(locking=language, single=language) for language in LOCKING),
]


def test_the_default_alphabet_is_that_of_an_independent_codec() -> None:
    codec = gsm0338.Codec()
    for code, character in enumerate(DEFAULT):
        assert code == 0x1B or codec.decode(bytes((code,)))[0] == character
    for code, character in EXTENSION.items():
        assert codec.decode(bytes((0x1B, code)))[0] == character


@pytest.mark.parametrize("language", LOCKING)
def test_a_locking_table_has_every_code_and_no_character_twice(language: Language) -> None:
    table = LOCKING[language]
    assigned = table.replace(GAP, "")
    assert len(table) == 128
    assert len(set(assigned)) == len(assigned)
    assert (table[0x0A], table[0x0D], table[0x1B], table[0x20]) == ("\n", "\r", "\x1b", " ")
    assert table[0x30:0x3A] == "0123456789"
    assert table[0x61:0x7B] == "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize("language", SCRIPTS)
def test_letters_of_a_script_stand_in_the_order_of_unicode(language: Language) -> None:
    """Annex A.3 takes them in that order, and leaves a gap where Unicode has none of its own."""
    table = LOCKING[language]
    own = [character for character in table if character > "\u0100" and character != GAP]
    assert len(own) >= 54
    assert all(unicodedata.name(character).startswith(SCRIPTS[language]) for character in own)
    if language is not Language.URDU:  # whose letters stand in the order of the alphabet
        assert own == sorted(own)


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_single_shift_table_has_the_digits_of_its_script(language: Language) -> None:
    single = SINGLE[language]
    digits = [character for code, character in sorted(single.items()) if character.isdigit()]
    assert [unicodedata.digit(digit) for digit in digits] == list(range(10))
    assert single[0x65] == "€"
    assert "".join(single[code] for code in range(0x41, 0x5B)) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("language", Language)
def test_every_single_shift_table_has_the_page_break_and_the_brackets(language: Language) -> None:
    common = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3E: "]"}
    assert common.items() <= SINGLE[language].items()
    assert not {0x0D, 0x1B} & SINGLE[language].keys()  # control characters


@pytest.mark.parametrize(
    ("language", "code", "character"),
    [
        (Language.TURKISH, 0x07, "ı"),
        (Language.TURKISH, 0x40, "İ"),
        (Language.PORTUGUESE, 0x12, "ª"),
        (Language.PORTUGUESE, 0x15, "∞"),
        (Language.PORTUGUESE, 0x5D, "Ú"),
        (Language.BENGALI, 0x60, "ৎ"),
        (Language.GUJARATI, 0x60, "ૐ"),
        (Language.HINDI, 0x3C, "ऩ"),
        (Language.KANNADA, 0x24, "ಡ"),
        (Language.MALAYALAM, 0x7F, "൹"),
        (Language.ORIYA, 0x60, "ୖ"),
        (Language.PUNJABI, 0x60, "ੑ"),
        (Language.TAMIL, 0x60, "ௐ"),
        (Language.TELUGU, 0x60, "ౕ"),
        (Language.URDU, 0x03, "ٻ"),
    ],
)
def test_the_characters_that_make_a_locking_table_what_it_is(
    language: Language, code: int, character: str
) -> None:
    assert LOCKING[language][code] == character


@pytest.mark.parametrize("tables", [NationalTables(), *TABLES])
def test_every_character_of_the_repertoire_comes_back(tables: NationalTables) -> None:
    text = "".join(sorted(gsm7.repertoire(tables)))
    septets = gsm7.encode(text, tables)
    assert septets is not None
    assert max(septets) < 128
    assert gsm7.decode(septets, tables) == text


@pytest.mark.parametrize("tables", [NationalTables(), *TABLES])
def test_every_code_shows_something_and_only_a_gap_shows_nothing(tables: NationalTables) -> None:
    shown = gsm7.decode(bytes(code for code in range(128) if code != 0x1B), tables)
    assert len(shown) == 127
    escaped = gsm7.decode(bytes(septet for code in range(128) for septet in (0x1B, code)), tables)
    assert len(escaped) == 128


def test_a_code_that_is_not_in_the_single_table_shows_that_of_the_locking_table() -> None:
    tables = NationalTables(locking=Language.TURKISH, single=Language.TURKISH)
    assert gsm7.decode(b"\x1b\x07", tables) == "ı"
    assert gsm7.decode(b"\x1b\x07") == "ì"


@pytest.mark.parametrize("text", ["`", "ğ", "\x1b", "\ufffd", "\x00", "😀", "\x7f"])
def test_what_is_not_in_the_tables_has_no_septets(text: str) -> None:
    assert gsm7.encode(text) is None
    assert text not in gsm7.repertoire()


def test_a_character_that_two_tables_have_is_written_with_the_shorter_code() -> None:
    assert gsm7.encode("@*", NationalTables(single=Language.HINDI)) == b"\0*"
    assert gsm7.encode("*", NationalTables(Language.HINDI, Language.HINDI)) == b"\x1b\x0b"
