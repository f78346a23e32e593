"""Every interleaving of the protocol of permits, or very many (``make fleet-protocol``).

``python -m tests.fleet.explore --random 1000000 --budget 4`` leads so many worlds at random; ``--all --boxes 2 --budget 2`` visits
every state that two boxes can come to with two faults.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

from tests.fleet.world import World, Wrong

Make = Callable[[], World]


class Found(Exception):
    """A way to a broken promise."""

    def __init__(self, error: Wrong, way: Sequence[str]) -> None:
        super().__init__("\n  ".join([str(error), *way]))


def at_random(make: Make, chance: random.Random) -> World:
    """One world to its end. Errors: `Found`."""
    world, way = make(), []
    try:
        while found := world.choices():
            weights = [0.25 if each.cost else 1.0 for each in found]
            choice = chance.choices(found, weights)[0]
            way.append(choice.name)
            world.take(choice)
        world.judge_end()
    except Wrong as error:
        raise Found(error, way) from error
    return world


def everything(make: Make) -> Counter[str]:
    """Visit every state; returns how many there are, and how the ends were. Errors: `Found`."""
    seen: set[int] = set()
    ends: Counter[str] = Counter()
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        way = waiting.pop()
        world, names = make(), []
        try:
            for position in way:
                choice = world.choices()[position]
                names.append(choice.name)
                world.take(choice)
            # on along the first choice; the others are led there anew
            while (state := hash(world.signature())) not in seen:
                seen.add(state)
                found = world.choices()
                if not found:
                    world.judge_end()
                    ends[str(world.record.state if world.record else None)] += 1
                    break
                waiting += [(*way, position) for position in range(1, len(found))]
                way = (*way, 0)
                names.append(found[0].name)
                world.take(found[0])
        except Wrong as error:
            raise Found(error, names) from error
    ends["states"] = len(seen)
    return ends


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--boxes", type=int, default=2)
    parser.add_argument("--budget", type=int, default=2)
    parser.add_argument("--resend", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    def make() -> World:
        return World(options.boxes, budget=options.budget, resend=options.resend, refusals=True)

    began = time.monotonic()
    if options.all:
        ends = everything(make)
        print(
            f"{ends.pop('states')} states in {time.monotonic() - began:.0f} s; ends: {dict(ends)}"
        )
    if options.random:
        ends, chance = Counter(), random.Random(options.seed)
        for _ in range(options.random):
            world = at_random(make, chance)
            ends[f"{world.record.state if world.record else None}"] += 1
        print(f"{options.random} worlds in {time.monotonic() - began:.0f} s; ends: {dict(ends)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
