"""Telling two machines that talk from a person who asks a lot."""

from collections.abc import Sequence

import msgspec

from gsmd.words import fold

_ECHOED = 10
"""Characters from which on a text that comes back is no accident."""


class Exchange(msgspec.Struct, frozen=True):
    """A message and what it was answered with."""

    asked: str
    answered: str


def is_loop(before: Sequence[Exchange], now: Exchange, count: int) -> bool:
    """True if the last ``count`` exchanges, newest first, were like this one, or answers came back quoted.

    A machine says the same again and again, or quotes what it got: then each message holds
    the answer to the one before.
    """
    if len(before) < count:
        return False
    if all(_same(each, now) for each in before[:count]):
        return True
    asked = [now.asked, *(each.asked for each in before)]
    return all(
        len(each.answered) >= _ECHOED and fold(each.answered) in fold(question)
        for question, each in zip(asked, before[:count], strict=False)
    )


def _same(one: Exchange, other: Exchange) -> bool:
    return fold(one.asked) == fold(other.asked) and one.answered == other.answered
