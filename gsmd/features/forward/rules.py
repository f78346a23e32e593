"""Whom an answer names: ``5678 I come at five``."""

import re

import msgspec

from gsmd.numbers import same_subscriber
from gsmd.patterns import pattern

_ADDRESS = pattern(r"[>\"'«“\s]*@?(\+?\d[\d\-./]{2,}\d)[:,;\"'»”]*\s+")
"""A number in front of an answer, also quoted: ``5678 I come``, ``> +33612345678: …``."""

_FEWEST = 4
"""Digits at the end of a number by which an answer may name it."""


class Named(msgspec.Struct, frozen=True):
    """An answer with the number in front of it."""

    digits: str
    answer: str

    def fits(self, peer: str) -> bool:
        """True if the digits are a number's, or its end."""
        return peer.lstrip("+").endswith(self.digits) or same_subscriber(peer, self.digits)


def named(text: str) -> Named | None:
    """The number in front of a text, and the rest; None if there is no number, or nothing behind it."""
    address = _ADDRESS.match(text)
    if address is None:
        return None
    digits, answer = re.sub(r"\D", "", address[1]), text[address.end() :].strip()
    return Named(digits, answer) if answer and len(digits) >= _FEWEST else None
