"""The play with many deaths: ``python -m tests.gateways.web.killed.sweep [--trials N] [--seed S]``.

The gateway dies three times and the daemon once in each trial, at points drawn by the seed.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.faults.lives import forge
from tests.features.killed.stage import perform
from tests.gateways.web.killed.play import RestPlay

POINTS, DAEMON_POINTS = 40, 250
"""The points that a whole play passes, about."""


async def sweep(directory: Path, trials: int, seed: int) -> int:
    """The number of trials in which something was wrong, each told."""
    draw, wrong = random.Random(seed), 0
    async with forge() as smith:
        for trial in range(trials):
            gateway = [draw.randint(1, POINTS // 3) for _ in range(3)]
            daemon = [draw.randint(1, DAEMON_POINTS)]
            outcome = await perform(RestPlay(gateway), directory / str(trial), smith, daemon)
            print(f"{trial}: gateway {gateway}, daemon {daemon} {outcome.reached}", flush=True)
            for fault in outcome.faults:
                print(f"   {fault}")
            wrong += bool(outcome.faults)
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        wrong = asyncio.run(sweep(Path(directory), arguments.trials, arguments.seed))
    print(f"{arguments.trials} trials, {wrong} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
