"""A client's cost to the event loop, and its service for it. Pure: times come from the caller, in seconds."""

from enum import StrEnum, auto
from weakref import WeakValueDictionary


class ServiceClass(StrEnum):
    """The class of service that a client gets (`gsmd.api.fairness.fair_queue`)."""

    LIGHT = auto()  # at once
    HEAVY = auto()  # in turn with its like: it asks for much
    UNRULY = auto()  # now and then: what it sends is nonsense


class Leak:
    """An amount of time that drains away: it never gets above ``most``, and loses ``rate`` a second."""

    def __init__(self, *, rate: float, most: float) -> None:
        self._rate = rate
        self._most = most
        self._level = 0.0
        self._at = 0.0

    def level(self, now: float) -> float:
        """The amount that is left."""
        return max(0.0, self._level - self._rate * (now - self._at))

    def add(self, amount: float, now: float) -> None:
        self._level = min(self.level(now) + amount, self._most)
        self._at = now


MUCH = 0.05
"""Seconds of the loop that a client may use at once before it is heavy."""

SHARE = 0.02
"""The share of the loop that it may use all the time."""

TOO_MUCH_WASTE = 0.005
"""Seconds of the loop that a client may waste at once before it is unruly: some hundred lines that are no JSON."""

WASTE_SHARE = 0.001
"""The share of the loop that it may waste all the time."""

FORGIVEN = 10.0
"""Seconds after which, at the latest, a client that behaves is light again."""

TOO_LONG = 0.01
"""Seconds that a line over the limit counts for: it cost as much to read as many a line that is one."""

NOTHING_SAID = 0.0003
"""Seconds that a connection counts for on which nothing was asked."""

NO_ROOM = 0.001
"""Seconds that a connection counts for that had to be refused."""


ARRIVAL = 0.0005
"""Seconds of the loop that it takes to let a connection in and to see it off."""

HEAD_START = 0.002
"""Seconds over the limit with which a connection begins whose process arrives again and again."""


def _waste() -> Leak:
    return Leak(rate=WASTE_SHARE, most=TOO_MUCH_WASTE + WASTE_SHARE * FORGIVEN)


def _use() -> Leak:
    return Leak(rate=SHARE, most=MUCH + SHARE * FORGIVEN)


class Process:
    """The waste of all connections of one process: it counts for those that it makes anew."""

    def __init__(self, uid: int, wasteful: set["Process"]) -> None:
        self.uid = uid
        self._wasteful = wasteful
        self._wasted = _waste()
        self._arrivals = _use()

    def waste(self, seconds: float, now: float) -> None:
        self._wasted.add(seconds, now)
        self._wasteful.add(self)

    def arrive(self, now: float) -> None:
        """It makes another connection."""
        self._arrivals.add(ARRIVAL, now)

    def restless(self, now: float) -> bool:
        """It connects so often that this alone is much."""
        return self._arrivals.level(now) > MUCH

    def unruly(self, now: float) -> bool:
        return self._wasted.level(now) > TOO_MUCH_WASTE

    def forgiven(self, now: float) -> bool:
        """There is nothing left to be remembered."""
        return not self._wasted.level(now)


class Usage:
    """The use and the waste of one connection, from when it was made."""

    def __init__(self, process: Process, now: float = 0.0) -> None:
        self.process = process
        self.proven = False
        """It has asked for something: what others of its process did does not count any more."""
        self._used = _use()
        self._wasted = _waste()
        process.arrive(now)
        if process.restless(now):
            self.use(MUCH + HEAD_START, now)

    def use(self, seconds: float, now: float) -> None:
        """Seconds of the loop went into what the client asked for."""
        self._used.add(seconds, now)

    def waste(self, seconds: float, now: float) -> None:
        """Seconds of the loop went into nothing."""
        self._wasted.add(seconds, now)
        self.process.waste(seconds, now)

    def standing(self, now: float) -> ServiceClass:
        """The class of service for the client now."""
        wasted = self._wasted.level(now) > TOO_MUCH_WASTE
        if wasted or (not self.proven and self.process.unruly(now)):
            return ServiceClass.UNRULY
        if self._used.level(now) > MUCH:
            return ServiceClass.HEAVY
        return ServiceClass.LIGHT


BAND = 8
"""So many unruly processes of one user, and new ones of that user are taken for more of them."""


class Processes:
    """The processes that are connected, or wasted something not long ago."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[int, Process] = WeakValueDictionary()
        self._wasteful: set[Process] = set()

    def of(self, pid: int, uid: int, now: float) -> Process:
        """The record of a process: a clean one, if it is not known."""
        known = self._known.get(pid)
        if known is not None and known.uid == uid:
            return known
        made = self._known[pid] = Process(uid, self._wasteful)
        if self._wasteful and self._band(uid, now):
            made.waste(TOO_MUCH_WASTE + NOTHING_SAID, now)
        return made

    def _band(self, uid: int, now: float) -> bool:
        self._wasteful -= {each for each in self._wasteful if each.forgiven(now)}
        return sum(each.uid == uid and each.unruly(now) for each in self._wasteful) >= BAND
