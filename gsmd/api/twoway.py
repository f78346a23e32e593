"""What the built-in handlers keep, method by method."""

from gsmd.api import audiences, blocks, figures, optouts, people, polls, verification
from gsmd.api.calls import Method

METHODS: dict[str, Method] = {
    **optouts.METHODS,
    **blocks.METHODS,
    **audiences.METHODS,
    **polls.METHODS,
    **verification.METHODS,
    **figures.METHODS,
    **people.METHODS,
}
