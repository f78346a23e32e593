"""How long a regular expression may take: so that nobody keeps the daemon busy by a text.

A pattern can fit a text in more ways than one, and the engine tries them all before it says no: each optional item
doubles their number, each place that repeats without bound multiplies it by the length of the text, and a repetition
of something that fits in two ways doubles it each time. `is_cheap` counts the ways that are possible in a short text.
Patterns that are not cheap are searched for in a process of their own (`gsmd.handlers.bounded_search`), and nobody
can give one at run time who may not administrate (`gsmd.handlers.run_time_match`).
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")  # what `re` itself reads patterns with: it has no types

SHORT = 1000
"""Characters of a text in which a cheap pattern is found, or not, in a fraction of a second."""

_MANY_WAYS = 5 * SHORT
_MANY_TIMES = 100
"""A bound of a repetition above this is taken for none that anybody would write."""
_ENDLESS = _MANY_WAYS + 1


def is_cheap(pattern: str) -> bool:
    """True if searching a short text for a pattern takes no time to speak of. Errors: re.error."""
    return _ways(_parser.parse(pattern)) <= _MANY_WAYS


def _ways(items: Iterable[Any]) -> int:
    """The number of ways in which a pattern may fit at one place, up to `_ENDLESS`."""
    ways = 1
    for kind, value in items:
        ways = min(ways * _of(str(kind), value), _ENDLESS)
    return ways


def _of(kind: str, value: Any) -> int:
    if kind.endswith("_REPEAT"):
        return _repeated(*value)
    if kind == "BRANCH":
        return sum(map(_ways, value[1]))
    if kind in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
        return _ways(value[-1])
    if kind == "ATOMIC_GROUP":
        return _ways(value)
    if kind == "GROUPREF_EXISTS":
        return sum(_ways(each) for each in value[1:] if each is not None)
    return 1


def _repeated(low: int, high: int, inside: Any) -> int:
    ways, bounded = _ways(inside), high != _parser.MAXREPEAT
    if bounded and high > _MANY_TIMES:
        return _ENDLESS
    if ways > 1 and high > 1:
        return ways**high * int(high - low + 1) if bounded else _ENDLESS
    return ways * int(high - low + 1 if bounded else SHORT)
