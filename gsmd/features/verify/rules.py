"""One-time codes: kept as keyed hashes, compared in constant time, found in texts and hidden there."""

import hashlib
import hmac
import re

from gsmd.patterns import pattern

_GROUPED = pattern(r"\d[\d \-.]*\d|\d")


def digest(key: bytes, purpose: str, code: str) -> bytes:
    """The hash that is kept of a code. Without ``key`` nobody can try all codes until one fits.

    ``purpose`` is what the code is good for; the same code for something else looks different.
    """
    return hmac.new(key, f"{purpose}\n{code}".encode(), hashlib.sha256).digest()


def fits(key: bytes, purpose: str, guess: str, kept: bytes) -> bool:
    """True if a guess is the code; takes as long either way."""
    return hmac.compare_digest(digest(key, purpose, guess), kept)


def typed(text: str) -> list[str]:
    """The candidates for a code in a text: digits, also grouped with blanks, dashes or dots."""
    found = [re.sub(r"\D", "", group) for group in _GROUPED.findall(text)]
    found += re.findall(r"\d+", text)
    return list(dict.fromkeys(each for each in found if 4 <= len(each) <= 12))


def masked(text: str) -> str:
    """A text with every digit hidden."""
    return re.sub(r"\d", "*", text)
