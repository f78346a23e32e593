"""The tables of the GSM 7-bit alphabet: default, and the national ones (3GPP TS 23.038 §6.2.1, Annex A).

A table is written as the characters of code 0 to 127 in order; `GAP` stands where nothing is assigned.
The nine Indic tables and Urdu share the places of digits, Latin letters and punctuation; what is left is
written as offsets into the script's Unicode block.
"""

from enum import StrEnum

ESCAPE = 0x1B
"""The code that announces a character of the single shift table."""

GAP = "\ufffd"


class Language(StrEnum):
    """A national language; the value is its ISO 639-1 code in capitals."""

    TURKISH = "TR"
    SPANISH = "ES"
    PORTUGUESE = "PT"
    BENGALI = "BN"
    GUJARATI = "GU"
    HINDI = "HI"
    KANNADA = "KN"
    MALAYALAM = "ML"
    ORIYA = "OR"
    PUNJABI = "PA"
    TAMIL = "TA"
    TELUGU = "TE"
    URDU = "UR"


IDENTIFIERS: dict[int, Language] = dict(enumerate(Language, start=1))
"""National language identifiers (3GPP TS 23.038 §6.2.1.2.4)."""


_DIGITS = "0123456789:;<=>?"
_LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SMALL = _LATIN.lower()

DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./" + _DIGITS + "¡" + _LATIN + "ÄÖÑÜ§" + "¿" + _SMALL + "äöñüà"
)
"""The GSM 7-bit default alphabet (§6.2.1)."""

_TURKISH = (
    "@£$¥€éùıòÇ\nĞğ\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bŞşßÉ"
    " !\"#¤%&'()*+,-./" + _DIGITS + "İ" + _LATIN + "ÄÖÑÜ§" + "ç" + _SMALL + "äöñüà"
)
_PORTUGUESE = (
    "@£$¥êéúíóç\nÔô\rÁá"
    "Δ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ"
    " !\"#º%&'()*+,-./" + _DIGITS + "Í" + _LATIN + "ÃÕÚÜ§" + "~" + _SMALL + "ãõ`üà"
)

# What the Indic and Urdu locking tables have in common; a dot is the script's own place.
_SCRIPT = (
    "··········\n··\r··"
    "···········\x1b····"
    " !······)(··,·.·"
    "0123456789:;···?"
    "················"
    "················"
    "·abcdefghijklmno"
    "pqrstuvwxyz·····"
)


def _script(block: int, offsets: str) -> str:
    """The common places, and ``offsets`` (hex, ``--`` for nothing) into the Unicode block, in order."""
    own = (GAP if offset == "--" else chr(block + int(offset, 16)) for offset in offsets.split())
    return "".join(next(own) if place == "·" else place for place in _SCRIPT)


