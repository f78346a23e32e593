"""Tables as CSV for programs and spreadsheets: numbers as they are, and no text of a stranger is a formula."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from gsmd.spreadsheets import guarded

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
"""Phone numbers too: programs read them, and a spreadsheet makes nothing but a number of them."""


def write(stream: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows under the names of ``columns``; what else a row has is left out."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def _cell(value: Any) -> Any:
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return guarded(value)
