"""The books of a soak find what they are there to find, and its gauges tell growth from noise."""

import random
from collections import Counter

import pytest

from gsmd.protocol.message import Message, State
from gsmd.smpp import Tag, Tlv, pdus
from tests.api.fake_backend import a_message
from tests.soak.books import Books
from tests.soak.doors import content_of
from tests.soak.gauges import Gauges, slope

OUT, IN = "rest out 1", "rest in 1"


def sent(state: State = State.DELIVERED, *, marked: bool = False) -> Message:
    return a_message("1", text=OUT, state=state, possible_duplicate=marked)


def books(*messages: Message) -> Books:
    """One message each way at one door, and all is well with that in."""
    found = Books()
    found.accepted[OUT] = found.said[IN] = "rest"
    found.ended[OUT].add("delivered")
    found.hear("rest", IN, "a")
    found.outbound = {str(number): each for number, each in enumerate(messages)}
    return found


def test_what_came_once_and_went_out_once_is_right() -> None:
    assert books(sent()).faults(Counter([OUT]), ["rest"]) == []


@pytest.mark.parametrize(
    ("message", "copies", "wrong"),
    [
        (sent(), 0, "no phone has it"),
        (sent(), 2, "nobody says so"),
        (sent(State.FAILED), 0, ""),
        (sent(marked=True), 2, ""),
    ],
)
def test_phones_may_lack_only_what_has_failed_and_have_twice_only_what_says_so(
    message: Message, copies: int, wrong: str
) -> None:
    found = books(message).faults(Counter({OUT: copies} if copies else {}), ["rest"])
    assert [wrong in each for each in found] == [True] * bool(wrong)


def test_a_text_that_became_two_messages_is_found() -> None:
    assert books(sent(), sent()).faults(Counter([OUT]), ["rest"])


def test_what_no_door_heard_or_one_heard_under_two_ids_is_found() -> None:
    twice = books(sent())
    twice.hear("rest", IN, "b")
    assert "2 ids" in str(twice.faults(Counter([OUT]), ["rest"]))
    never = books(sent())
    never.heard.clear()
    assert "never handed over" in str(never.faults(Counter([OUT]), ["rest"]))


def test_an_end_that_its_door_never_heard_is_found() -> None:
    found = books(sent())
    found.ended.clear()
    assert "no end" in str(found.faults(Counter([OUT]), ["rest"]))
    assert not found.faults(Counter([OUT]), ["socket"])


def test_what_nobody_will_ever_know_the_end_of_need_not_be_told() -> None:
    found = books(sent(State.SENT))
    found.ended.clear()
    found.unreported.add(OUT)
    assert not found.faults(Counter([OUT]), ["rest"])


def test_what_is_measured_when_the_traffic_is_over_says_nothing_of_growth() -> None:
    found = Gauges()
    found.samples = [{"at": float(at), "MB": float(min(at, 600))} for at in range(0, 6000, 30)]
    assert slope(found.points("MB", 0, 600)).per_hour == pytest.approx(3600)
    assert slope(found.points("MB")).per_hour < 1000


@pytest.mark.parametrize(
    "pdu",
    [
        pdus.DeliverSm(short_message=b"rest in 1"),
        pdus.DeliverSm(tlvs=(Tlv(Tag.MESSAGE_PAYLOAD, b"rest in 1"),)),
    ],
)
def test_an_esme_reads_what_is_said_wherever_it_stands(pdu: pdus.DeliverSm) -> None:
    assert content_of(pdu) == b"rest in 1"


def test_growth_is_told_from_noise() -> None:
    chance = random.Random(1)
    noise = [(float(at), 50 + chance.gauss(0, 1)) for at in range(0, 3600, 30)]
    growth = [(at, value + at / 3600 * 5) for at, value in noise]
    assert slope(noise).least < 0.5
    assert slope(growth).least > 3
