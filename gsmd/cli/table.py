"""Rows of results: a table with colours for a person, tab-separated lines for a pipe."""

import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gsmd.cli.terminal import emit, is_terminal, one_line, say


class Column(NamedTuple):
    """A heading, and how its cells stand on a terminal."""

    title: str
    style: str = ""
    right: bool = False
    wide: bool = False  # takes the room that is left, and is cut first


class Cell(NamedTuple):
    """A text with a style of its own."""

    text: str
    style: str = ""


Row = Sequence[str | Cell]

STATE_STYLES = {
    "received": "yellow",
    "handled": "green",
    "dead": "bold red",
    "undecodable": "red",
    "queued": "yellow",
    "submitting": "yellow",
    "sent": "cyan",
    "delivered": "green",
    "failed": "bold red",
    "expired": "red",
    "uncertain": "bold magenta",
    "cancelled": "dim",
    "ready": "green",
    "absent": "red",
    "recovering": "bold magenta",
    "registering": "yellow",
    "stopped": "dim",
    "pin-needed": "bold red",
    "puk-needed": "bold red",
    "sim-missing": "bold red",
}


def state(name: str) -> Cell:
    """A state in the colour that says how good it is."""
    return Cell(name, STATE_STYLES.get(name, ""))


def show(columns: Sequence[Column], rows: Iterable[Row], *, nothing: str) -> None:
    """Print ``rows``, to a pipe as they come; ``nothing`` is said on stderr when there are none."""
    if is_terminal(sys.stdout):
        rows = list(rows)
        if rows:
            _draw(columns, rows)
    else:
        rows = map(_printed, rows)
    if not sum(1 for _ in rows):
        say(nothing)


def _printed(row: Row) -> Row:
    emit(plain(row))
    return row


def plain(row: Row) -> str:
    """A row for a pipe: tab-separated, no heading, nothing cut."""
    return "\t".join(one_line(_text(cell)) for cell in row)


def _text(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _draw(columns: Sequence[Column], rows: Sequence[Row]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", expand=False)
    for column in columns:
        table.add_column(
            column.title,
            style=column.style,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if column.wide else None,
            min_width=None if column.wide else _widest(column, columns.index(column), rows),
        )
    for row in rows:
        # Text, not markup: brackets in an SMS are brackets.
        table.add_row(*(Text(one_line(_text(cell)), style=_style(cell)) for cell in row))
    Console(soft_wrap=False, highlight=False).print(table)


def _style(cell: str | Cell) -> str:
    return cell.style if isinstance(cell, Cell) else ""


def _widest(column: Column, index: int, rows: Sequence[Row]) -> int:
    """A narrow column keeps its width: the wide one gives way."""
    return max(len(column.title), *(len(one_line(_text(row[index]))) for row in rows))


def pairs(fields: Iterable[tuple[str, str | Cell]]) -> None:
    """Names and values below each other: one thing, described."""
    shown = [(name, value) for name, value in fields if _text(value)]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        emit(f"{paint(name.rjust(width), 'dim')}  {painted(value)}")


def painted(cell: str | Cell) -> str:
    """A cell as text for stdout, in its colour if that is a terminal."""
    return paint(one_line(_text(cell)), _style(cell))


def paint(text: str, style: str) -> str:
    """``text`` in a style such as ``bold red`` or ``dim``, if stdout is a terminal that wants it."""
    import os

    import click

    if not style or not is_terminal(sys.stdout) or "NO_COLOR" in os.environ:
        return text
    names = style.split()
    colour = next((name for name in names if name not in {"bold", "dim"}), None)
    return click.style(text, fg=colour, bold="bold" in names or None, dim="dim" in names or None)
