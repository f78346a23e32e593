"""What a table is made of: headings, and cells that may have a style of their own."""

from collections.abc import Sequence
from typing import NamedTuple

from gsmd.cli.terminal import one_line


class Column(NamedTuple):
    """A heading, and how its cells stand on a terminal."""

    title: str
    style: str = ""
    right: bool = False
    wide: bool = False  # takes the room that is left, and is cut where there is little


class Cell(NamedTuple):
    """A text with a style of its own."""

    text: str
    style: str = ""


Row = Sequence[str | Cell]


def text_of(cell: str | Cell) -> str:
    """The text of a cell, on one line and safe to look at."""
    return one_line(cell.text if isinstance(cell, Cell) else cell)


def style_of(cell: str | Cell) -> str:
    """The style of its own, if it has one."""
    return cell.style if isinstance(cell, Cell) else ""
