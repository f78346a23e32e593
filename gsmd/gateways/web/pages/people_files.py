"""Files with people in them, as spreadsheets write them: who is in there, and what is known of each. Pure.

The line at the top says which column has the number; what the others are called are fields for the texts of campaigns. A
file without such a line has the number first. What divides the columns (comma, semicolon, tab) is seen from the top line.
"""

import csv
import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

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


def people(text: str) -> Iterator[Person]:
    """Everybody in the file, in order. Errors: `ValueError` if no column has numbers."""
    lines = (line for line in text.splitlines() if line.strip())
    top = next(lines, "")
    divider = max(",;\t", key=top.count)
    names = [_cell(each) for each in next(csv.reader([top], delimiter=divider), [])]
    place = next((n for n, name in enumerate(names) if name.casefold() in NUMBERS), None)
    rest: Iterator[str] = lines
    if place is None:
        if not names or not _LOOKS_LIKE_ONE.match(names[0]):
            raise ValueError("no column is called number")
        place, rest = 0, chain([top], lines)
        names = ["peer", *(f"field{n}" for n in range(1, len(names)))]
    for row in csv.reader(rest, delimiter=divider):
        if place < len(row) and (peer := _cell(row[place])):
            yield Person(peer, _fields(names, row, place))


def _fields(names: list[str], row: list[str], place: int) -> dict[str, str]:
    return {
        name: value
        for n, (name, each) in enumerate(zip(names, row, strict=False))
        if n != place and name and name not in _OURS and (value := _cell(each))
    }


def _cell(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from reckoning."""
    text = text.strip()
    return text[1:] if re.match(r"'[=+\-@]", text) else text
