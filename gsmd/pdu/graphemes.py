"""Places where a text may be cut without tearing a character that people see as one.

The rules are those of Unicode's extended grapheme clusters (UAX #29) as far as general categories and
a few ranges tell them; a text in Latin, Greek or Cyrillic letters needs none of them.
"""

import unicodedata

_SIMPLE = "\u0300"  # below this, only CR LF belongs together
_JOINER = "\u200d"
_VIRAMA = 9  # combining class of the sign that ties a consonant to the next one
_EXTENDING = ("Mn", "Me", "Mc")

_EXTENDING_RANGES = (
    (0x200C, 0x200D),  # zero width non-joiner, joiner
    (0x1F3FB, 0x1F3FF),  # skin tones
    (0xE0020, 0xE007F),  # tags of flags
    (0xFF9E, 0xFF9F),  # half-width voicing marks
    (0x0E33, 0x0E33),  # Thai am
    (0x0EB3, 0x0EB3),  # Lao am
)
# Signs that stand before what they belong to: Arabic and Syriac number signs, Brahmic letters.
_PREPENDED = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e"
    "\U000110bd\U000110cd\U000111c2\U000111c3\U0001193f\U00011941\U00011a3a"
    "\U00011a84\U00011a85\U00011a86\U00011a87\U00011a88\U00011a89\U00011d46\U00011f02"
)


def is_boundary(text: str, at: int) -> bool:
    """True if ``text`` may be cut before its character ``at`` (1 to its length - 1)."""
    before, after = text[at - 1], text[at]
    if before < _SIMPLE and after < _SIMPLE:
        return not (before == "\r" and after == "\n")
    if _extends(after) or before == _JOINER or before in _PREPENDED:
        return False
    if unicodedata.combining(before) == _VIRAMA and unicodedata.category(after) == "Lo":
        return False
    if _is_regional(before) and _is_regional(after):
        return _regional_run(text, at) % 2 == 0
    return not _hangul_ties(ord(before), ord(after))


def last_boundary(text: str, start: int, at: int) -> int:
    """The last place up to ``at`` to cut behind ``start``; ``at`` itself if there is none."""
    for place in range(at, start, -1):
        if is_boundary(text, place):
            return place
    return at


def _extends(character: str) -> bool:
    if unicodedata.category(character) in _EXTENDING:
        return True
    point = ord(character)
    return any(first <= point <= last for first, last in _EXTENDING_RANGES)


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _regional_run(text: str, at: int) -> int:
    """The number of flag letters right before ``at``: two make a flag."""
    start = at
    while start > 0 and _is_regional(text[start - 1]):
        start -= 1
    return at - start


def _hangul(point: int) -> str:
    """The syllable type: leading consonant, vowel, trailing consonant, LV, LVT, or none."""
    if 0x1100 <= point <= 0x115F or 0xA960 <= point <= 0xA97C:
        return "L"
    if 0x1160 <= point <= 0x11A7 or 0xD7B0 <= point <= 0xD7C6:
        return "V"
    if 0x11A8 <= point <= 0x11FF or 0xD7CB <= point <= 0xD7FB:
        return "T"
    if 0xAC00 <= point <= 0xD7A3:
        return "LVT" if (point - 0xAC00) % 28 else "LV"
    return ""


_TIES = {
    "L": ("L", "V", "LV", "LVT"),
    "LV": ("V", "T"),
    "V": ("V", "T"),
    "LVT": ("T",),
    "T": ("T",),
}


def _hangul_ties(before: int, after: int) -> bool:
    return _hangul(after) in _TIES.get(_hangul(before), ())
