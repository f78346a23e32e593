"""How fast an SMSC is asked: its rate, and the pauses that it makes us take. It knows no clock."""

from gsmd.config.network import Rate

_FIRST = 1.0
_LONGEST = 30.0


class Pace:
    """Seconds to wait before the next submit_sm; ``rate`` None: none."""

    def __init__(self, rate: Rate | None) -> None:
        self._between = 0.0 if rate is None else rate.seconds / rate.count
        self._next = 0.0
        self._pause = 0.0
        self._held_until = 0.0

    def take(self, now: float) -> float:
        """Take the next place; the seconds until it is due."""
        at = max(now, self._next, self._held_until)
        self._next = at + self._between
        return at - now

    def throttled(self, now: float) -> float:
        """The SMSC wants us slower: nobody goes on before the seconds returned, more of them each time."""
        if now < self._held_until:
            return self._held_until - now  # several were under way when it said so
        self._pause = min(_LONGEST, max(_FIRST, 2 * self._pause))
        self._held_until = now + self._pause
        return self._pause

    def well(self) -> None:
        """It takes messages again."""
        self._pause = 0.0
