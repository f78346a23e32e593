"""Regular expressions that are compiled when they are first used.

gsmd knows some eighty, for what modems say and people write; a run meets a few of them, and compiling
all would be a tenth of the time until it is ready.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, AnyStr, cast


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`; a mistake in ``text`` is found at the first use."""
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))


@contextmanager
def put_off(package: str) -> Iterator[None]:
    """While ``package`` is imported, what it compiles for itself is compiled when it is first used.

    PyYAML's set of all characters that may be printed costs more than everything else of it, and a text in ASCII does without.
    """
    if package in sys.modules:
        yield
        return
    compile_ = re.compile

    def later(text: Any, flags: int = 0) -> re.Pattern[Any]:
        called_by = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 -- documented, and the only way to know who asks
        if called_by.partition(".")[0] != package:
            return compile_(text, flags)
        return pattern(text, flags)

    re.compile = later  # type: ignore[assignment] # for the package alone, and for as long as it is imported
    try:
        yield
    finally:
        re.compile = compile_


class _Pattern:
    """Becomes what it stands for, method by method."""

    def __init__(self, text: Any, flags: int) -> None:
        self._made_of = text, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._made_of), name)
        setattr(self, name, value)
        return value
