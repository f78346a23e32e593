"""Files with people in them, as spreadsheets write them: who is in there, and what is known of each. Pure.

The line at the top says which column has the number; what the others are called are fields for the texts of campaigns. A
file without such a line has the number first. What divides the columns (comma, semicolon, tab) is seen from the top line.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from gsmd.spreadsheets import bare

NUMBERS = frozenset({
    *("peer", "number", "phone", "phone number", "mobile", "cell", "to", "tel", "msisdn", "recipient"),
    *("nummer", "telefon", "telefonnummer", "handy", "handynummer", "rufnummer", "mobil"),
    *("numéro", "numero", "téléphone", "telephone", "portable", "teléfono", "telefono", "móvil", "movil"),
})  # fmt: skip
"""What the column of numbers is called, in any case."""

_OURS = frozenset({"at", "message", "actor"})
"""Columns of our own exports that are no fields."""

_LOOKS_LIKE_ONE = re.compile(r"'?\+?[\d\s().\-/]{3,}$")


class Person(NamedTuple):
    """Somebody in a file."""

    peer: str
    fields: dict[str, str]


class Columns:
    """What the columns of a file are, by its top line. ``begins``: that line is somebody already.

    Errors: `ValueError` if no column has numbers.
    """

    def __init__(self, top: str) -> None:
        self._divider = max(",;\t", key=top.count)
        names = [_cell(each) for each in next(csv.reader([top], delimiter=self._divider), [])]
        place = next((n for n, name in enumerate(names) if name.casefold() in NUMBERS), None)
        self.begins = place is None
        if place is None:
            if not names or not _LOOKS_LIKE_ONE.match(names[0]):
                raise ValueError("no column is called number")
            names = ["peer", *(f"field{n}" for n in range(1, len(names)))]
        self._place, self._names = place or 0, names

    def people(self, lines: Iterable[str]) -> Iterator[Person]:
        """Everybody in lines of the file, in order."""
        for row in csv.reader(lines, delimiter=self._divider):
            if self._place < len(row) and (peer := _cell(row[self._place])):
                yield Person(peer, _fields(self._names, row, self._place))


def people(text: str) -> Iterator[Person]:
    """Everybody in the file, in order. Errors: `ValueError` if no column has numbers."""
    lines = (line for line in text.splitlines() if line.strip())
    top = next(lines, "")
    columns = Columns(top)
    yield from columns.people(chain([top], lines) if columns.begins else lines)


def _fields(names: list[str], row: list[str], place: int) -> dict[str, str]:
    return {
        name: value
        for n, (name, each) in enumerate(zip(names, row, strict=False))
        if n != place and name and name not in _OURS and (value := _cell(each))
    }


def _cell(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from reckoning."""
    return bare(text.strip())
