"""The time that waiting goes by, across restarts and jumps of the wall clock."""

from gsmd.clock import EARLIEST_PLAUSIBLE, Clock, Milliseconds

_SAVE_EVERY = 60_000
"""The lag in milliseconds that the saved time may have: it rides on other commits."""


class Timeline:
    """Milliseconds that only ever go forward, across restarts and jumps of the wall clock.

    What waits (back-off, validity, limits) is stored on the timeline. While gsmd runs it follows
    the monotonic clock. So does the time that it was off, if the machine was not; else that is added
    by the wall clock, if it can be believed both times, or as soon as it can be (`clock_was_set`).
    """

    def __init__(self, clock: Clock, saved: str | None) -> None:
        self._clock = clock
        self._base = 1
        self._started = clock.monotonic()
        self._saved_at = -_SAVE_EVERY
        self._off_since: int | None = None
        self.missed_jump = 0
        """Milliseconds by which the wall clock was set while gsmd was off, if the machine ran on."""
        if saved is not None:
            self._take_up(*saved.split())
        self.clock_was_set()

    def _take_up(self, timeline: str, wall: str, boot: str = "", monotonic: str = "0") -> None:
        self._base = int(timeline)
        if boot and boot == self._clock.boot():
            off = max(0, self._started - int(monotonic))
            self._base += off
            self.missed_jump = self._clock.wall() - int(wall) - off
        elif int(wall) >= EARLIEST_PLAUSIBLE:
            self._off_since = int(wall)

    def clock_was_set(self) -> None:
        """If the wall clock can be believed now, add the time that gsmd was off, once."""
        self._saved_at = -_SAVE_EVERY  # what was kept tells of the clock as it was
        wall = self._clock.wall()
        if self._off_since is None or wall < EARLIEST_PLAUSIBLE:
            return
        started = wall - (self._clock.monotonic() - self._started)
        self._base += max(0, started - self._off_since)
        self._off_since = None

    def now(self) -> Milliseconds:
        return Milliseconds(self._base + self._clock.monotonic() - self._started)

    def saved(self, *, force: bool = False) -> str | None:
        """The time to keep for the next start, or None while what was kept last is fresh enough."""
        now = self.now()
        if not force and now - self._saved_at < _SAVE_EVERY:
            return None
        self._saved_at = now
        kept = f"{now} {self._clock.wall()}"
        boot = self._clock.boot()
        return f"{kept} {boot} {self._clock.monotonic()}" if boot else kept
