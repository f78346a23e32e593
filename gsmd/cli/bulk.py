"""A CSV file as messages: its rows, what is wrong with them, and a key that makes each repeatable."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

from gsmd.cli.options import Duration, Moment

REQUIRED = ("to", "text")
OPTIONAL = ("modem", "tag", "key", "not_before", "validity")


class Row(NamedTuple):
    """A row that may be sent; ``line`` is where it begins, from 1 with the heading."""

    line: int
    fields: dict[str, Any]


class BadRow(NamedTuple):
    """A row that says nothing that could be sent."""

    line: int
    reason: str


def read(path: Path, *, salt: str = "") -> Iterator[Row | BadRow]:
    """The rows of a file, each with an idempotency key: its own, or one made from what it says.

    The made key depends on the file's path, the row's content, how often the same row stood above
    it, and ``salt``. So rows may be corrected, added and removed between two runs, and only what is
    new is sent. Errors: `click.UsageError` for a file that is no such table.
    """
    # what is no UTF-8 becomes lone surrogates, which are then the matter of one row
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        delimiter = _delimiter(stream.readline())
        stream.seek(0)
        table = csv.DictReader(stream, delimiter=delimiter, strict=True)
        _check_heading(path, table)
        seen: Counter[str] = Counter()
        line = table.line_num
        for cells in _survive(table):
            first, line = line + 1, table.line_num
            if not _blank(cells):
                yield _row(first, cells, path, seen, salt)


def _delimiter(heading: str) -> str:
    """Spreadsheets of half the world write semicolons, and what is copied from one has tabs."""
    return next((each for each in ";\t" if each in heading and "," not in heading), ",")


def _check_heading(path: Path, table: "csv.DictReader[str]") -> None:
    columns = [_column(name) for name in table.fieldnames or ()]
    table.fieldnames = columns
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [repr(name) for name in columns if name not in REQUIRED + OPTIONAL]
    if missing:
        raise click.UsageError(
            f"{path}: the first line must name the columns, at least to,text: "
            f"{' and '.join(missing)} missing."
        )
    if unknown:
        raise click.UsageError(
            f"{path}: no such column: {', '.join(unknown)}. "
            f"There are {', '.join(REQUIRED + OPTIONAL)}."
        )
    if len(set(columns)) < len(columns):
        raise click.UsageError(f"{path}: a column stands twice in the first line.")


def _column(name: str) -> str:
    """Spreadsheets write ``Not before`` where programs write ``not_before``."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _survive(table: "csv.DictReader[str]") -> Iterator[dict[Any, Any] | csv.Error]:
    """The rows, and the errors in their place."""
    while True:
        try:
            yield next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield error


def _blank(cells: dict[Any, Any] | csv.Error) -> bool:
    """A row of separators only, as spreadsheets leave behind below the last one."""
    if isinstance(cells, csv.Error) or None in cells:
        return False
    return not any(cell and cell.strip() for cell in cells.values())


def _row(
    line: int, cells: dict[Any, Any] | csv.Error, path: Path, seen: Counter[str], salt: str
) -> Row | BadRow:
    if isinstance(cells, csv.Error):
        return BadRow(line, str(cells))
    if None in cells:
        return BadRow(line, "more cells than columns; a text with commas stands in quotes")
    if None in cells.values():
        return BadRow(line, "fewer cells than columns")
    try:
        fields = _fields(cells)
        fields.setdefault("key", _key(cells, path, seen, salt))
    except UnicodeEncodeError:
        return BadRow(line, "not UTF-8")
    except click.BadParameter as error:
        return BadRow(line, error.message)
    return Row(line, fields)


def _fields(cells: dict[str, str]) -> dict[str, Any]:
    """The cells that are not empty, as `Client.send` takes them; numbers without blanks around."""
    if not cells["to"].strip():
        raise click.BadParameter("no number")
    fields: dict[str, Any] = {
        name: cell.strip() for name, cell in cells.items() if name != "text" and cell.strip()
    }
    if "not_before" in fields:
        fields["not_before"] = Moment("future").convert(fields["not_before"], None, None)
    if "validity" in fields:
        fields["validity"] = Duration().convert(fields["validity"], None, None)
    return fields | {"text": cells["text"]}


def _key(cells: dict[str, str], path: Path, seen: Counter[str], salt: str) -> str:
    content = "\0".join([str(path.resolve()), *(cells[name] for name in sorted(cells))])
    digest = hashlib.sha256(content.encode()).hexdigest()
    seen[digest] += 1
    return f"bulk:{hashlib.sha256(f'{digest} {seen[digest]} {salt}'.encode()).hexdigest()[:40]}"
