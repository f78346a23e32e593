"""Pages of listings: how long, and where the next one begins."""

from gsmd.api import values
from gsmd.api.calls import LIST_LIMIT
from gsmd.api.params import Params
from gsmd.core.requests import Code, Refused


class Some(Params, frozen=True):
    """A page of something."""

    limit: int | None = None
    after: str | None = None


def size(given: int | None) -> int:
    """How long a page is."""
    return values.between(1, 100 if given is None else given, LIST_LIMIT, "limit")


def before(after: str | None) -> int:
    """The number that a cursor stands for; beyond all of them without one."""
    if after is None:
        return 2**62
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Refused(Code.INVALID, "that is no cursor of ours", reason="bad_cursor", field="after")
    return int(after)
