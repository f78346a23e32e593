"""Octets that are no SMPP, almost are, or are: values, answers and the error of the codec, and nothing else.

``python -m tests.fuzz.smpp [--count N] [--seed N]``; a failure prints the octets that made it. Each input
goes through the codec, and as the next words of a stream, cut anywhere, through a session.
"""

import argparse
import random
import sys
import time
from collections import Counter

from gsmd import smpp
from gsmd.smpp import Requested, Role, Session, SessionState
from gsmd.smpp.commands import RESPONSE
from tests.fuzz.pdu import MUTATIONS
from tests.smpp.vectors import MALFORMED, VECTORS, octets

WINDOW = 20


def candidate(rng: random.Random, good: list[bytes]) -> bytes:
    """One input: mostly a good PDU with a few mutations, its length put right or not; now and then noise."""
    if rng.random() < 0.05:
        return rng.randbytes(rng.randrange(180))
    mutant = bytearray(rng.choice(good))
    for _ in range(rng.randrange(4)):
        rng.choice(MUTATIONS)(rng, mutant)
    if rng.random() < 0.8 and len(mutant) >= 4:
        mutant[:4] = len(mutant).to_bytes(4)
    return bytes(mutant)


def examine(given: bytes) -> str:
    """Decode, and hold the value to what must be true of every value; its type, or the status of the error."""
    try:
        pdu = smpp.decode(given)
    except smpp.SmppError as error:
        if error.offset is None or not 0 <= error.offset <= len(given):
            raise AssertionError(f"an error at octet {error.offset}") from error
        return str(error.status)
    if smpp.decode(smpp.encode(pdu)) != pdu:
        raise AssertionError("encoding it gives another value")
    return type(pdu).__name__


class Conversation:
    """A session that is spoken to, and answered in random order; a new one where it has ended."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.sessions = 0
        self._start()

    def _start(self) -> None:
        self.sessions += 1
        self.session = Session(Role.SMSC, their_window=WINDOW)
        self.open: list[smpp.Pdu] = []
        if self.rng.random() < 0.9:
            bind = smpp.pdus.BindTransceiver(1)
            (event,) = self.session.receive(smpp.encode(bind))
            assert isinstance(event, Requested)
            self.session.answer(event.pdu, smpp.pdus.BindTransceiverResp())

    def hear(self, given: bytes) -> None:
        """Octets of the stream, in pieces."""
        cut = self.rng.randrange(len(given) + 1)
        for piece in (given[:cut], given[cut:]):
            self._events(piece)
        while self.open and (self.session.full or self.rng.random() < 0.5):
            request = self.open.pop(self.rng.randrange(len(self.open)))
            self.session.refuse(request, smpp.CommandStatus.RSYSERR)
            self._events(b"")
        if self.session.state in {SessionState.CLOSED, SessionState.UNBOUND}:
            self._start()

    def _events(self, piece: bytes) -> None:
        for event in self.session.receive(piece):
            if isinstance(event, Requested):
                if not event.pdu.command & RESPONSE:
                    self._requested(event.pdu)
            elif isinstance(event, smpp.Automatic | smpp.Ended):
                assert smpp.decode(event.octets).command & RESPONSE
        assert self.session.unanswered == len(self.open) <= WINDOW
        assert self.session._splitter.waiting <= 70 * 1024 + len(piece)

    def _requested(self, pdu: smpp.Pdu) -> None:
        if pdu.command not in (smpp.Command.OUTBIND, smpp.Command.ALERT_NOTIFICATION):
            self.open.append(pdu)


def run(count: int, seed: int) -> Counter[str]:
    rng = random.Random(seed)
    good = [octets(row.written) for row in (*VECTORS, *MALFORMED)]
    conversation = Conversation(rng)
    seen: Counter[str] = Counter()
    for number in range(count):
        given = candidate(rng, good)
        try:
            seen[examine(given)] += 1
            conversation.hear(given)
        except Exception:
            sys.stderr.write(f"input {number} of seed {seed}: {given.hex()}\n")
            raise
    seen["sessions"] = conversation.sessions
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
