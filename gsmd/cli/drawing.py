"""Tables on a terminal: as wide as it is, without columns that have nothing in them."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gsmd.cli.cells import Column, Row, style_of, text_of

GAP = 2  # blanks between columns
LEAST = 8  # of a wide column, however little room there is


def draw(columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Print the rows under their headings."""
    used = [index for index in range(len(columns)) if any(text_of(row[index]) for row in rows)]
    console = Console(highlight=False)
    widths = fit(
        [_width(columns[index], [row[index] for row in rows]) for index in used],
        [columns[index].wide for index in used],
        console.width,
    )
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for index, width in zip(used, widths, strict=True):
        column = columns[index]
        table.add_column(
            column.title,
            style=column.style,
            justify="right" if column.right else "left",
            width=width,
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in rows:
        # Text, not markup: brackets in an SMS are brackets
        table.add_row(*(Text(text_of(row[index]), style_of(row[index])) for index in used))
    console.print(table)


def fit(natural: Sequence[int], wide: Sequence[bool], room: int) -> list[int]:
    """The widths of columns in a line of ``room``: the narrow as they are, the wide share the rest."""
    left = room - GAP * (len(natural) - 1)
    left -= sum(width for width, is_wide in zip(natural, wide, strict=True) if not is_wide)
    widths = list(natural)
    # those that need least first: what they leave is for the others
    flexible = sorted((natural[index], index) for index, is_wide in enumerate(wide) if is_wide)
    for position, (width, index) in enumerate(flexible):
        widths[index] = min(width, max(LEAST, left // (len(flexible) - position)))
        left -= widths[index]
    return widths


def _width(column: Column, cells: Row) -> int:
    return max(cell_len(column.title), *(cell_len(text_of(cell)) for cell in cells))
