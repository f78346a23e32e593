"""The pauses between the tries of one thing."""

from gsmd.config.errors import Impossible
from gsmd.config.types import Count, Section, Waiting


class Backoff(Section, frozen=True, kw_only=True):
    """Seconds before the second try, and the most there may be between two."""

    first: Waiting = 5.0
    max: Waiting = 900.0

    def __post_init__(self) -> None:
        if self.max < self.first:
            raise Impossible("no less than first", key="max")


class Retry(Backoff, frozen=True, kw_only=True):
    """The number of tries that a handler gets, and the pauses between them."""

    first: Waiting = 1.0
    max: Waiting = 600.0
    attempts: Count = 20