LOCKING: dict[Language, str] = {
    Language.TURKISH: _TURKISH,  # A.3.1; Spanish has none (A.3.2)
    Language.PORTUGUESE: _PORTUGUESE,  # A.3.3
    Language.BENGALI: _script(  # A.3.4
        0x0980,
        "01 02 03 05 06 07 08 09 0A 0B 0C -- -- 0F 10 -- -- 13 14 15 16 17 18 19 1A 1B 1C 1D "
        "1E 1F 20 21 22 23 24 25 26 27 28 -- 2A 2B 2C 2D 2E 2F 30 -- 32 -- -- -- 36 37 38 39 "
        "3C 3D 3E 3F 40 41 42 43 44 -- -- 47 48 -- -- 4B 4C 4D 4E 57 5C 5D 70 71",
    ),
    Language.GUJARATI: _script(  # A.3.5
        0x0A80,
        "01 02 03 05 06 07 08 09 0A 0B 0C 0D -- 0F 10 11 -- 13 14 15 16 17 18 19 1A 1B 1C 1D "
        "1E 1F 20 21 22 23 24 25 26 27 28 -- 2A 2B 2C 2D 2E 2F 30 -- 32 33 -- 35 36 37 38 39 "
        "3C 3D 3E 3F 40 41 42 43 44 45 -- 47 48 49 -- 4B 4C 4D 50 60 61 62 63 71",
    ),
    Language.HINDI: _script(  # A.3.6
        0x0900,
        "01 02 03 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D "
        "1E 1F 20 21 22 23 24 25 26 27 28 29 2A 2B 2C 2D 2E 2F 30 31 32 33 34 35 36 37 38 39 "
        "3C 3D 3E 3F 40 41 42 43 44 45 46 47 48 49 4A 4B 4C 4D 50 72 7B 7C 7E 7F",
    ),
    Language.KANNADA: _script(  # A.3.7
        0x0C80,
        "-- 02 03 05 06 07 08 09 0A 0B 0C -- 0E 0F 10 -- 12 13 14 15 16 17 18 19 1A 1B 1C 1D "
        "1E 1F 20 21 22 23 24 25 26 27 28 -- 2A 2B 2C 2D 2E 2F 30 31 32 33 -- 35 36 37 38 39 "
        "3C 3D 3E 3F 40 41 42 43 44 -- 46 47 48 -- 4A 4B 4C 4D 55 56 60 61 62 63",
    ),
    Language.MALAYALAM: _script(  # A.3.8
        0x0D00,
        "-- 02 03 05 06 07 08 09 0A 0B 0C -- 0E 0F 10 -- 12 13 14 15 16 17 18 19 1A 1B 1C 1D "
        "1E 1F 20 21 22 23 24 25 26 27 28 -- 2A 2B 2C 2D 2E 2F 30 31 32 33 34 35 36 37 38 39 "
        "-- 3D 3E 3F 40 41 42 43 44 -- 46 47 48 -- 4A 4B 4C 4D 57 60 61 62 63 79",
    ),
    Language.ORIYA: _script(  # A.3.9
        0x0B00,
        "01 02 03 05 06 07 08 09 0A 0B 0C -- -- 0F 10 -- -- 13 14 15 16 17 18 19 1A 1B 1C 1D "
        "1E 1F 20 21 22 23 24 25 26 27 28 -- 2A 2B 2C 2D 2E 2F 30 -- 32 33 -- 35 36 37 38 39 "
        "3C 3D 3E 3F 40 41 42 43 44 -- -- 47 48 -- -- 4B 4C 4D 56 57 60 61 62 63",
    ),
    Language.PUNJABI: _script(  # A.3.10
        0x0A00,
        "01 02 03 05 06 07 08 09 0A -- -- -- -- 0F 10 -- -- 13 14 15 16 17 18 19 1A 1B 1C 1D "
        "1E 1F 20 21 22 23 24 25 26 27 28 -- 2A 2B 2C 2D 2E 2F 30 -- 32 33 -- 35 36 -- 38 39 "
        "3C -- 3E 3F 40 41 42 -- -- -- -- 47 48 -- -- 4B 4C 4D 51 70 71 72 73 74",
    ),
    Language.TAMIL: _script(  # A.3.11
        0x0B80,
        "-- 02 03 05 06 07 08 09 0A -- -- -- 0E 0F 10 -- 12 13 14 15 -- -- -- 19 1A -- 1C -- "
        "1E 1F -- -- -- 23 24 -- -- -- 28 29 2A -- -- -- 2E 2F 30 31 32 33 34 35 36 37 38 39 "
        "-- -- 3E 3F 40 41 42 -- -- -- 46 47 48 -- 4A 4B 4C 4D 50 57 70 71 72 79",
    ),
    Language.TELUGU: _script(  # A.3.12
        0x0C00,
        "01 02 03 05 06 07 08 09 0A 0B 0C -- 0E 0F 10 -- 12 13 14 15 16 17 18 19 1A 1B 1C 1D "
        "1E 1F 20 21 22 23 24 25 26 27 28 -- 2A 2B 2C 2D 2E 2F 30 31 32 33 -- 35 36 37 38 39 "
        "-- 3D 3E 3F 40 41 42 43 44 -- 46 47 48 -- 4A 4B 4C 4D 55 56 60 61 62 63",
    ),
    Language.URDU: _script(  # A.3.13
        0x0600,
        "27 22 28 7B 80 7E A6 2A C2 7F 79 7D 7A 7C 2B 2C 81 84 83 85 86 87 2D 2E 2F 8C 88 89 "
        "8A 8F 8D 30 31 91 93 99 32 96 98 9A 33 34 35 36 37 38 39 41 42 A9 AA AB AF B3 B1 44 "
        "45 46 BA BB BC 48 C4 D5 C1 BE 21 CC D0 D2 4D 50 4F 57 54 55 51 53 56 70",
    ),
}
"""National language locking shift tables (Annex A.3): they stand in for the default alphabet."""


def _single(rows: dict[int, str]) -> dict[int, str]:
    """The characters of a table at and after each code; a blank is nothing."""
    return {
        code: character
        for start, row in rows.items()
        for code, character in enumerate(row, start)
        if character != " "
    }


_BRACKETS = {0x0A: "\f", 0x14: "^", 0x28: "{}", 0x2F: "\\", 0x3C: "[~]", 0x40: "|", 0x65: "€"}

