"""Strings that come as hex of UCS-2: while ``AT+CSCS="UCS2"`` is in force, or because a modem always does so.

3GPP TS 27.007 §5.5. Nothing in a reply says which character set it is in, and the setting may be another
program's. So a string is taken for hex of UCS-2 if what it stands for reads like a text: assigned characters,
no controls, one script beside Latin letters, digits and punctuation.
"""

import unicodedata

from gsmd.patterns import pattern

_UNITS = pattern(r"(?:[0-9A-Fa-f]{4})+")
_NUMBER = pattern(r"\+?[0-9*#pPwW]+")
_COMMON = "common"
_IDEOGRAPHS = frozenset({"han", "hangul"})


def text(digits: str) -> str | None:
    """The text that ``digits`` are the UCS-2 of; None if it reads like none."""
    if _UNITS.fullmatch(digits) is None:
        return None
    try:
        found = bytes.fromhex(digits).decode("utf-16-be").removeprefix("\ufeff")
    except UnicodeDecodeError:  # half of a surrogate pair
        return None
    scripts = {_script(letter) for letter in found} - {_COMMON}
    return None if None in scripts or len(scripts) > 1 else found


def is_latin(digits: str) -> bool:
    """True if every unit is below U+0100: no other way of writing a text looks like that."""
    return not any(bytes.fromhex(digits)[::2])


def name(string: str) -> str:
    """A name as people write it, whatever the character set is."""
    found = text(string)
    if found is None or len(found) < 2:
        return string
    if string.isdecimal() and not is_latin(string) and _is_ideographic(found):
        return string
    return found


def number(string: str) -> str:
    """A phone number as people write it, whatever the character set is."""
    found = text(string)
    return string if found is None or _NUMBER.fullmatch(found) is None else found


def hexadecimal(string: str) -> str:
    """``string`` as hex of UCS-2."""
    return string.encode("utf-16-be").hex().upper()


def is_certain(found: str, digits: str) -> bool:
    """True if ``digits``, which stand for ``found``, can hardly be anything but hex of UCS-2.

    The units of an alphabet have their first octets in common; of ideographs they vary.
    """
    if is_latin(digits):
        return len(found) >= 2
    return len(found) >= 3 and not _is_ideographic(found)


def is_likely(found: str, digits: str) -> bool:
    """The same of a text that is given in hex in any case."""
    return is_certain(found, digits) or (len(found) >= 3 and not digits.isdecimal())


def _is_ideographic(found: str) -> bool:
    return any(_script(letter) in _IDEOGRAPHS for letter in found)


_SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0000, 0x024F, _COMMON),  # Latin
    (0x0300, 0x036F, _COMMON),  # combining marks
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "armenian"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x07BF, "arabic"),
    (0x1E00, 0x1EFF, _COMMON),  # Latin
    (0x1F00, 0x1FFF, "greek"),
    (0x2000, 0x2BFF, _COMMON),  # punctuation, currencies, symbols
    (0x2E80, 0xA4CF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
    (0xF900, 0xFAFF, "han"),
    (0xFB1D, 0xFB4F, "hebrew"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE00, 0xFE0F, _COMMON),  # variation selectors
    (0xFE70, 0xFEFE, "arabic"),
    (0xFF00, 0xFFEF, "han"),  # full-width forms
    (0x1F000, 0x1FAFF, _COMMON),  # emoji
)
"""First and last character, and the script that they belong to, as far as telephones have it."""


def _script(letter: str) -> str | None:
    """The script of a character; None for what stands in no text."""
    if unicodedata.category(letter) in {"Cc", "Cn", "Co", "Cs"} and letter not in "\r\n\t":
        return None
    code = ord(letter)
    for first, last, script in _SCRIPTS:
        if first <= code <= last:
            return script
    return f"U+{code >> 7:x}"  # other scripts have blocks of 128 or parts of one
