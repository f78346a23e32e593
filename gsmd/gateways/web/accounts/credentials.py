"""What opens a door: tokens, the secrets of sessions and invitations, and what is kept of them.

A token is ``gsmd_``, 43 characters that say 32 random octets, and 6 that say their CRC-32: so a scanner for leaked
secrets knows one when it sees one, and a mistyped one is known without a look at the disk. All base 62 (digits,
upper case, lower case): a double click takes the whole. With 256 bits of chance a plain SHA-256 is enough to keep.
"""

import hashlib
import re
import secrets
import zlib

PREFIX = "gsmd_"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FORM = re.compile(rf"{PREFIX}([0-9A-Za-z]{{43}})([0-9A-Za-z]{{6}})")


def new_token() -> str:
    """A token nobody has seen."""
    secret = _base62(int.from_bytes(secrets.token_bytes(32)), 43)
    return f"{PREFIX}{secret}{_check(secret)}"


def is_token(text: str) -> bool:
    """True if it could be one: its form and its check sum are right."""
    found = _FORM.fullmatch(text)
    return found is not None and _check(found[1]) == found[2]


def new_secret() -> str:
    """256 bits of chance, for a session or an invitation."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """A short name for a row, which is no secret."""
    return _base62(secrets.randbits(59), 10)


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def _check(secret: str) -> str:
    return _base62(zlib.crc32(secret.encode()), 6)


def _base62(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        text = _DIGITS[digit] + text
    return text