EXTENSION: dict[int, str] = _single(_BRACKETS)
"""The extension of the default alphabet (§6.2.1.1)."""

# The places that the Indic and Urdu single shift tables fill with characters of their own.
_OWN = (0x19, 0x1A, *range(0x1C, 0x28), *range(0x2A, 0x2F), *range(0x30, 0x3C), 0x3F)
_INDIC = _single(
    _BRACKETS | {0x00: "@£$¥¿\"¤%&'", 0x0B: "*+", 0x0E: "-/<=>¡^¡_#*"} | {0x41: _LATIN}
)


def _indic(block: int, offsets: str, danda: str = "") -> dict[int, str]:
    """The common characters, ``danda``, and ``offsets`` (hex) into the Unicode block, in order."""
    own = [*danda, *(chr(block + int(offset, 16)) for offset in offsets.split())]
    return _INDIC | {
        code: character for code, character in zip(_OWN, own, strict=False) if character != " "
    }


_DANDA = "\u0964\u0965"

SINGLE: dict[Language, dict[int, str]] = {
    Language.TURKISH: EXTENSION  # A.2.1
    | _single({0x47: "Ğ", 0x49: "İ", 0x53: "Ş", 0x63: "ç", 0x67: "ğ", 0x69: "ı", 0x73: "ş"}),
    Language.SPANISH: EXTENSION  # A.2.2
    | _single(
        {
            0x09: "ç",
            0x41: "Á",
            0x49: "Í",
            0x4F: "Ó",
            0x55: "Ú",
            0x61: "á",
            0x69: "í",
            0x6F: "ó",
            0x75: "ú",
        }
    ),
    Language.PORTUGUESE: EXTENSION  # A.2.3
    | _single(
        {
            0x05: "ê",
            0x09: "ç",
            0x0B: "Ôô",
            0x0E: "Áá",
            0x12: "ΦΓ",
            0x15: "ΩΠΨΣΘ",
            0x1F: "Ê",
            0x41: "À",
            0x49: "Í",
            0x4F: "Ó",
            0x55: "Ú",
            0x5B: "ÃÕ",
            0x61: "Â",
            0x69: "í",
            0x6F: "ó",
            0x75: "ú",
            0x7B: "ãõ",
            0x7F: "â",
        }
    ),
    Language.BENGALI: _indic(  # A.2.4
        0x0980,
        "66 67 68 69 6A 6B 6C 6D 6E 6F 5F 60 61 62 63 72 73 74 75 76 77 78 79 7A",
    ),
    Language.GUJARATI: _indic(  # A.2.5
        0x0A80,
        "66 67 68 69 6A 6B 6C 6D 6E 6F",
        _DANDA,
    ),
    Language.HINDI: _indic(  # A.2.6
        0x0900,
        "66 67 68 69 6A 6B 6C 6D 6E 6F 51 52 53 54 58 59 5A 5B 5C 5D 5E 5F 60 61 62 63 70 71",
        _DANDA,
    ),
    Language.KANNADA: _indic(  # A.2.7
        0x0C80,
        "66 67 68 69 6A 6B 6C 6D 6E 6F 5E 71 72",
        _DANDA,
    ),
    Language.MALAYALAM: _indic(  # A.2.8
        0x0D00,
        "66 67 68 69 6A 6B 6C 6D 6E 6F 70 71 72 73 74 75 7A 7B 7C 7D 7E 7F",
        _DANDA,
    ),
    Language.ORIYA: _indic(  # A.2.9
        0x0B00,
        "66 67 68 69 6A 6B 6C 6D 6E 6F 5C 5D 5F 70 71",
        _DANDA,
    ),
    Language.PUNJABI: _indic(  # A.2.10
        0x0A00,
        "66 67 68 69 6A 6B 6C 6D 6E 6F 59 5A 5B 5C 5E 75",
        _DANDA,
    ),
    Language.TAMIL: _indic(  # A.2.11
        0x0B80,
        "66 67 68 69 6A 6B 6C 6D 6E 6F 73 74 75 76 77 78 7A",
        _DANDA,
    ),
    Language.TELUGU: _indic(  # A.2.12
        0x0C00,
        "66 67 68 69 6A 6B 6C 6D 6E 6F 58 59 78 79 7A 7B 7C 7D 7E 7F",
        "  ",
    ),
    Language.URDU: _indic(  # A.2.13
        0x0600,
        "00 01 F0 F1 F2 F3 F4 F5 F6 F7 F8 F9 0C 0D 0E 0F 10 11 12 13 14 1B 1F 40 52 58 6B 6C 72 73 CD D4",
    ),
}
"""National language single shift tables (Annex A.2): they stand in for the extension."""
