"""The choice of the smallest coding for a text, and its cut into parts.

A text that the GSM alphabet can write goes out in it. Else national shift tables compete with UCS-2
for the fewest parts; where they need as many, UCS-2 wins: every phone reads it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import accumulate
from typing import Literal

import msgspec

from gsmd.pdu import gsm7
from gsmd.pdu.dcs import DATA, GSM7, UCS2, Alphabet
from gsmd.pdu.errors import PduError
from gsmd.pdu.graphemes import last_boundary
from gsmd.pdu.gsm7 import STANDARD, NationalTables
from gsmd.pdu.national import LOCKING, Language
from gsmd.pdu.user_data import CAPACITY

MOST_PARTS = 255

National = Literal["auto", "off"]

_LONGEST_CHARACTER = 2
"""Units of one character: an ESC and what follows it, or a pair of surrogates."""

_UNIT = {GSM7: 1, UCS2: 2, DATA: 1}
"""Bytes of a coded text that are one unit: a septet, a UTF-16 unit, an octet."""


class Room(msgspec.Struct, frozen=True, gc=False):
    """Octets of header that a message needs besides the national tables, length octet not counted."""

    elements: int = 0
    concatenation: int = 5

    def units(self, alphabet: Alphabet, tables: NationalTables, *, alone: bool) -> int:
        """Septets, UTF-16 units or octets that fit one part; ``alone``: it is the only one."""
        header = self.elements if alone else self.elements + self.concatenation
        if tables is not STANDARD:
            header += 3 * ((tables.locking is not None) + (tables.single is not None))
        octets = CAPACITY - (header + 1 if header else 0)
        if alphabet is GSM7:
            return octets * 8 // 7
        return octets // _UNIT[alphabet]

    def of_several(self, alphabet: Alphabet, tables: NationalTables) -> int:
        """Units that fit each part of several. Errors: `PduError` if not even any one character does."""
        units = self.units(alphabet, tables, alone=False)
        if units < _LONGEST_CHARACTER:
            raise PduError("leaves no room for the content of a part", "elements")
        return units


class Piece(msgspec.Struct, frozen=True, gc=False):
    """The content of one part behind its header, and the text that it says (None for data)."""

    body: bytes
    text: str | None


class Coding(msgspec.Struct, frozen=True, gc=False):
    """A content, coded and cut. ``replaced``: characters, each with what stands for it now."""

    alphabet: Alphabet
    tables: NationalTables
    pieces: tuple[Piece, ...]
    room: Room
    replaced: dict[str, str] = {}

    @property
    def units_left(self) -> int:
        """Units that still fit the last part."""
        room = self.room.units(self.alphabet, self.tables, alone=len(self.pieces) == 1)
        return room - len(self.pieces[-1].body) // _UNIT[self.alphabet]


def code_text(
    text: str, room: Room, *, national: National = "auto", alphabet: Alphabet | None = None
) -> Coding:
    """``text`` in its smallest coding, or in ``alphabet``.

    Errors: `PduError` if the alphabet cannot write it, or it needs more than 255 parts.
    """
    if alphabet is not UCS2:
        septets = gsm7.encode(text)
        if septets is not None:
            return _checked(_cut_septets(text, septets, STANDARD, room))
    codings = [] if alphabet is GSM7 else [_cut_ucs2(text, room)]
    competing = alphabet is None and len(codings[0].pieces) > 1  # UCS-2 needs more than one part
    if national == "auto" and (competing or alphabet is GSM7):
        codings += _national(text, room)
    if not codings:
        raise PduError("has characters that the GSM alphabet does not have", "text")
    return _checked(min(codings, key=_parts))


def code_data(data: bytes, room: Room) -> Coding:
    """Octets as they are. Errors: `PduError` if they need more than 255 parts."""
    size = room.units(DATA, STANDARD, alone=True)
    if len(data) > size:
        size = room.of_several(DATA, STANDARD)
    starts = range(0, max(len(data), 1), size)
    pieces = tuple(Piece(data[at : at + size], None) for at in starts)
    return _checked(Coding(DATA, STANDARD, pieces, room))


def _parts(coding: Coding) -> int:
    return len(coding.pieces)


def _checked(coding: Coding) -> Coding:
    parts = len(coding.pieces)
    if parts > MOST_PARTS:
        field = "data" if coding.alphabet is DATA else "text"
        raise PduError(f"needs {parts} parts, at most {MOST_PARTS} are possible", field)
    return coding


def _national(text: str, room: Room) -> Iterator[Coding]:
    """The text with each set of national tables that can write it, the fewest tables first."""
    everything, candidates = _candidates()
    if not everything.issuperset(text):
        return
    for tables, repertoire in candidates:
        if repertoire.issuperset(text):
            septets = gsm7.encode(text, tables)
            assert septets is not None  # every character is in the repertoire
            with suppress(PduError):  # elements may leave no room for theirs
                yield _cut_septets(text, septets, tables, room)


@cache
def _candidates() -> tuple[frozenset[str], tuple[tuple[NationalTables, frozenset[str]], ...]]:
    """Every character that any national table has; each set of tables with what it can write."""
    tables = (
        *(NationalTables(single=language) for language in Language),
        *(NationalTables(locking=language) for language in LOCKING),
        *(NationalTables(locking=language, single=language) for language in LOCKING),
    )
    candidates = tuple((chosen, gsm7.repertoire(chosen)) for chosen in tables)
    return frozenset().union(*(repertoire for _, repertoire in candidates)), candidates


def _cut_septets(text: str, septets: bytes, tables: NationalTables, room: Room) -> Coding:
    if len(septets) <= room.units(GSM7, tables, alone=True):
        return Coding(GSM7, tables, (Piece(septets, text),), room)
    starts: Sequence[int] = range(len(septets) + 1)
    if len(septets) != len(text):  # a character that needs an ESC takes two septets
        once = gsm7.single_septets(tables)
        starts = [0, *accumulate(1 if character in once else 2 for character in text)]
    return Coding(
        GSM7,
        tables,
        tuple(_cut(text, septets, starts, room.of_several(GSM7, tables), unit=1)),
        room,
    )


def _cut_ucs2(text: str, room: Room) -> Coding:
    try:
        octets = text.encode("utf-16-be")
    except UnicodeEncodeError as error:
        raise PduError(f"half a character at {error.start}", "text") from None
    if len(octets) <= 2 * room.units(UCS2, STANDARD, alone=True):
        return Coding(UCS2, STANDARD, (Piece(octets, text),), room)
    starts: Sequence[int] = range(len(text) + 1)
    if len(octets) != 2 * len(text):  # a character beyond the basic plane takes two units
        starts = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    return Coding(
        UCS2,
        STANDARD,
        tuple(_cut(text, octets, starts, room.of_several(UCS2, STANDARD), unit=2)),
        room,
    )


def _cut(
    text: str, coded: bytes, starts: Sequence[int], size: int, *, unit: int
) -> Iterator[Piece]:
    """Pieces of up to ``size`` units, each of ``unit`` bytes.

    ``starts``: the unit at which each character of ``text`` begins, and the end.
    """
    start = 0
    while start < len(text):
        end = bisect_right(starts, starts[start] + size) - 1
        if end < len(text):
            end = last_boundary(text, start, end)
        yield Piece(coded[starts[start] * unit : starts[end] * unit], text[start:end])
        start = end
