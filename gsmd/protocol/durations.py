"""Durations as people write them: in the configuration, on the command line, on the socket."""

import math
import re

from gsmd.patterns import pattern

EXPECTED = "a duration: a number of seconds, or like 90s, 15m, 24h, 7d, 2w"

PATTERN = r"^[0-9]{1,12}(\.[0-9]{1,9})?[smhdw]?$"
"""The written form, for schemas."""

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_WRITTEN = pattern(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)([smhdw]?)", re.ASCII)
_LONGEST = 100 * 366 * 86_400.0
"""A century: what is longer is a mistake, and would overflow dates."""


def parse_duration(value: object) -> float:
    """Seconds of ``90``, ``1.5``, ``"90s"``, ``"15m"``, ``"24h"``, ``"7d"`` or ``"2w"``.

    Errors: TypeError for what is neither a number nor a string; ValueError for anything else that is
    no duration, negative numbers and NaN included.
    """
    if isinstance(value, str):
        written = _WRITTEN.fullmatch(value.strip())
        if written is None:
            raise ValueError(EXPECTED)
        seconds = float(written[1]) * _UNITS[written[2]]
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(EXPECTED)
    else:
        seconds = float(value) if abs(value) < _LONGEST else math.inf
    if not 0 <= seconds <= _LONGEST:
        raise ValueError(EXPECTED)
    return seconds
