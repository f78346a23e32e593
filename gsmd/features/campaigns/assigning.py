"""Who of a campaign's recipients is tried with which variant.

Everybody has a lot: the first 8 octets of HMAC-SHA256(seed, number), the seed as the text of its hexadecimal digits. By their
lots, the least first, the share is tried, with one variant after the other: so the variants have equally many, nobody can
choose, and whoever knows the seed can check it.
"""

import hmac
import sqlite3
from array import array
from collections.abc import Iterable, Sequence

from gsmd.features.campaigns import trial_table
from gsmd.features.campaigns.trial_table import REST


def lot(seed: str, peer: str) -> int:
    """The lot of a number."""
    return int.from_bytes(hmac.digest(seed.encode(), peer.encode(), "sha256")[:8], "big")


def horizon(recipients: int, share: float, variants: int) -> int:
    """How many are tried: the share, and one for each variant if there are so many."""
    return min(recipients, max(variants, round(recipients * share)))


def assigned(
    people: Iterable[tuple[int, str]], seed: str, share: float, variants: int
) -> Sequence[tuple[int, int]]:
    """``(position, number of the variant)`` for each ``(position, peer)``, in the order of positions."""
    positions, lots = array("q"), array("Q")
    for position, peer in people:
        positions.append(position)
        lots.append(lot(seed, peer))
    numbers = array("b", [REST]) * len(lots)
    tried = horizon(len(lots), share, variants)
    for rank, place in enumerate(sorted(range(len(lots)), key=lots.__getitem__)[:tried]):
        numbers[place] = rank % variants
    return list(zip(positions, numbers, strict=True))


def chosen(
    connection: sqlite3.Connection, campaign: int, seed: str, share: float, variants: int
) -> Sequence[tuple[int, int]]:
    """The same for everybody who is to get a campaign."""
    return assigned(trial_table.pending(connection, campaign), seed, share, variants)
