"""What can be read of a DELIVER that contradicts itself."""

import random
from datetime import datetime

import pytest

from gsmd import pdu

STAMP = datetime.fromisoformat("2026-01-01T12:00:00+01:00")
SENDER = "+33612345678"
CENTRE = pdu.Address.parse("+33609001390")


def frame(text: str | None = "See you at eight", **more: object) -> str:
    (part,) = pdu.compose_deliver(text, SENDER, STAMP, **more)  # type: ignore[arg-type] # handed on
    return pdu.Frame(CENTRE, part.encode()).hex()


def arrived(line: str) -> tuple[pdu.Deliver, pdu.PduError]:
    arrival = pdu.read_arrival(line)
    assert isinstance(arrival.tpdu, pdu.Deliver)
    assert arrival.damage is not None
    return arrival.tpdu, arrival.damage


def test_what_is_whole_has_no_damage() -> None:
    arrival = pdu.read_arrival(frame())
    assert arrival.damage is None
    assert arrival.tpdu == pdu.decode(pdu.Frame.from_hex(frame()).tpdu)
    assert str(arrival.service_centre) == "+33609001390"


def test_cut_anywhere_behind_the_sender_it_keeps_what_lies_before_the_cut() -> None:
    whole = frame()
    sender_ends = 2 * (8 + 9)
    read = []
    for cut in range(sender_ends, len(whole)):
        deliver, _ = arrived(whole[:cut])
        assert str(deliver.originator) == SENDER
        if cut >= len(whole) - 2 * (deliver.user_data.length + 1):
            assert deliver.service_centre_timestamp.datetime == STAMP
        assert deliver.user_data.text is not None
        assert "See you at eight".startswith(deliver.user_data.text)
        read.append(len(deliver.user_data.text))
    assert read == sorted(read)
    assert read[-1] == 14  # whole octets only, so whole characters only


def test_cut_before_the_sender_ends_it_is_the_error_of_the_decoder() -> None:
    whole = frame()
    for cut in range(2 * (8 + 9)):
        with pytest.raises(pdu.PduError):
            pdu.read_arrival(whole[:cut])


def test_what_the_decoder_refuses_stays_refused_by_it() -> None:
    cut = frame()[:-4]
    with pytest.raises(pdu.PduError) as strict:
        pdu.decode(pdu.Frame.from_hex(cut).tpdu)
    _, damage = arrived(cut)
    assert (damage.field, damage.offset) == (strict.value.field, strict.value.offset)


def test_ucs2_text_that_is_cut_in_a_character_has_the_characters_before_it() -> None:
    deliver, _ = arrived(frame("привет")[:-2])
    assert deliver.user_data.text == "приве"


def test_a_part_that_is_cut_still_says_which_part_it_is() -> None:
    first, second = pdu.compose_deliver("привет " * 15, SENDER, STAMP, reference=7)
    deliver, _ = arrived(pdu.Frame(CENTRE, first.encode()).hex()[:-20])
    assert deliver.user_data.concatenation == first.user_data.concatenation
    whole = pdu.join([deliver.user_data, second.user_data])
    assert whole.text is not None
    assert len(whole.text) == 15 * 7 - 10 // 2


def test_a_header_bit_on_a_text_without_a_header_is_passed_over() -> None:
    octets = bytearray(pdu.Frame.from_hex(frame("Hello")).tpdu)
    octets[0] |= 0x40
    deliver, damage = arrived("00" + octets.hex())
    assert deliver.user_data.text == "Hello"
    assert damage.field == "user_data.header.length"


def test_a_header_that_is_cut_leaves_no_garbage_for_text() -> None:
    (part,) = pdu.compose_deliver("hi", SENDER, STAMP, ports=pdu.Ports(2948, 9200))
    line = pdu.Frame(CENTRE, part.encode()).hex()
    behind = len(part.user_data.octets) - len(part.user_data.header.octets)
    deliver, _ = arrived(line[: -2 * behind])
    assert (deliver.user_data.text, deliver.user_data.ports) == ("", pdu.Ports(2948, 9200))


def test_a_type_of_address_that_is_none_costs_nothing() -> None:
    octets = bytearray(pdu.Frame.from_hex(frame()).tpdu)
    octets[2] &= 0x7F
    deliver, damage = arrived("00" + octets.hex())
    assert (str(deliver.originator), deliver.user_data.text) == (SENDER, "See you at eight")
    assert damage.field == "originator.type"


def test_what_is_no_deliver_is_not_made_one() -> None:
    report = "000681" + "0B913316325476F8" + "62101021000040" * 2
    with pytest.raises(pdu.PduError):
        pdu.read_arrival(report)  # the status is missing


def test_whatever_is_done_to_a_line_it_is_an_arrival_or_the_error() -> None:
    rng = random.Random(9)
    lines = [
        frame(),
        frame("привет"),
        frame(None, data=b"octets"),
        frame("x", ports=pdu.Ports(1, 2)),
    ]
    rescued = 0
    for _ in range(3000):
        octets = bytearray(bytes.fromhex(rng.choice(lines)))
        for _ in range(rng.randrange(1, 4)):
            octets[rng.randrange(len(octets))] = rng.randrange(256)
        line = octets.hex()[: rng.randrange(len(octets) * 2 + 1)]
        try:
            arrival = pdu.read_arrival(line)
        except pdu.PduError:
            continue
        rescued += arrival.damage is not None
        if isinstance(arrival.tpdu, pdu.Deliver):
            pdu.kind_of(arrival.tpdu)
            pdu.join([arrival.tpdu.user_data, arrival.tpdu.user_data])
            user_data = arrival.tpdu.user_data
            assert (user_data.text is None) != (user_data.data is None)
    assert rescued > 500
