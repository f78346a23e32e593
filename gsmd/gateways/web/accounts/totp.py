"""One-time passwords that a telephone makes: RFC 6238 with SHA-1, six digits, thirty seconds, as every app has it."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote

STEP = 30.0
"""Seconds for which a code is the code."""

DIGITS = 6


def new_key() -> bytes:
    """160 bits of chance (RFC 4226 §4)."""
    return secrets.token_bytes(20)


def code_at(key: bytes, step: int) -> str:
    """The code of a time step (RFC 4226 §5.3)."""
    mac = hmac.digest(key, step.to_bytes(8), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4]) & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(key: bytes, code: str, now: float, used: int) -> int | None:
    """The time step that ``code`` is right for: this one or a neighbour, behind the last one ``used``; None if it is wrong.

    A code is good once: whoever looked over a shoulder comes too late (RFC 6238 §5.2).
    """
    given = code.replace(" ", "")
    current = int(now // STEP)
    for step in (current, current - 1, current + 1):
        if step > used and hmac.compare_digest(code_at(key, step).encode(), given.encode()):
            return step
    return None


def uri(key: bytes, user: str, issuer: str) -> str:
    """The address that an app reads from a QR code."""
    secret = base64.b32encode(key).decode().rstrip("=")
    label = f"{quote(issuer, safe='')}:{quote(user, safe='')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}"
