"""Every play, killed again and again: ``python -m tests.features.killed.sweep [--trials N] [--phones N]``.

A performance without a death counts the points that a life passes. Then there are ``trials`` of each play:
the first life dies at points that are spread over all of them, the second at one that is drawn by a fixed
seed. Only a point that the daemon itself wrote down before it killed itself counts.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.faults.lives import Forge, forge
from tests.features.killed.campaign import Campaign
from tests.features.killed.carried import Carried
from tests.features.killed.codes import Answered, Expected, Guessed
from tests.features.killed.consenting import Consenting
from tests.features.killed.contest import Contest
from tests.features.killed.desk import Desk
from tests.features.killed.forms import Asked
from tests.features.killed.hooks import Hooked
from tests.features.killed.pulled import Pulled
from tests.features.killed.receipts import Receipts
from tests.features.killed.stage import Play, perform
from tests.features.killed.trial import Trial
from tests.features.killed.words import Balance, ClosingPoll, Robots, Words

AT_ONCE = 4
"""Performances side by side: most of their time they wait."""

Cast = Mapping[str, Callable[[], Play]]


def cast(phones: int) -> Cast:
    """Every play by name; a campaign to so many phones."""
    return {
        "words": Words,
        "guessed": Guessed,
        "answered": Answered,
        "expected": Expected,
        "balance": Balance,
        "robots": Robots,
        "poll": ClosingPoll,
        "hooked": Hooked,
        "contest": Contest,
        "consenting": Consenting,
        "desk": Desk,
        "forms": Asked,
        "pulled": Pulled,
        "receipts": Receipts,
        "carried": Carried,
        "campaign": partial(Campaign, phones),
        "trial": Trial,
    }


@dataclass
class Results:
    """``deaths`` by play; ``faults`` of all."""

    deaths: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, name: str, about: str, reached: list[str], faults: list[str]) -> None:
        self.deaths[name] = self.deaths.get(name, 0) + len(reached)
        self.faults += [f"{name} {about} {reached}: {fault}" for fault in faults]


async def sweep(directory: Path, plays: Cast, trials: int, points: int | None = None) -> Results:
    """So many trials of each of these plays; ``points`` saves counting them first."""
    results = Results()
    free = asyncio.Semaphore(AT_ONCE)
    async with forge() as smith:
        await asyncio.gather(
            *(
                _rehearse(directory / name, smith, name, plays[name], trials, points, free, results)
                for name in plays
            )
        )
    return results


async def _rehearse(
    directory: Path,
    smith: Forge,
    name: str,
    play: Callable[[], Play],
    trials: int,
    points: int | None,
    free: asyncio.Semaphore,
    results: Results,
) -> None:
    async def performed(about: str, kill_at: tuple[int, ...]) -> int:
        async with free:
            outcome = await perform(play(), directory / about, smith, kill_at)
        results.add(name, f"{about} {kill_at}", outcome.reached, outcome.faults)
        return outcome.passed

    points = points or await performed("whole", ())
    draw = random.Random(name)
    firsts = [1 + (2 * number + 1) * points // (2 * trials) for number in range(trials)]
    await asyncio.gather(
        *(performed(str(n), (first, draw.randint(1, points))) for n, first in enumerate(firsts))
    )


def main() -> int:
    """Run them all and print what they showed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--phones", type=int, default=500)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    plays = {n: each for n, each in cast(asked.phones).items() if asked.only in n}
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gsmd-killed-") as directory:
        results = asyncio.run(sweep(Path(directory), plays, asked.trials))
    print(f"{sum(results.deaths.values())} deaths, {time.monotonic() - start:.0f} s")
    for name, count in results.deaths.items():
        print(f"  {name:10} {count}")
    print(f"{len(results.faults)} faults: lost, doubled, given back, uncounted")
    for fault in results.faults:
        print(f"  {fault}")
    return 1 if results.faults else 0


if __name__ == "__main__":
    sys.exit(main())
