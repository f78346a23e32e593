"""Durations as people write them, in the configuration and on the command line."""

import math
import re

from gsmd.config.errors import Impossible

EXPECTED = "a duration: a number of seconds, or like 90s, 15m, 24h, 7d, 2w"

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_WRITTEN = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)([smhdw]?)", re.ASCII)
_LONGEST = 100 * 366 * 86_400.0
"""A century: what is longer is a mistake, and would overflow dates."""


def parse_duration(value: str | float) -> float:
    """Seconds of ``90``, ``1.5``, ``"90s"``, ``"15m"``, ``"24h"``, ``"7d"`` or ``"2w"``.

    Errors: `Impossible` (a ValueError) for anything else, negative numbers and NaN included.
    """
    if isinstance(value, str):
        written = _WRITTEN.fullmatch(value.strip())
        if written is None:
            raise Impossible(EXPECTED)
        seconds = float(written[1]) * _UNITS[written[2]]
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise Impossible(EXPECTED)
    else:
        seconds = float(value) if abs(value) < _LONGEST else math.inf
    if not 0 <= seconds <= _LONGEST:
        raise Impossible(EXPECTED)
    return seconds
