"""A million codes: imported, looked up, redeemed by two at once. ``python -m tests.benchmarks.bench_contests [--codes N]``."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from gsmd.features.contests.rules import ALPHABET, made_of
from tests.rig import rig

_PEERS = ("+33612345678", "+33687654321")
_TRIES = 500


async def measure(directory: Path, count: int) -> None:
    """Print the figures."""
    draw = random.Random(1).randrange
    codes = {made_of([draw(len(ALPHABET)) for _ in range(9)]) for _ in range(count)}
    file = directory / "codes.txt"
    file.write_text("".join(f"{code}\n" for code in codes))
    contest = {"name": "summer", "per_number": {"wrong_per_day": None}}
    prizes = [{"name": "a mug", "codes": 1000}]
    async with rig(directory) as it, it.running(contests=[{**contest, "prizes": prizes}]) as client:
        start = time.perf_counter()
        command = ("-m", "gsmd", "contest", "import", "summer", str(file))
        environment = {**os.environ, "GSMD_SOCKET": str(it.socket)}
        done = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment)
        if await done.wait():
            sys.exit("the import failed")
        print(f"imported {len(codes)}: {time.perf_counter() - start:.1f} s")
        size = sum(each.stat().st_size for each in directory.rglob("gsmd.db*"))
        print(f"database: {size / 1e6:.0f} MB")

        async def redeem(peer: str, code: str) -> str:
            answer = await client.call("contests.redeem", contest="summer", peer=peer, code=code)
            return str(answer["outcome"])

        some = sorted(codes)[:: max(1, len(codes) // _TRIES)][:_TRIES]
        start = time.perf_counter()
        both = [await asyncio.gather(*(redeem(peer, code) for peer in _PEERS)) for code in some]
        took = (time.perf_counter() - start) / len(both)
        once = sum(sorted(each == "used" for each in pair) == [False, True] for pair in both)
        print(f"redeemed by two at once: {once} of {len(both)} once, {took * 1000:.2f} ms a pair")
        start = time.perf_counter()
        for code in some:
            await redeem(_PEERS[0], code)
        took = (time.perf_counter() - start) / len(some)
        print(f"a used code looked up, with the call and its commit: {took * 1000:.2f} ms")


def main() -> None:
    """Print the figures of so many codes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--codes", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gsmd-contests-") as directory:
        asyncio.run(measure(Path(directory), asked.codes))


if __name__ == "__main__":
    main()
