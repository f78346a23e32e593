"""The crash sweep: a daemon dies, or its disk fails, at every point of its life, one trial per point.

``python -m tests.crash.sweep [--points N] [--hits H]… [--situation S]… [--family F:SLOTS]… [--every N]``:
every way of being hit × situation × family named, until N points were reached (0: all of them).
How points are chosen: a trial in which nothing happens counts the points that a life passes; then there
is one trial for each of them (`tests.crash.planning`). A point counts only if the process itself wrote
down that it was there.
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.planning import PLANNERS, Passed, Plans
from tests.crash.situations import SITUATIONS
from tests.crash.trial import UNHARMED, Trial, Verdict
from tests.faults.lives import Forge, Plan, forge

FAMILIES = (
    "generic:30",
    "generic:2",
    "huawei:20",
    "sim800:10",
    "ec25:30",
    "telit:30",
    "wavecom:30",
)
"""Families of modems, and how many messages their SIM holds: on 2, the long message hardly fits."""

AT_ONCE = 6
"""Trials side by side: most of their time they wait."""


@dataclass(frozen=True)
class Scene:
    """What is hit, and how: names of `PLANNERS` and `SITUATIONS`, a family and its slots."""

    hits: str
    situation: str
    family: str

    def __str__(self) -> str:
        return f"{self.hits}, {self.situation}, {self.family}"

    def trial(self, directory: Path, smith: Forge, plans: Plans) -> Trial:
        profile, _, slots = self.family.partition(":")
        rest = UNHARMED if self.hits == "kills" else Plan(disk="power")
        situation = SITUATIONS[self.situation]
        return Trial(directory, smith, plans, profile, int(slots or 30), situation, rest)


@dataclass
class Sweep:
    """What trials showed together."""

    reached: Counter[str] = field(default_factory=Counter)
    trials: int = 0
    missed: int = 0
    duplicates: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, name: str, verdict: Verdict, troubles: int) -> None:
        self.trials += 1
        self.missed += troubles - len(verdict.reached)
        self.duplicates += verdict.duplicates
        self.restarts += verdict.restarts
        self.reached.update(point.lstrip("0123456789 ") for point in verdict.reached)
        self.refusals.update(error["data"]["reason"] for error in verdict.refusals)
        self.faults += [f"{name}: {fault}" for fault in verdict.faults]

    @property
    def points(self) -> int:
        return sum(self.reached.values())


async def undisturbed(directory: Path, smith: Forge, scene: Scene, plans: Plans) -> Verdict:
    """What a trial shows, or if another program meddled with its modem, the next one like it."""
    for number in itertools.count(1):
        verdict = await scene.trial(directory / str(number), smith, plans).run()
        if not verdict.disturbed:
            break
    return verdict


async def passed_by(directory: Path, smith: Forge, scene: Scene) -> Passed:
    """What a life in which nothing happens passes."""
    verdict = await undisturbed(directory, smith, scene, ())
    if verdict.faults:
        raise AssertionError(f"{scene}: even without trouble: {verdict.faults}")
    return Passed(verdict.passed, verdict.operations)


async def sweep(directory: Path, smith: Forge, scene: Scene, every: int) -> Sweep:
    """A trial for every ``every``-th point of one scene."""
    done = Sweep()
    directory.mkdir(parents=True)
    passed = await passed_by(directory / "whole", smith, scene)
    plans = zip(itertools.count(), PLANNERS[scene.hits](passed, every), strict=False)

    async def work(todo: Iterator[tuple[int, Plans]]) -> None:
        for number, each in todo:
            verdict = await undisturbed(directory / str(number), smith, scene, each)
            name = f"{scene}, trial {number} [{'; '.join(map(str, each))}]"
            done.add(name, verdict, sum(plan.troubles for plan in each))

    await asyncio.gather(*(work(plans) for _ in range(AT_ONCE)))
    return done


async def sweeps(directory: Path, scenes: Iterable[Scene], every: int, enough: int) -> list[Sweep]:
    """Scene after scene until ``enough`` points were reached; every scene begun is done whole."""
    done: list[Sweep] = []
    async with forge() as smith:
        for number, scene in enumerate(scenes):
            if enough and sum(one.points for one in done) >= enough:
                break
            start = time.monotonic()
            done.append(one := await sweep(directory / str(number), smith, scene, every))
            tell(scene, one, time.monotonic() - start)
    return done


def tell(scene: Scene, done: Sweep, seconds: float) -> None:
    """Print what one scene showed."""
    print(
        f"{scene}: {done.points} points reached in {done.trials} trials, {seconds:.0f} s;"
        f" {len(done.faults)} faults, {done.duplicates} messages marked possible_duplicate,"
        f" {done.missed} points not come to",
        flush=True,
    )
    print(f"  {', '.join(f'{kind} {count}' for kind, count in sorted(done.reached.items()))}")
    if done.refusals or done.restarts:
        print(f"  requests refused: {dict(done.refusals)}; starts given up: {done.restarts}")
    for fault in done.faults:
        print(f"  FAULT {fault}")


def main() -> int:
    """Run the sweep and print what it showed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=0, help="enough; 0: all there are")
    parser.add_argument("--every", type=int, default=1, help="leave points out")
    parser.add_argument("--hits", action="append", choices=PLANNERS)
    parser.add_argument("--situation", action="append", choices=SITUATIONS)
    parser.add_argument("--family", action="append", help=f"as in {' '.join(FAMILIES)}")
    parser.add_argument("--keep", type=Path, help="a directory for what the trials leave")
    asked = parser.parse_args()
    scenes = [
        Scene(hits, situation, family)
        for hits in asked.hits or ["kills"]
        for situation in asked.situation or ["both-ways"]
        for family in asked.family or FAMILIES
    ]
    with tempfile.TemporaryDirectory(prefix="gsmd-crash-") as directory:
        done = asyncio.run(sweeps(asked.keep or Path(directory), scenes, asked.every, asked.points))
    points = sum(one.points for one in done)
    faults = sum(len(one.faults) for one in done)
    print(f"{points} points reached in {sum(one.trials for one in done)} trials, {faults} faults")
    print("a fault: lost, handed over twice, sent twice unmarked, refused and there, other ids")
    return 1 if faults or points < asked.points else 0


if __name__ == "__main__":
    sys.exit(main())
