"""Typical messages through our codec and through the others in pure Python.

``python -m tests.benchmarks.bench_pdu [--seconds N]``: microseconds a message, best of several rounds,
and how many times as long the others take. What is not installed, or fails, says so.
"""

import argparse
import timeit
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from gsmd import pdu

Work = Callable[[str], Any]

ROUNDS = 10
TO = "+33612345678"
CENTRE = pdu.Address.parse("+33609001390")
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TEXTS = {
    "a word": "Hello",
    "a sentence": "Your parcel arrives tomorrow between 9:00 and 11:00. Reply STOP to opt out.",
    "160 letters": ("The quick brown fox jumps over the lazy dog. " * 4)[:160],
    "brackets": "Balance: [12.50 €] {ref ~42}",
    "70 Cyrillic letters": ("Съешь же ещё этих мягких французских булок, да выпей чаю. " * 2)[:70],
}


def frame(text: str) -> str:
    (deliver,) = pdu.compose_deliver(text, TO, AT, national="off")
    return pdu.Frame(CENTRE, deliver.encode()).hex()


def our_decoder(line: str) -> pdu.Tpdu:
    return pdu.decode(pdu.Frame.from_hex(line).tpdu)


def our_encoder(text: str) -> list[str]:
    return [pdu.Frame(None, submit.encode()).hex() for submit in pdu.compose(text, TO)]


def python_gsmmodem() -> tuple[Work, Work | None]:
    from gsmmodem.pdu import decodeSmsPdu, encodeSmsSubmitPdu

    return decodeSmsPdu, lambda text: [str(part) for part in encodeSmsSubmitPdu(TO, text)]


def smspdudecoder() -> tuple[Work, Work | None]:
    from smspdudecoder.easy import read_incoming_sms

    return read_incoming_sms, None


def python_messaging() -> tuple[Work, Work | None]:
    from messaging.sms import SmsDeliver, SmsSubmit

    def decode(line: str) -> Any:
        sms = SmsDeliver(line)
        return sms.text, sms.number, sms.date

    return decode, lambda text: [part.pdu for part in SmsSubmit(TO, text).to_pdu()]


PEERS: dict[str, Callable[[], tuple[Work, Work | None]]] = {
    "python-gsmmodem-2025": python_gsmmodem,
    "smspdudecoder": smspdudecoder,
    "python-messaging": python_messaging,
}


def race(ours: Work, theirs: Work, given: str, seconds: float) -> tuple[float, float]:
    """Microseconds a call of either takes undisturbed; they take turns, so that both share the noise."""
    timers = [timeit.Timer(lambda: ours(given)), timeit.Timer(lambda: theirs(given))]
    numbers = [max(20, int(seconds / ROUNDS / (timer.timeit(50) / 50))) for timer in timers]
    rounds = [
        [timer.timeit(number) / number * 1e6 for timer, number in zip(timers, numbers, strict=True)]
        for _ in range(ROUNDS)
    ]
    return min(own for own, _ in rounds), min(other for _, other in rounds)


def compare(ours: Work, theirs: Work, given: Iterable[tuple[str, str]], seconds: float) -> None:
    """A line for each message, and one for all of them together."""
    own_total = other_total = 0.0
    for name, value in given:
        try:
            own, other = race(ours, theirs, value, seconds)
        except Exception as error:  # noqa: BLE001 -- a peer may fail in any way; that is a result
            print(f"  {name:20} fails: {type(error).__name__}: {error}")
            continue
        own_total += own
        other_total += other
        print(f"  {name:20} {own:8.1f} {other:8.1f}   x {other / own:.1f}")
    if own_total:
        print(
            f"  {'together':20} {own_total:8.1f} {other_total:8.1f}   x {other_total / own_total:.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.2, help="for each figure")
    seconds = parser.parse_args().seconds
    frames = [(name, frame(text)) for name, text in TEXTS.items()]
    for peer, load in PEERS.items():
        try:
            decode, encode = load()
        except ImportError as error:
            print(f"{peer}: not here ({error})")
            continue
        print(f"decode, microseconds: gsmd, {peer}, ratio")
        compare(our_decoder, decode, frames, seconds)
        if encode is not None:
            print(f"encode, microseconds: gsmd, {peer}, ratio")
            compare(our_encoder, encode, TEXTS.items(), seconds)


if __name__ == "__main__":
    main()
