"""Draws that anybody can check afterwards."""

import hashlib
import hmac
from collections.abc import Iterable


def commitment(seed: str) -> str:
    """The commitment to a seed, published before the draw: its SHA-256, hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def list_hash(entrants: Iterable[str]) -> str:
    """SHA-256 (hex) of the sorted numbers, one a line."""
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(entrants)).encode()).hexdigest()


def draw(seed: str, entrants: Iterable[str], count: int) -> list[str]:
    """``count`` winners (or all, if there are fewer), in order, given by seed and list alone.

    Winner ``n`` (from 1) is the one at position HMAC-SHA256(seed, "<list hash> <n>") modulo how
    many are left, of the sorted list without the winners before.
    """
    left = sorted(entrants)
    name = list_hash(left)
    winners = []
    for number in range(1, min(count, len(left)) + 1):
        digest = hmac.new(seed.encode(), f"{name} {number}".encode(), hashlib.sha256).digest()
        winners.append(left.pop(int.from_bytes(digest, "big") % len(left)))
    return winners
