"""The crash sweep: a daemon dies at every point of its life, one trial per point.

``python -m tests.crash.sweep [--points N]``: at least N points (1,000), all points of as many
situations as that takes. How points are chosen: a trial without a death counts the points that a
life passes; then there is one trial for each of them, in which the next life dies too, at a point
that is drawn (by a fixed seed), so that recovering is interrupted as well. A point counts only if
the process itself wrote down that it was there before it killed itself.
"""

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.forge import Forge, forge
from tests.crash.trial import Trial, Verdict

SITUATIONS = (
    ("generic", 30),
    ("generic", 2),  # a SIM on which the long message hardly fits
    ("huawei", 20),
    ("sim800", 10),
    ("ec25", 30),
    ("telit", 30),
    ("wavecom", 30),
)
"""The family of the modem, and how many messages its SIM holds."""

AT_ONCE = 6
"""Trials side by side: most of their time they wait."""


@dataclass
class Sweep:
    """What all trials showed together."""

    reached: Counter[str] = field(default_factory=Counter)
    trials: int = 0
    missed: int = 0
    duplicates: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, name: str, verdict: Verdict, deaths: int) -> None:
        self.trials += 1
        self.missed += deaths - len(verdict.reached)
        self.duplicates += verdict.duplicates
        for point in verdict.reached:
            _number, _, kind = point.partition(" ")
            self.reached[kind] += 1
        self.faults += [f"{name}: {fault}" for fault in verdict.faults]

    @property
    def points(self) -> int:
        return sum(self.reached.values())


async def points_of(directory: Path, smith: Forge, profile: str, slots: int) -> int:
    """How many points a life without a death passes."""
    verdict = await Trial(directory / f"{profile}-{slots}-whole", smith, (), profile, slots).run()
    if verdict.faults:
        raise AssertionError(f"{profile}: even without a crash: {verdict.faults}")
    return verdict.passed


def deaths(total: int, every: int) -> Iterator[tuple[int, ...]]:
    """Where the lives of each trial end: the first at every ``every``-th point, the second anywhere."""
    draw = random.Random(0)
    for first in range(1, total + 1, every):
        yield (first, draw.randint(1, total))


async def sweep(
    directory: Path, situations: Iterable[tuple[str, int]], every: int, enough: int
) -> Sweep:
    """Trials in these situations until ``enough`` points were reached; every point of each situation begun."""
    done = Sweep()
    async with forge() as smith:
        for profile, slots in situations:
            if done.points >= enough:
                break
            total = await points_of(directory, smith, profile, slots)
            todo = itertools.count(), deaths(total, every)
            plans = iter(list(zip(*todo, strict=False)))

            async def work(
                profile: str, slots: int, plans: Iterator[tuple[int, tuple[int, ...]]]
            ) -> None:
                for number, kill_at in plans:
                    name = f"{profile}-{slots}-{number}"
                    verdict = await Trial(directory / name, smith, kill_at, profile, slots).run()
                    done.add(f"{name} {kill_at}", verdict, len(kill_at))

            await asyncio.gather(*(work(profile, slots, plans) for _ in range(AT_ONCE)))
    return done


def main() -> int:
    """Run the sweep and print what it showed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=1000)
    enough = parser.parse_args().points
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gsmd-crash-") as directory:
        done = asyncio.run(sweep(Path(directory), SITUATIONS, 1, enough))
    print(f"{done.points} points reached in {done.trials} trials, {time.monotonic() - start:.0f} s")
    for kind, count in sorted(done.reached.items()):
        print(f"  {kind:14} {count}")
    print(f"  a life ended its work before its point came: {done.missed}")
    print(f"  messages marked possible_duplicate: {done.duplicates}")
    print(f"{len(done.faults)} faults: lost, handed over twice, sent twice unmarked, other ids")
    for fault in done.faults:
        print(f"  {fault}")
    return 1 if done.faults or done.points < enough else 0


if __name__ == "__main__":
    sys.exit(main())
