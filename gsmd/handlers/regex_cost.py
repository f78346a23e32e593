"""How long a regular expression may take: so that nobody keeps the daemon busy by one that was given at run time.

A pattern that repeats within a repetition can take time that doubles with each character, and each further place that
repeats without bound multiplies it by the length of the text. One such place is harmless. What stands in the
configuration, or comes from somebody who may administrate, is not asked.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")  # what `re` itself reads patterns with: it has no types

_LONG = 16
"""Repetitions that may be few or so many more are a place that repeats without bound."""
_TOO_MANY = 100


def is_cheap(pattern: str) -> bool:
    """True if searching a text for a pattern takes no more than the square of its length. Errors: re.error."""
    return _open_places(_parser.parse(pattern)) <= 1


def _open_places(items: Iterable[Any]) -> int:
    """The number of places that repeat without bound."""
    return sum(_of(str(kind), value) for kind, value in items)


def _of(kind: str, value: Any) -> int:
    if kind.endswith("_REPEAT"):
        low, high, inside = value
        if high > 1 and (_open_places(inside) or _has_branch(inside)):
            return _TOO_MANY
        if high != _parser.MAXREPEAT and high > _TOO_MANY:
            return _TOO_MANY
        return _open_places(inside) + int(high - low > _LONG)
    return sum(map(_open_places, _inside(kind, value)))


def _has_branch(items: Iterable[Any]) -> bool:
    return any(
        kind == "BRANCH" or any(map(_has_branch, _inside(kind, value)))
        for kind, value in ((str(kind), value) for kind, value in items)
    )


def _inside(kind: str, value: Any) -> Iterable[Any]:
    """The patterns that one stands around."""
    if kind.endswith("_REPEAT"):
        return (value[2],)
    if kind == "BRANCH":
        return tuple(value[1])
    if kind in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
        return (value[-1],)
    if kind == "ATOMIC_GROUP":
        return (value,)
    if kind == "GROUPREF_EXISTS":
        return tuple(each for each in value[1:] if each is not None)
    return ()
