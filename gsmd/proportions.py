"""Parts of a whole, and how sure they are."""

from math import sqrt

SURE = 1.959963984540054
"""Standard deviations on either side of the middle that 95 % of a normal distribution lie within."""


def rate(part: int, whole: int) -> float | None:
    """``part`` of ``whole``, 0 to 1; None of nothing."""
    return round(part / whole, 4) if whole else None


def interval(part: int, whole: int, deviations: float = SURE) -> tuple[float | None, float | None]:
    """The bounds between which the true rate lies, with 95 % certainty (Wilson's score interval); None of nothing."""
    if not whole:
        return None, None
    squared = deviations * deviations
    share, spread = part / whole, 1 + squared / whole
    middle = (share + squared / (2 * whole)) / spread
    half = deviations / spread * sqrt(share * (1 - share) / whole + squared / (4 * whole * whole))
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)
