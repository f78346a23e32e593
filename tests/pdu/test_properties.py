"""What holds for every value and for every string of octets."""

from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gsmd import pdu
from gsmd.pdu.graphemes import is_boundary
from tests.pdu import strategies
from tests.pdu.vectors import VECTORS

GOOD = [bytes.fromhex(vector.tpdu) for vector in VECTORS]


@given(strategies.delivers() | strategies.submits() | strategies.status_reports())
def test_what_is_encoded_is_decoded_as_it_was(tpdu: pdu.Tpdu) -> None:
    assert pdu.decode(tpdu.encode()) == tpdu


@given(strategies.deliver_reports() | strategies.submits() | strategies.COMMANDS)
def test_what_goes_out_is_decoded_as_it_was(tpdu: pdu.Tpdu) -> None:
    assert pdu.decode(tpdu.encode(), outgoing=True) == tpdu


@given(strategies.submit_reports())
def test_a_submit_report_is_decoded_as_it_was(report: pdu.SubmitReport) -> None:
    assert pdu.SubmitReport.decode(report.encode()) == report


@given(st.none() | strategies.NUMBERS, st.binary(max_size=200))
def test_a_frame_is_read_as_it_was(service_centre: pdu.Address | None, tpdu: bytes) -> None:
    frame = pdu.Frame(service_centre, tpdu)
    assert pdu.Frame.from_hex(frame.hex()) == frame


@given(strategies.DIALLED)
def test_a_number_is_written_as_it_was_typed(text: str) -> None:
    assert str(pdu.Address.parse(text)) == text


@given(strategies.TIMES)
def test_a_time_comes_back(moment: pdu.timestamp.Moment) -> None:
    read = pdu.Timestamp.of(moment).datetime
    assert read is not None
    assert (read, read.utcoffset()) == (moment, moment.utcoffset())


@given(
    strategies.TEXTS,
    st.sampled_from([8, 16]),
    st.sampled_from(["auto", "off"]),
    st.none() | st.just(pdu.Ports(2948, 9200)),
)
@example("", 8, "auto", None)
def test_a_text_arrives_as_it_was_sent(
    text: str,
    width: Literal[8, 16],
    national: Literal["auto", "off"],
    ports: pdu.Ports | None,
) -> None:
    submits = pdu.compose(text, "123", width=width, national=national, ports=ports, reference=200)
    read = [pdu.decode(submit.encode()) for submit in submits]
    assert read == submits
    parts = [submit.user_data for submit in submits]
    assert pdu.join(parts).text == text
    assert "".join(part.text or "" for part in parts) == text  # no character is cut
    assert [len(part.octets) for part in parts if len(part.octets) > 140] == []
    assert {part.ports for part in parts} == {ports}


@given(strategies.TEXTS)
def test_a_cut_tears_no_cluster_that_fits(text: str) -> None:
    at = 0
    for submit in pdu.compose(text, "123")[:-1]:
        part = submit.user_data.text or ""
        at += len(part)
        torn = not is_boundary(text, at)
        assert not torn or not any(is_boundary(part, place) for place in range(1, len(part)))


@given(strategies.TEXTS)
def test_national_tables_never_cost_a_part(text: str) -> None:
    assert pdu.preview(text).parts <= pdu.preview(text, national="off").parts


@given(strategies.TEXTS)
def test_replacing_typographic_characters_never_costs_a_part(text: str) -> None:
    assert pdu.preview(text, smart=True).parts <= pdu.preview(text).parts


@given(st.binary(max_size=1500))
def test_data_arrives_as_it_was_sent(data: bytes) -> None:
    submits = pdu.compose(destination="123", data=data)
    assert pdu.join([submit.user_data for submit in submits]).data == data


def decode(octets: bytes, *, outgoing: bool = False) -> pdu.Tpdu | None:
    """A value or None for the error: nothing else may come."""
    try:
        return pdu.decode(octets, outgoing=outgoing)
    except pdu.PduError as error:
        assert error.offset is not None  # noqa: PT017 -- it says where
        assert 0 <= error.offset <= len(octets)  # noqa: PT017
        return None


@given(st.binary(max_size=200), st.booleans())
def test_any_octets_are_a_value_or_the_error(octets: bytes, outgoing: bool) -> None:
    tpdu = decode(octets, outgoing=outgoing)
    if isinstance(tpdu, pdu.Deliver):
        pdu.kind_of(tpdu)


@given(st.sampled_from(GOOD), st.data())
def test_a_good_tpdu_with_wrong_octets_is_a_value_or_the_error(
    good: bytes, data: st.DataObject
) -> None:
    octets = bytearray(good)
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    tpdu = decode(bytes(octets))
    if tpdu is not None:
        assert type(tpdu).decode(tpdu.encode()) == tpdu
    if isinstance(tpdu, pdu.Deliver):
        pdu.kind_of(tpdu)


@given(st.text(max_size=60) | st.text("0123456789abcdefABCDEF \t", max_size=60))
def test_any_line_is_a_frame_or_the_error(line: str) -> None:
    try:
        frame = pdu.Frame.from_hex(line)
    except pdu.PduError:
        return
    assert pdu.Frame.from_hex(line.lower()) == frame


@given(st.binary(max_size=60))
def test_any_datagram_is_a_push_or_the_error(octets: bytes) -> None:
    for datagram in (octets, b"\x01\x06" + octets, b"\x01\x06\x01\xbe" + octets):
        try:
            pushed = pdu.decode_push(datagram)
            pdu.decode_notification(pushed.body)
        except pdu.PduError:
            continue
        assert pushed.content_type


@pytest.mark.parametrize("smart", [False, True])
@given(text=st.text(max_size=40), to=st.text(max_size=12))
def test_any_arguments_are_composed_or_the_error(text: str, to: str, smart: bool) -> None:
    try:
        submits = pdu.compose(text, to, smart=smart)
    except pdu.PduError:
        return
    assert all(pdu.decode(submit.encode()) == submit for submit in submits)
