"""What recipients of a campaign did elsewhere: bought, came, signed."""

import sqlite3
from typing import NamedTuple


class Conversion(NamedTuple):
    """Something that somebody did. ``campaign`` is the campaign's ``seq``, ``variant`` what they got, ``at`` wall time."""

    campaign: int
    variant: int
    peer: str
    at: int
    goal: str
    worth: float | None
    key: str | None


def add(connection: sqlite3.Connection, conversion: Conversion) -> None:
    """One more."""
    connection.execute(
        f"INSERT INTO conversion ({', '.join(Conversion._fields)}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        conversion,
    )


def add_worth(connection: sqlite3.Connection, campaign: int, variant: int, worth: float) -> None:
    """Add the worth of a conversion to a variant's."""
    connection.execute(
        "UPDATE campaign_variant SET worth = worth + ? WHERE campaign = ? AND number = ?",
        (worth, campaign, variant),
    )


def of_key(connection: sqlite3.Connection, key: str) -> list[tuple[int, int]]:
    """``(campaign, variant)`` of what was added with a key."""
    return connection.execute(
        "SELECT campaign, variant FROM conversion WHERE key = ? ORDER BY campaign", (key,)
    ).fetchall()


def of_peer(connection: sqlite3.Connection, peer: str) -> list[tuple[str, str, int, float | None]]:
    """``(campaign, goal, at, worth)`` of all that somebody did; the campaign by its id."""
    return connection.execute(
        "SELECT campaign.id, goal, at, worth FROM conversion"
        " JOIN campaign ON campaign.seq = conversion.campaign WHERE peer = ? ORDER BY conversion.seq",
        (peer,),
    ).fetchall()


def erase(connection: sqlite3.Connection, peer: str) -> int:
    """Nobody knows any more who did it; the figures stay."""
    return connection.execute("DELETE FROM conversion WHERE peer = ?", (peer,)).rowcount
