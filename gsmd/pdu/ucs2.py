"""UCS-2 text: octets to characters, in whichever order of octets they were written.

TP-UD in UCS-2 has the octet of higher weight first (3GPP TS 23.038 §6.2.3, ISO/IEC 10646). Some
senders write a byte order mark before the text, and some write the other order, with or without
the mark. A mark is believed. Without one, the other order is believed only where the text cannot
have been meant in the specified one: see `is_little_endian`.
"""

import unicodedata

_MARK = b"\xfe\xff"
_LITTLE_MARK = b"\xff\xfe"

_LEAST_UNITS = 4
"""Units below which nothing is guessed; of Latin letters alone `_LEAST_LATIN` will do."""

_LEAST_LATIN = 3
"""U+4E00 is a word, and U+004E the letter N."""

_MANY_UNITS = 16
"""Units that do not all look like ideographs in the other order by chance (about one in two does)."""

_ALPHABETS = frozenset({*range(0x01, 0x0F), 0x30})
"""Upper octets of the alphabets that lie in one block: Latin, Greek, Cyrillic … Thai; Kana."""

_SURROGATES = frozenset(range(0xD8, 0xE0))

_BESIDES = frozenset({0x00, 0x20}) | _SURROGATES
"""Upper octets of what stands between the letters of any alphabet: digits, punctuation, emoji."""

_COMMON = frozenset({0x00, 0x20, 0x30, 0xFF, *range(0x4E, 0xA0), *range(0xAC, 0xD8)})
"""Upper octets of what Chinese, Japanese and Korean texts are made of, their Latin letters included."""

_IMPOSSIBLE = frozenset({"Cc", "Cn", "Co"})
"""Categories of what no text has: controls, unassigned, private."""


def decode_ucs2(octets: bytes) -> str:
    """Text of UCS-2 octets, read as UTF-16: phones send emoji as surrogate pairs.

    A byte order mark is no part of the text. What is no character shows as U+FFFD.
    """
    if octets[:2] == _MARK:
        return octets[2:].decode("utf-16-be", "replace")
    if octets[:2] == _LITTLE_MARK:
        return octets[2:].decode("utf-16-le", "replace")
    if octets[:1] != b"\0" and is_little_endian(octets):
        return octets.decode("utf-16-le", "replace")
    return octets.decode("utf-16-be", "replace")


def is_little_endian(octets: bytes) -> bool:
    """True if the text makes sense with the octet of lower weight first, and in no other way.

    In an alphabet, one octet of each unit says little (the block) and the other varies: where it is
    the second octet that says little, the order is swapped. Ideographs vary in both; there the other
    order is believed if it gives nothing but ideographs, and the specified one gives a medley, with
    characters that no text has unless the medley is long.
    """
    upper, lower = set(octets[::2]), set(octets[1::2])
    units = len(octets) // 2
    if len(octets) % 2 or units < (_LEAST_UNITS if any(lower) else _LEAST_LATIN):
        return False
    if _is_one_alphabet(lower):
        return len(upper) > 1 and not _is_one_alphabet(upper) and _is_text(octets, "utf-16-le")
    if not lower <= _COMMON or upper <= _COMMON or len(upper) <= 3:
        return False
    return units >= _MANY_UNITS or not _is_text(octets, "utf-16-be")


def _is_one_alphabet(blocks: set[int]) -> bool:
    """True if these upper octets are those of one alphabet, and of what stands between its letters."""
    alphabets = blocks - _BESIDES
    return len(alphabets) <= 1 and alphabets <= _ALPHABETS


def _is_text(octets: bytes, coding: str) -> bool:
    """True if every character, read in this coding, is one that a text can have."""
    try:
        text = octets.decode(coding)
    except UnicodeDecodeError:
        return False
    return not any(
        unicodedata.category(character) in _IMPOSSIBLE and not character.isspace()
        for character in text
    )
