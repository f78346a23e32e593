from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gsmd import smpp
from gsmd.smpp import times
from gsmd.smpp.commands import RESPONSE
from gsmd.smpp.receipt import MessageState, Receipt
from gsmd.smpp.splitter import Splitter
from tests.smpp.strategies import ANY_PDU
from tests.smpp.vectors import read

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@given(ANY_PDU)
def test_what_is_written_is_read_again(pdu: smpp.Pdu) -> None:
    assert smpp.decode(smpp.encode(pdu)) == pdu


@given(ANY_PDU)
def test_what_was_read_is_written_with_the_same_octets(pdu: smpp.Pdu) -> None:
    octets = smpp.encode(pdu)
    assert smpp.encode(smpp.decode(octets)) == octets


@given(st.binary(max_size=200))
def test_octets_that_are_no_pdu_are_an_error_of_ours_and_nothing_else(octets: bytes) -> None:
    found = read(octets)
    if isinstance(found, smpp.SmppError):
        assert found.offset is not None
        assert 0 <= found.offset <= len(octets)
    else:
        assert smpp.decode(smpp.encode(found)) == found


@given(ANY_PDU, st.binary(max_size=100))
def test_any_body_behind_a_good_header_is_a_pdu_or_an_error_with_its_sequence(
    pdu: smpp.Pdu, body: bytes
) -> None:
    header = smpp.encode(pdu)[4:16]
    octets = (16 + len(body)).to_bytes(4) + header + body
    found = read(octets)
    assert (found.sequence, found.command) == (pdu.sequence, pdu.command)


@given(st.lists(ANY_PDU, max_size=5), st.lists(st.integers(1, 60), min_size=1))
def test_a_stream_gives_the_same_pdus_wherever_it_is_cut(
    pdus: list[smpp.Pdu], sizes: list[int]
) -> None:
    written = [smpp.encode(pdu) for pdu in pdus]
    stream = b"".join(written)
    splitter = Splitter(70 * 1024)
    taken, at, turn = [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        splitter.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
        while (octets := splitter.take()) is not None:
            taken.append(octets)
    assert taken == written
    assert splitter.waiting == 0


def test_a_request_has_one_kind_of_answer() -> None:
    for command in smpp.PDUS:
        answer = smpp.response_to(command)
        assert answer.command & RESPONSE


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_absolute_time_is_read_as_the_second_it_was_written_for(moment: datetime) -> None:
    written = times.absolute(moment)
    assert len(written) == 16
    read = times.parse(written, NOW, status=smpp.CommandStatus.RINVSCHED, field="time")
    assert read == moment.replace(microsecond=0)


@given(st.timedeltas(timedelta(0), timedelta(days=90 * 365)))
def test_a_relative_time_is_read_as_the_span_it_was_written_for(span: timedelta) -> None:
    written = times.relative(span)
    assert len(written) == 16
    read = times.parse(written, NOW, status=smpp.CommandStatus.RINVEXPIRY, field="time")
    assert read == NOW + timedelta(seconds=round(span.total_seconds()))


@given(st.binary(max_size=17))
def test_any_octets_are_a_time_or_the_error_that_was_named(octets: bytes) -> None:
    with suppress(smpp.SmppError):
        read = times.parse(octets, NOW, status=smpp.CommandStatus.RINVSCHED, field="when")
        assert read is None or read.tzinfo is not None


MINUTES = st.datetimes(
    datetime(2001, 1, 1),  # noqa: DTZ001
    datetime(2060, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(second=0, microsecond=0))


@given(
    st.builds(
        Receipt,
        message_id=st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=1, max_size=64),
        state=st.sampled_from(MessageState),
        submitted=MINUTES,
        done=MINUTES,
        error=st.integers(0, 999),
        delivered_parts=st.integers(0, 255),
        parts=st.integers(1, 255),
        text=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    )
)
def test_a_receipt_is_read_as_it_was_written(receipt: Receipt) -> None:
    assert smpp.read_receipt(receipt.encode()) == receipt


@given(st.binary(max_size=200))
def test_any_text_is_a_receipt_or_none(octets: bytes) -> None:
    receipt = smpp.read_receipt(octets)
    assert receipt is None or receipt.message_id
