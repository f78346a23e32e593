"""Octets that are no PDU, almost are one, or are one: a value or `PduError`, and nothing else.

``python -m tests.fuzz.pdu [--count N] [--seed N]``; a failure prints the octets that made it.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

from gsmd import pdu
from tests.pdu.vectors import OUTGOING, VECTORS

Mutation = Callable[[random.Random, bytearray], None]

TEXTS = ("hello", "€" * 90, "ığdır" * 40, "привет" * 40, "👨\u200d👩\u200d👧" * 20)


def corpus() -> list[bytes]:
    """Good TPDUs: the vectors, and composed ones."""
    written = [bytes.fromhex(vector.tpdu) for vector in (*VECTORS, *OUTGOING)]
    composed = [submit.encode() for text in TEXTS for submit in pdu.compose(text, "+33600000000")]
    return written + composed


def replace(rng: random.Random, octets: bytearray) -> None:
    octets[rng.randrange(len(octets))] = rng.randrange(256)


def flip(rng: random.Random, octets: bytearray) -> None:
    octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)


def truncate(rng: random.Random, octets: bytearray) -> None:
    del octets[rng.randrange(1, len(octets) + 1) :]


def insert(rng: random.Random, octets: bytearray) -> None:
    octets.insert(rng.randrange(len(octets) + 1), rng.randrange(256))


def extend(rng: random.Random, octets: bytearray) -> None:
    octets += rng.randbytes(rng.randrange(30))


MUTATIONS: tuple[Mutation, ...] = (replace, flip, flip, truncate, insert, extend)


def candidate(rng: random.Random, good: list[bytes]) -> bytes:
    """One input: mostly a good TPDU with a few mutations, now and then noise."""
    if rng.random() < 0.1:
        return rng.randbytes(rng.randrange(180))
    octets = bytearray(rng.choice(good))
    for _ in range(rng.randrange(4)):
        rng.choice(MUTATIONS)(rng, octets)
    return bytes(octets)


def examine(octets: bytes, *, outgoing: bool) -> str:
    """Decode, and hold the value to what must be true of every value; its type, or the field in error."""
    try:
        tpdu = pdu.decode(octets, outgoing=outgoing)
    except pdu.PduError as error:
        if error.offset is None or not 0 <= error.offset <= len(octets):
            raise AssertionError(f"an error at octet {error.offset}") from error
        return "error"
    if type(tpdu).decode(tpdu.encode()) != tpdu:
        raise AssertionError("encoding it gives another value")
    if isinstance(tpdu, pdu.Deliver):
        pdu.kind_of(tpdu)
        pdu.join([tpdu.user_data, tpdu.user_data])
    return type(tpdu).__name__


def run(count: int, seed: int) -> Counter[str]:
    rng = random.Random(seed)
    good = corpus()
    seen: Counter[str] = Counter()
    for number in range(count):
        octets = candidate(rng, good)
        outgoing = number % 4 == 3
        try:
            seen[examine(octets, outgoing=outgoing)] += 1
        except Exception:
            sys.stderr.write(f"input {number} of seed {seed}: {octets.hex()} outgoing={outgoing}\n")
            raise
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    seen = run(arguments.count, arguments.seed)
    seconds = time.monotonic() - started
    print(f"{arguments.count} inputs of seed {arguments.seed} in {seconds:.0f} s: {dict(seen)}")


if __name__ == "__main__":
    main()
