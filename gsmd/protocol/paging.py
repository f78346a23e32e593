"""Pages of listings, cut the same way everywhere: one row more than asked for tells that there is a next page."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from gsmd.protocol.errors import Code, Refused

T = TypeVar("T")

BEYOND = 2**62
"""Above every number that a row has."""


def cut(
    rows: Sequence[T], limit: int, cursor: Callable[[T], str | int]
) -> tuple[Sequence[T], str | None]:
    """The page of up to ``limit + 1`` rows, and the ``after`` of the following one, None at the end."""
    page = rows[:limit]
    return page, str(cursor(page[-1])) if len(rows) > limit else None


def number(after: str | None, first: int) -> int:
    """The number that a cursor stands for; ``first`` without one. Errors: `Refused`."""
    if after is None:
        return first
    # it must fit SQLite's integers
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Refused(Code.INVALID, "that is no cursor of ours", reason="bad_cursor", field="after")
    return int(after)
