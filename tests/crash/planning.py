"""Where the lives of trials are hit: at every point, one trial each, drawn by a fixed seed where two meet.

A trial in which nothing happens shows which points a life passes; the plans are made from that.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.faults.disk import STRUCK, DiskFault, What
from tests.faults.lives import Plan

Plans = tuple[Plan, ...]
"""One per life of a trial."""

_AT_LEAST = 3


@dataclass(frozen=True)
class Passed:
    """What a whole life passes: points, and operations on its disk."""

    points: int
    operations: list[str]

    def strikes(self, what: What) -> int:
        """How many operations such a fault could strike."""
        return sum(name.partition(" ")[0] in STRUCK[what] for name in self.operations)

    def each(self, what: What, every: int) -> range:
        """Every n-th operation that such a fault could strike; of a rare kind more of them."""
        total = self.strikes(what)
        return range(1, total + 1, min(every, max(1, total // _AT_LEAST)))


Planner = Callable[[Passed, int], Iterator[Plans]]
"""From what a life passes to plans: one for every n-th point."""


def kills(passed: Passed, every: int) -> Iterator[Plans]:
    """SIGKILL at each point, and in the next life at a point that is drawn: recovering dies too."""
    draw = random.Random(0)
    for first in range(1, passed.points + 1, every):
        yield (Plan(first), Plan(draw.randint(1, passed.points)))


def power_cuts(passed: Passed, every: int) -> Iterator[Plans]:
    """The power goes at each operation of the disk, and in the next life at one that is drawn."""
    draw = random.Random(1)
    total = passed.strikes("end")
    for first in range(1, total + 1, every):
        cuts = (DiskFault("end", first), DiskFault("end", draw.randint(1, total)))
        yield tuple(Plan(disk="power", fault=cut) for cut in cuts)


def failures(passed: Passed, every: int) -> Iterator[Plans]:
    """Each operation fails in each way that it can: once, or a few times until the disk heals."""
    draw = random.Random(2)
    for what in ("fsync", "full", "short", "io", "readonly"):
        for at in passed.each(what, every):
            yield (Plan(disk="power", fault=DiskFault(what, at, draw.choice((1, 2, 4, 20)))),)


def failures_and_cuts(passed: Passed, every: int) -> Iterator[Plans]:
    """The same, and the power goes soon after, while the disk still fails or when it has healed."""
    for fault in _failures_that_end(passed, every, random.Random(3)):
        yield (Plan(disk="power", fault=fault),)


def failures_and_kills(passed: Passed, every: int) -> Iterator[Plans]:
    """The same, but only the daemon dies: the next one finds what was written and never synced."""
    for fault in _failures_that_end(passed, every, random.Random(5)):
        yield (Plan(disk="kernel", fault=fault),)


def _failures_that_end(passed: Passed, every: int, draw: random.Random) -> Iterator[DiskFault]:
    for what in ("fsync", "full", "short", "io", "readonly"):
        for at in passed.each(what, every):
            yield DiskFault(what, at, draw.choice((1, 2, 4, 20)), then_die=draw.randint(1, 12))


def kills_and_cuts(passed: Passed, every: int) -> Iterator[Plans]:
    """The daemon is killed when all is written and nothing synced; then a sync fails; then the power goes.

    What a start finds in the page cache need not be on the disk, and nothing may be built on it.
    """
    draw = random.Random(4)
    total = len(passed.operations)
    syncs = [at for at, name in enumerate(passed.operations, 1) if name.startswith("sync")]
    syncs = syncs[:: max(1, every // 500)]
    for first in sorted([*syncs, *range(1, total + 1, every)]):
        killed = Plan(disk="kernel", fault=DiskFault("end", first))
        fails = DiskFault(
            "fsync", draw.choice((1, 1, 1, 2)), then_die=draw.randint(total // 4, total)
        )
        yield (killed, Plan(disk="power", fault=fails))


PLANNERS: dict[str, Planner] = {
    "kills": kills,
    "power-cuts": power_cuts,
    "failures": failures,
    "failures-and-cuts": failures_and_cuts,
    "failures-and-kills": failures_and_kills,
    "kills-and-cuts": kills_and_cuts,
}
"""All ways of being hit by name. All but the first need the disk of `tests.faults.disk`."""
