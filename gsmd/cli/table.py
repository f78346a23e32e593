"""Rows of results: a table with colours for a person, tab-separated lines for a pipe."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Protocol

import click

from gsmd.cli.cells import Cell, Column, Row, style_of, text_of
from gsmd.cli.terminal import emit, is_terminal, say

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
    "attached": "green",
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
            from gsmd.cli.drawing import draw

            draw(columns, rows)
    else:
        rows = map(_printed, rows)
    if not sum(1 for _ in rows):
        say(nothing)


def _printed(row: Row) -> Row:
    emit(plain(row))
    return row


def plain(row: Row) -> str:
    """A row for a pipe: tab-separated, no heading, nothing cut."""
    return "\t".join(text_of(cell) for cell in row)


def pairs(fields: Iterable[tuple[str, str | Cell]]) -> None:
    """Names and values below each other: one thing, described."""
    shown = [(name, value) for name, value in fields if text_of(value)]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        emit(f"{paint(name.rjust(width), 'dim')}  {painted(value)}")


def painted(cell: str | Cell) -> str:
    """A cell as text for stdout, in its colour if that is a terminal."""
    return paint(text_of(cell), style_of(cell))


def paint(text: str, style: str) -> str:
    """``text`` in a style such as ``bold red`` or ``dim``, if stdout is a terminal that wants it."""
    if not text or not style or not is_terminal(sys.stdout) or "NO_COLOR" in os.environ:
        return text
    names = style.split()
    colour = next((name for name in names if name not in {"bold", "dim"}), None)
    return click.style(text, fg=colour, bold="bold" in names or None, dim="dim" in names or None)


class Noted(Protocol):
    """An entry on record."""

    @property
    def note(self) -> str | None: ...

    @property
    def actor(self) -> str | None: ...


def noted(entry: Noted) -> str:
    """The note, and for whom it was done."""
    by = f"by {entry.actor}" if entry.actor else ""
    return ", ".join(each for each in (entry.note, by) if each)
