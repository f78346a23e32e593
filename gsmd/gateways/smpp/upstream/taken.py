"""What SMSCs of others took, and what they call it: so that a receipt finds its message, in whatever form it tells the id.

Theory of operation. The daemon finds a report by the id in submit_sm_resp, as text. Two things need rows of ours: an id that
is a number, since many an SMSC tells it in hex there and in decimal in the receipt, or the other way; and a message in several
parts, which has an id for each. A row is on the disk before the next part is submitted, or the daemon hears of it.

An id is kept as its value in hex (``name``), and, where it has digits only, as its value in decimal (``other``). Where a
receipt's id can be meant in two ways, the recipient decides, then the way in which this provider's last one had to be read.
"""

import re
import sqlite3

import msgspec

_DAY = 86_400_000
_KEPT = 21 * _DAY
"""Milliseconds for which a receipt is expected: more than any network keeps a message."""


class TakenPart(msgspec.Struct, frozen=True):
    """A row. ``converted``: the receipt's id is another form of what submit_sm_resp said."""

    rowid: int
    reference: str
    message: str
    destination: str
    part: int
    parts: int
    outcome: str | None
    converted: bool


def is_number(id_: str) -> bool:
    """It may come back in another form."""
    return re.fullmatch(r"(0[xX])?[0-9a-fA-F]{1,24}", id_, re.ASCII) is not None


class Taken(msgspec.Struct, frozen=True):
    """A part that was taken: the provider calls it ``id``, and the daemon is told ``reference``."""

    provider: str
    id: str
    reference: str
    message: str
    destination: str
    part: int
    parts: int
    at: int


def add(connection: sqlite3.Connection, row: Taken) -> None:
    """The provider has taken a part."""
    connection.execute(
        "INSERT INTO taken_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
        (
            row.provider,
            *_forms(row.id),
            row.reference,
            row.message,
            _digits(row.destination),
            row.part,
            row.parts,
            row.at,
        ),
    )


def find(
    connection: sqlite3.Connection, provider: str, id_: str, recipient: str, *, converts: bool
) -> TakenPart | None:
    """The part that a receipt is about. ``converts``: the ids of this provider's receipts have had to be converted."""
    name, other = _forms(id_)
    rows = connection.execute(
        "SELECT rowid, reference, message, destination, part, parts, outcome, name, other"
        " FROM taken_part WHERE provider = ?1 AND name IN (?2, ?3)"
        " UNION SELECT rowid, reference, message, destination, part, parts, outcome, name, other"
        " FROM taken_part WHERE provider = ?1 AND other IN (?2, ?3)",
        (provider, name, other),
    ).fetchall()
    digits = _digits(recipient)

    def fitness(part: TakenPart) -> tuple[bool, bool, bool, int]:
        same = part.destination == digits
        return same, part.converted is converts, part.outcome is None, part.rowid

    found = [_part(*row, forms=(name, other)) for row in rows]
    return max(found, key=fitness, default=None)


def _part(  # the columns, in their order
    rowid: int,
    reference: str,
    message: str,
    destination: str,
    part: int,
    parts: int,
    outcome: str | None,
    name: str,
    other: str | None,
    *,
    forms: tuple[str, str | None],
) -> TakenPart:
    converted = (name, other) != forms
    return TakenPart(rowid, reference, message, destination, part, parts, outcome, converted)


def outcomes(connection: sqlite3.Connection, part: TakenPart, outcome: str) -> list[str | None]:
    """What became of each part of the message that is out, after ``outcome`` was said of this one: delivered stays so."""
    connection.execute(
        "UPDATE taken_part SET outcome = ? WHERE rowid = ? AND outcome IS NOT 'delivered'",
        (outcome, part.rowid),
    )
    rows = connection.execute(
        "SELECT outcome FROM taken_part WHERE parts > 1 AND message = ? AND reference = ?"
        " AND provider = (SELECT provider FROM taken_part WHERE rowid = ?)",
        (part.message, part.reference, part.rowid),
    )
    return [outcome for (outcome,) in rows]


def forget_old(connection: sqlite3.Connection, now: int) -> None:
    """Let go of those of which nothing will be told any more."""
    connection.execute("DELETE FROM taken_part WHERE at < ?", (now - _KEPT,))


def _forms(id_: str) -> tuple[str, str | None]:
    """An id by its value in hex, and by that in decimal; one that is no number as it is, whatever its case."""
    if not is_number(id_):
        return "=" + id_.casefold(), None
    bare = id_.lower().removeprefix("0x")
    return str(int(bare, 16)), str(int(bare)) if bare.isdigit() and bare == id_ else None


def _digits(number: str) -> str:
    return number.removeprefix("+").removeprefix("00")
