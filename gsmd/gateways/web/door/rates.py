"""How often somebody may ask: a bucket each, that fills as time goes by."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from gsmd.config.network import Rate

_REMEMBERED = 10_000
"""Buckets that are kept; the one not used for longest goes first. A full bucket that goes is no loss."""


class Limiter:
    """So many at once, and as many again in that time. ``rate`` None: no limit."""

    def __init__(self, rate: Rate | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> float:
        """Take one out of the bucket; 0, or the seconds after which there is one again."""
        left = self.left(key)
        if left < 1:
            assert self.rate is not None
            return (1 - left) * self.rate.seconds / self.rate.count
        if self.rate is not None:
            self._keep(key, left - 1)
        return 0.0

    def lacking(self, key: Hashable, number: int) -> float:
        """Seconds until so many may be taken; 0: now. Of more than there can ever be: until the bucket is full."""
        if self.rate is None:
            return 0.0
        lacks = min(float(number), float(self.rate.count)) - self.left(key)
        return max(0.0, lacks * self.rate.seconds / self.rate.count)

    def take_many(self, key: Hashable, number: int) -> None:
        """Take so many, also where that leaves less than nothing: later ones wait the longer."""
        if self.rate is not None:
            self._keep(key, self.left(key) - number)

    def left(self, key: Hashable) -> float:
        """How many there are in it now."""
        if self.rate is None:
            return math.inf
        left, at = self._buckets.get(key, (float(self.rate.count), 0.0))
        filled = left + (self._clock() - at) * self.rate.count / self.rate.seconds
        return min(float(self.rate.count), filled)

    def _keep(self, key: Hashable, left: float) -> None:
        self._buckets[key] = (left, self._clock())
        self._buckets.move_to_end(key)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)


class Delays:
    """Who was wrong waits: nothing the first few times, then twice as long each time.

    The key has the account and the address in it, so that nobody can lock out another.
    """

    FREE = 3
    LONGEST = 900.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()

    def wait(self, key: Hashable) -> float:
        """Seconds until another try is heard."""
        _, until = self._wrong.get(key, (0, 0.0))
        return max(0.0, until - self._clock())

    def wrong(self, key: Hashable) -> None:
        """Note a try that was wrong."""
        times, _ = self._wrong.get(key, (0, 0.0))
        seconds = min(2.0 ** (times + 1 - self.FREE), self.LONGEST) if times >= self.FREE - 1 else 0
        self._wrong[key] = (times + 1, self._clock() + seconds)
        self._wrong.move_to_end(key)
        if len(self._wrong) > _REMEMBERED:
            self._wrong.popitem(last=False)

    def right(self, key: Hashable) -> None:
        """Forget what was wrong."""
        self._wrong.pop(key, None)
