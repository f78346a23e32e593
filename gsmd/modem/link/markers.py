"""Questions that find the place in a stream of answers, and how long each is given."""

from gsmd.at import Command

MARKERS = tuple(
    Command(f"AT+{name}?", expects=(rf"\+{name}:",), marker=True, needs_text=True)
    for name in ("CMEE", "CMGF", "CSMS")
)
"""Questions of every modem, which need no network: an answer marks a place in the stream.

They take turns: the late answer to one try is not taken for the next one's.
"""

PATIENCE = (1, 1, 2, 4)
"""Factors of the time-out of each try: later ones get more time."""

PATIENCE_FRESH = (0.3, 0.6, 1, 3)
"""The same on a port just opened, where a modem that starts does not read yet."""

NUDGE_PAUSE = 0.05
"""Seconds at least between two questions to a modem that wakes up, however much it says by itself."""
