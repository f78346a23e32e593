"""Which pool a message goes to: the longest beginning of its number that the table has.

The table is one record at the engine, ``routes`` of the bucket ``sms_config``: beginnings of numbers (``"+33"``, ``"*"`` for any other) and
the pools. It is changed for all at once (`gsmd fleet routes FILE`), and read by whoever puts a message in with the pool ``auto``.
"""

from collections.abc import Mapping

AUTO = "auto"
DEFAULT = "default"


def pool_for(to: str, routes: Mapping[str, str]) -> str:
    """The pool of a number; ``default`` where the table says nothing of it."""
    fitting = [each for each in routes if each != "*" and to.startswith(each)]
    if fitting:
        return routes[max(fitting, key=len)]
    return routes.get("*", DEFAULT)


def problem(routes: Mapping[str, str]) -> str | None:
    """The reason why this can be no table; None if it can."""
    for begins, pool in routes.items():
        if begins != "*" and not (begins.startswith("+") and begins[1:].isdecimal()):
            return f"{begins!r}: the beginning of a number, like +33, or *"
        if not pool or pool == AUTO or not pool.replace("-", "a").replace("_", "a").isalnum():
            return f"{pool!r}: a pool is letters, digits, '_' and '-', and not {AUTO}"
    return None
