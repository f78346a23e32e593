"""``X-Twilio-Signature``: HMAC-SHA1 of the address and the sorted form, keyed with the account's token.

The gateway keeps no token. What it keeps of one to sign with is the state that SHA-1 is in after the first block of HMAC's
two passes (RFC 2104): with that one can go on and sign, and cannot get back to the token. Python's hashes do not tell
their state, so SHA-1 (RFC 3174) stands here once more; it signs a call now and then.
"""

import base64
import struct
from collections.abc import Mapping

_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_BLOCK = 64
_MASK = 0xFFFFFFFF

State = tuple[int, int, int, int, int]


def key_of(token: str) -> bytes:
    """What is kept of a token to sign with: 40 octets."""
    key = token.encode()
    if len(key) > _BLOCK:
        key = sha1(key)
    padded = key.ljust(_BLOCK, b"\0")
    inner = _compress(_START, bytes(each ^ 0x36 for each in padded))
    outer = _compress(_START, bytes(each ^ 0x5C for each in padded))
    return struct.pack(">10I", *inner, *outer)


def signature(key: bytes, url: str, form: Mapping[str, str]) -> str:
    """The value of the header, for a form posted to an address."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac_sha1(key, text.encode())).decode()


def hmac_sha1(key: bytes, message: bytes) -> bytes:
    """The HMAC by what `key_of` kept."""
    words = struct.unpack(">10I", key)
    inner = _finish(words[:5], message, _BLOCK)
    return _finish(words[5:], inner, _BLOCK)


def sha1(message: bytes) -> bytes:
    """The hash of a whole message."""
    return _finish(_START, message, 0)


def _finish(state: tuple[int, ...], rest: bytes, before: int) -> bytes:
    """The hash of what brought SHA-1 to ``state`` (``before`` octets) and of the rest."""
    length = before + len(rest)
    padded = rest + b"\x80" + b"\0" * ((55 - len(rest)) % _BLOCK) + struct.pack(">Q", length * 8)
    for at in range(0, len(padded), _BLOCK):
        state = _compress(state, padded[at : at + _BLOCK])
    return struct.pack(">5I", *state)


def _compress(state: tuple[int, ...], block: bytes) -> State:
    words = list(struct.unpack(">16I", block))
    for at in range(16, 80):
        words.append(_left(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1))
    a, b, c, d, e = state
    for at, word in enumerate(words):
        mixed, constant = _round(at, b, c, d)
        a, b, c, d, e = (_left(a, 5) + mixed + e + word + constant) & _MASK, a, _left(b, 30), c, d
    first, second, third, fourth, fifth = (
        (old + new) & _MASK for old, new in zip(state, (a, b, c, d, e), strict=True)
    )
    return first, second, third, fourth, fifth


def _round(at: int, b: int, c: int, d: int) -> tuple[int, int]:
    if at < 20:
        return (b & c) | (~b & d & _MASK), 0x5A827999
    if at < 40:
        return b ^ c ^ d, 0x6ED9EBA1
    if at < 60:
        return (b & c) | (b & d) | (c & d), 0x8F1BBCDC
    return b ^ c ^ d, 0xCA62C1D6


def _left(word: int, by: int) -> int:
    return ((word << by) | (word >> (32 - by))) & _MASK
