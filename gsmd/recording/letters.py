"""Other digits and letters in the place of given ones: as many, of the same kinds, the same for the same."""

import hashlib
import hmac
import random
import string
import unicodedata
from functools import cache

_SUBSCRIBER = 7
"""Digits at the end of a number that say whose it is: before them stand country, network, area."""

_IDENTITY = 9
"""… of an IMSI, an IMEI or an ICCID, which have 15 digits and more."""

_ASCII = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
_BLOCK = 0x80
"""Characters of one alphabet that lie together, at most."""


class Substitutes:
    """Substitutes for letters and digits: without the ``key``, which nobody has, they cannot be undone."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digits(self, number: str) -> str:
        """A number of as many digits; the spellings of one subscriber are those of one other."""
        count = _IDENTITY if len(number) >= 15 else _SUBSCRIBER
        head, tail = number[:-count], number[-count:]
        value = int.from_bytes(self._digest(tail.encode()))
        return head + str(value % 10 ** len(tail)).zfill(len(tail))

    def hex_digits(self, digits: str) -> str:
        """Other hex digits, as many, in the same case."""
        found = hashlib.shake_128(self._digest(digits.encode())).hexdigest(len(digits))
        found = found[: len(digits)]
        return found.upper() if digits == digits.upper() else found

    def text(self, text: str) -> str:
        """Other letters and digits of the same kinds; all else stays as it is."""
        draw = random.Random(self._digest(text.encode("utf-16", "surrogatepass")))  # noqa: S311 -- seeded by the key
        return "".join(draw.choice(_like(character)) for character in text)

    def octets(self, octets: bytes) -> bytes:
        """The same for what may be text in ASCII among other octets."""
        return self.text(octets.decode("latin-1")).encode("latin-1", "replace")

    def septets(self, septets: bytes, base: str, escape: int) -> bytes:
        """The same for septets that say the characters of ``base``; what follows ``escape`` stays."""
        draw = random.Random(self._digest(septets))  # noqa: S311 -- likewise
        found, escaped = bytearray(), False
        for septet in septets:
            stays = escaped or septet == escape
            found.append(septet if stays else draw.choice(_septets_like(base, septet)))
            escaped = septet == escape and not escaped
        return bytes(found)

    def _digest(self, what: bytes) -> bytes:
        return hmac.digest(self._key, what, "sha256")


@cache
def _like(character: str) -> str:
    """Characters of the same alphabet and kind; itself alone where it is no letter and no digit."""
    for kind in _ASCII:
        if character in kind:
            return kind
    category = unicodedata.category(character)
    if category[0] != "L" and category != "Nd":
        return character
    start = ord(character) // _BLOCK * _BLOCK
    block = map(chr, range(start, start + _BLOCK))
    return "".join(
        each for each in block if unicodedata.category(each) == category and not each.isascii()
    )


@cache
def _septets_like(base: str, septet: int) -> bytes:
    character = base[septet]
    ascii_kind = next((kind for kind in _ASCII if character in kind), None)
    category = unicodedata.category(character)
    if ascii_kind is None and category[0] != "L":
        return bytes((septet,))
    return bytes(
        code
        for code, each in enumerate(base)
        if (
            each in ascii_kind
            if ascii_kind
            else unicodedata.category(each) == category and not each.isascii()
        )
    )
