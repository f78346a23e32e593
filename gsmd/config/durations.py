"""Durations in the configuration."""

from gsmd.config.errors import Impossible
from gsmd.protocol import durations

EXPECTED = durations.EXPECTED


def parse_duration(value: str | float) -> float:
    """Seconds of what `gsmd.protocol.durations` takes. Errors: `Impossible` (a ValueError) for anything else."""
    try:
        return durations.parse_duration(value)
    except (TypeError, ValueError):
        raise Impossible(EXPECTED) from None
