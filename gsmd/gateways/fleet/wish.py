"""What somebody wants, as the register has it for all boxes, and as a box's gsmd tells of it."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from gsmd.fleet.link import Stored

SOURCE = "fleet"
"""What gsmd's log says of changes that came from another box."""


class WishRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the register has.

    ``about`` is a number, a name or a pattern; ``wish`` is ``stop``, ``start``, ``block``, ``unblock``, ``given`` or ``withdrawn``; the last
    two are about a ``list``, and ``shown`` is the text that was agreed to.
    """

    about: str
    wish: str
    at: str
    box: str
    inc: str = ""
    list: str | None = None
    shown: str | None = None


class LocalChange(NamedTuple):
    """A change of gsmd's own list. ``fleet``: it came from the fleet."""

    about: str
    wish: str
    at: datetime
    fleet: bool
    list: str | None = None
    shown: str | None = None


def record_of(found: Stored | None) -> WishRecord | None:
    """What stands there; None if nothing does that anybody can read."""
    return None if found is None else found.read(WishRecord)


def note(wish: str, box: str) -> str:
    """What gsmd is told of a wish of another box; `is_note` finds it again."""
    return f"{SOURCE}: {wish} at {box}"


def is_note(text: str | None, wish: str) -> bool:
    """Whether that wish came from another box, by its note."""
    return text is not None and text.startswith(f"{SOURCE}: {wish} ")
