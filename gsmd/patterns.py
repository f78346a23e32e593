"""Regular expressions that are compiled when they are first used.

gsmd knows some eighty, for what modems say and people write; a run meets a few of them, and compiling
all would be a tenth of the time until it is ready.
"""

import re
from typing import Any, AnyStr, cast


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`; a mistake in ``text`` is found at the first use."""
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))


class _Pattern:
    """Becomes what it stands for, method by method."""

    def __init__(self, text: Any, flags: int) -> None:
        self._made_of = text, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._made_of), name)
        setattr(self, name, value)
        return value
