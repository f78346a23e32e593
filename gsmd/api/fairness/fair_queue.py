"""The order of service when more is asked for than can be done at once.

Light clients are served as soon as they are heard. The heavy ones take turns among themselves, one in each
round of the event loop, and leave three quarters of it to others as long as there are others. So do the
unruly ones, whose turns are always followed by rests: however many they are, they get a twentieth of the loop.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from gsmd.api.fairness.usage import ServiceClass, Usage

LONG = 0.001
"""Seconds of work in one go that others notice."""

LONG_REST = 9
"""A heavy client's long work is followed by a rest so many times as long."""

HEAVY_REST = 3
"""And all its other work, as long as there are others."""

UNRULY_REST = 19
"""After what an unruly client cost, its like wait so many times as long."""

LONGEST_REST = 0.5
"""Seconds that a lane rests at most: what took that long had other reasons."""

COMPANY = 0.1
"""Seconds after which light clients that were heard count as gone."""

Later = Callable[[float, Callable[[], None]], object]
"""``loop.call_later``."""


_Heard = tuple[Usage | None, float]
"""The client that was heard last, and the time of it in seconds; None: nobody yet."""


class Lane:
    """Some that wait for their turn, in order, and rest together."""

    def __init__(self, later: Later) -> None:
        self._later = later
        self._waiting: deque[Callable[[], None]] = deque()
        self._rest = 0.0
        self._going = False

    def wait(self, go: Callable[[], None]) -> None:
        """Call ``go`` when its turn has come, never before the next round of the loop."""
        self._waiting.append(go)
        self._keep_going()

    @property
    def empty(self) -> bool:
        """True if nobody waits and nothing is owed."""
        return not (self._waiting or self._rest or self._going)

    def owe(self, rest: float) -> None:
        """Before the next turn ``rest`` seconds more are to pass, but never more than `LONGEST_REST`."""
        self._rest = min(self._rest + rest, LONGEST_REST)

    def _keep_going(self) -> None:
        if not self._going and self._waiting:
            self._going = True
            rest, self._rest = self._rest, 0.0
            self._later(rest, self._go)

    def _go(self) -> None:
        self._going = False
        if not self._rest:
            self._waiting.popleft()()
        self._keep_going()


class FairQueue:
    """The lanes of one server.

    ``clock`` gives seconds that pass, ``work`` those that the loop's thread had the processor: a machine
    that is busy with something else is no client's fault. ``later`` is ``loop.call_later``.
    """

    def __init__(self, clock: Callable[[], float], work: Callable[[], float], later: Later) -> None:
        self.clock = clock
        self.work = work
        self.spent = dict.fromkeys(ServiceClass, 0.0)
        """Seconds of the loop that clients have cost, by how they were served."""
        self._later = later
        self._heavy = Lane(later)
        self._unruly = Lane(later)
        self._heard: _Heard = (None, -COMPANY)
        self._heard_before: _Heard = (None, -COMPANY)
        self.big = asyncio.Lock()
        """Big answers to clients that are not light are made one at a time."""

    def wait(self, standing: ServiceClass, go: Callable[[], None]) -> None:
        """Call ``go`` in the next round of the loop, or when its turn has come."""
        match standing:
            case ServiceClass.LIGHT:
                self._later(0, go)
            case ServiceClass.HEAVY:
                self._heavy.wait(go)
            case ServiceClass.UNRULY:
                self._unruly.wait(go)

    def free(self, standing: ServiceClass, who: Usage) -> bool:
        """There is nobody to wait for."""
        match standing:
            case ServiceClass.LIGHT:
                return True
            case ServiceClass.HEAVY:
                return self._heavy.empty and not self._company_of(who)
        return False

    async def turn(self, standing: ServiceClass) -> None:
        """The same for a task."""
        come = asyncio.Event()
        self.wait(standing, come.set)
        await come.wait()

    def _company_of(self, who: Usage) -> bool:
        """Light clients were heard a moment ago, others than this one."""
        other, at = self._heard
        if other is who:
            _, at = self._heard_before
        return self.clock() - at <= COMPANY

    def account(self, standing: ServiceClass, seconds: float, who: Usage) -> None:
        """A client has kept the loop busy for so long."""
        self.spent[standing] += seconds
        match standing:
            case ServiceClass.LIGHT:
                if self._heard[0] is not who:
                    self._heard_before = self._heard
                self._heard = (who, self.clock())
            case ServiceClass.HEAVY:
                self._heavy.owe(seconds * self.rest(standing, seconds, who))
            case ServiceClass.UNRULY:
                self._unruly.owe(seconds * UNRULY_REST)

    def rest(self, standing: ServiceClass, seconds: float, who: Usage) -> float:
        """The length of the pause after a client's work, as a multiple of the time that the work took."""
        if standing is ServiceClass.UNRULY:
            return UNRULY_REST
        if standing is ServiceClass.LIGHT or not self._company_of(who):
            return 0
        return LONG_REST if seconds > LONG else HEAVY_REST
