"""Files with people in them, as spreadsheets write them: who is in there, and what is known of each. Pure.

The line at the top says which column has the number; what the others are called are fields for the texts of campaigns. A
file without such a line has the number first. What divides the columns (comma, semicolon, tab) is seen from the top line.
"""

import csv
import re
from collections.abc import Iterable, Iterator
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


def divider(top: str) -> str:
    """What divides the columns, by the top line."""
    return max(",;\t", key=top.count)


class Entries:
    """A file as it comes, cut where an entry ends: within quotes, as `csv` understands them, it goes on over the end of its line.

    ``longest``: characters of an entry, with all its lines.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._rest = ""
        self._open: list[str] = []
        self._held = 0
        self._divider: str | None = None

    def feed(self, text: str, *, end: bool = False) -> list[str]:
        """The lines of all entries that are whole by now, without empty ones. Errors: `ValueError` for one that is too long."""
        lines = (self._rest + text).splitlines(keepends=True)
        whole = end or not lines or lines[-1].endswith(("\n", "\r"))
        self._rest = "" if whole else lines.pop()
        found: list[str] = []
        for line in lines:
            self._take(line, found)
        if end:
            found += self._open
        elif self._held + len(self._rest) > self._longest:
            problem = f"an entry has more than {self._longest} characters"
            quoted = ": is there a quote in it that nothing closes?" if self._open else ""
            raise ValueError(problem + quoted)
        return found

    def _take(self, line: str, found: list[str]) -> None:
        if not self._open and not line.strip():
            return
        if self._divider is None:
            self._divider = divider(line)
        goes_on = self._goes_on(line, self._divider)
        self._open.append(line)
        self._held += len(line)
        if not goes_on:
            found += self._open
            self._open, self._held = [], 0

    def _goes_on(self, line: str, divider: str) -> bool:
        """True if a quoted cell is open at the end of the line."""
        if '"' not in line:
            return bool(self._open)
        if self._open:
            closed = _CLOSED.match(line)
            if closed is None:
                return True
            line = "x" + line[closed.end() :]
        return _OPENED[divider].search(_QUOTED[divider].sub("x", line)) is not None


_CLOSED = re.compile(r'\A(?:[^"]|"")*"(?!")')
"""The rest of a quoted cell that began on a line before."""

_QUOTED = {each: re.compile(rf'(?:^|(?<={each}))"(?:[^"]|"")*"(?!")') for each in ",;\t"}
"""Quoted cells that begin and end on a line; a quote within a cell is a character like any."""

_OPENED = {each: re.compile(rf'(?:^|{each})"') for each in ",;\t"}
"""A quoted cell that does not end on its line."""


class Columns:
    """What the columns of a file are, by its top line. ``begins``: that line is somebody already.

    Errors: `ValueError` if no column has numbers.
    """

    def __init__(self, top: str) -> None:
        self._divider = divider(top)
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
    lines = Entries(len(text)).feed(text, end=True)
    columns = Columns(lines[0] if lines else "")
    yield from columns.people(lines if columns.begins else lines[1:])


def _fields(names: list[str], row: list[str], place: int) -> dict[str, str]:
    return {
        name: value
        for n, (name, each) in enumerate(zip(names, row, strict=False))
        if n != place and name and name not in _OURS and (value := _cell(each))
    }


def _cell(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from reckoning."""
    return bare(text.strip())
