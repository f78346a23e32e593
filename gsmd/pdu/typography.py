"""Typographic characters and what stands for them in the GSM alphabet."""

import msgspec

_REPLACEMENTS = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u02bc",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
    " ": "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f",
    "...": "\u2026",
    "<": "\u2039",
    ">": "\u203a",
    "": "\u00ad\u200b\ufeff",  # soft hyphen, zero width spaces
}
_PLAIN = {
    character: plain for plain, characters in _REPLACEMENTS.items() for character in characters
}
_TABLE = str.maketrans(_PLAIN)


class Simplified(msgspec.Struct, frozen=True):
    """A text and what was replaced in it: each character with what stands for it now."""

    text: str
    replaced: dict[str, str]


def simplify(text: str) -> Simplified:
    """``text`` with plain quotes, dashes and spaces for the typographic ones."""
    replaced = {character: _PLAIN[character] for character in text if character in _PLAIN}
    return Simplified(text.translate(_TABLE) if replaced else text, replaced)
