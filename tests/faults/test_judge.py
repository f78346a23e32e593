"""A judge that finds nothing wrong proves nothing: what is lost, doubled or sent twice is found."""

import pytest

from gsmd import pdu
from tests.faults.judge import Sent, not_once, sent_in_silence

PEER = "+33612345678"
LONG = "Une phrase qui ne tient pas dans un seul message, et de loin. " * 4


def parts(text: str, peer: str = PEER) -> list[pdu.Submit]:
    return list(pdu.compose(text, peer))


@pytest.mark.parametrize(
    ("found", "faults"),
    [
        ("ab", []),
        ("ba", []),
        ("a", ["there: lost 'b'"]),
        ("abb", ["there: too much 'b'"]),
        ("acc", ["there: lost 'b'", "there: too much 'c'", "there: too much 'c'"]),
    ],
)
def test_what_is_not_there_once_is_named(found: str, faults: list[str]) -> None:
    assert not_once("there", "ab", found) == faults


def test_each_part_sent_once_is_no_fault() -> None:
    assert sent_in_silence(parts(LONG), [Sent(PEER, LONG, marked=False)]) == []


def test_one_part_sent_twice_is_a_fault_unless_its_message_is_marked() -> None:
    first, *rest = parts(LONG)
    submits = [first, first, *rest]
    (fault,) = sent_in_silence(submits, [Sent(PEER, LONG, marked=False)])
    assert fault.startswith(f"sent 2 times to {PEER}")
    assert sent_in_silence(submits, [Sent(PEER, LONG, marked=True)]) == []


def test_the_mark_of_another_message_or_for_somebody_else_excuses_nothing() -> None:
    submits = [*parts("hello"), *parts("hello")]
    others = [Sent(PEER, "something else", marked=True), Sent("+3361", "hello", marked=True)]
    assert len(sent_in_silence(submits, [Sent(PEER, "hello", marked=False), *others])) == 1
