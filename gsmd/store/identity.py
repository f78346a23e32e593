"""Ids that outlive a crash: derived from what came over the air, never from when it was read."""

import base64
import hashlib
import secrets
from collections.abc import Iterable

_NO_MORE_MESSAGES = 0x04
"""TP-MMS of a delivery or a report (3GPP TS 23.040 §9.2.3.2)."""

_ID_OCTETS = 10  # 80 bits: 16 letters, and no collision in anybody's lifetime


def part_identity(sim: str, frame: str) -> str:
    """The transport identity of a part: its SIM and its whole TPDU.

    The service centre address in front of it is left out (storage and direct delivery may differ
    in it), and so is the filling behind it (a SIM record is always 176 octets). Whether more messages wait does
    not count either: one that the network brings again may say otherwise by then, and its time stamp alone tells
    it from all others (3GPP TS 23.040 §6.2).
    """
    return _name(sim.encode(), _tpdu(frame).rstrip(b"\xff"))


def message_id(parts: Iterable[str]) -> str:
    """The id of an inbound message, from the identities of the parts it was published with."""
    return _name(*sorted(part.encode() for part in parts))


def carried_identity(carrier: str, key: str) -> str:
    """The identity of a message that a carrier brought, from the carrier's own name for it."""
    return _name(b"carried", carrier.encode(), key.encode())


def new_id() -> str:
    """An id for something that begins here."""
    return _letters(secrets.token_bytes(_ID_OCTETS))


def id_of_key(kind: str, key: str) -> str:
    """The id of something that a caller has given a key of their own: the same key, the same id."""
    return _name(kind.encode(), key.encode())


def _tpdu(frame: str) -> bytes:
    try:
        octets = bytes.fromhex(frame)
    except ValueError:
        return frame.encode()
    if not octets or octets[0] >= len(octets) - 1:
        return octets
    first, *rest = octets[1 + octets[0] :]
    return bytes([first | _NO_MORE_MESSAGES, *rest])


def _name(*pieces: bytes) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(len(piece).to_bytes(4, "big"))
        digest.update(piece)
    return _letters(digest.digest()[:_ID_OCTETS])


def _letters(octets: bytes) -> str:
    return base64.b32encode(octets).decode().lower()
