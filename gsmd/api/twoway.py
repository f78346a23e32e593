"""What the built-in handlers keep, method by method."""

from gsmd.api import audiences, figures, optouts, people, polls, verification
from gsmd.api.calls import Method

METHODS: dict[str, Method] = {
    **optouts.METHODS,
    **audiences.METHODS,
    **polls.METHODS,
    **verification.METHODS,
    **figures.METHODS,
    **people.METHODS,
}
