"""Other codecs as oracles, each where it is right: smpp34 (messages), smpp.pdu3 and smpplib (the common fields)."""

from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
import smpp34
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from smpp.pdu.pdu_encoding import PDUEncoder
from smpplib.smpp import parse_pdu

from gsmd import smpp
from gsmd.smpp import Address, Tlv, pdus, times

OCTET = st.integers(0, 255)
ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20).map(str.encode)
ADDRESS = st.builds(Address, OCTET, OCTET, ASCII)
TLVS = st.lists(st.builds(Tlv, OCTET, st.binary(max_size=30)), max_size=3).map(tuple)


def messages(kind: type[smpp.Pdu]) -> st.SearchStrategy[smpp.Pdu]:
    return st.builds(
        kind,
        st.integers(1, 0x7FFFFFFF),
        st.just(0),
        TLVS,
        service_type=ASCII.map(lambda octets: octets[:5]),
        source=ADDRESS,
        destination=ADDRESS,
        esm_class=OCTET,
        protocol_id=OCTET,
        priority_flag=OCTET,
        registered_delivery=OCTET,
        replace_if_present_flag=OCTET,
        data_coding=OCTET,
        sm_default_msg_id=OCTET,
        short_message=st.binary(max_size=254),
    )


@given(messages(pdus.SubmitSm) | messages(pdus.DeliverSm))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_smpp34_reads_what_we_write_and_writes_the_same_octets(ours: Any) -> None:
    theirs: Any = smpp34.decode(smpp.encode(ours))
    assert theirs.sequence_number == ours.sequence
    assert theirs.source_addr.encode() == ours.source.octets
    assert (theirs.dest_addr_ton, theirs.dest_addr_npi) == (
        ours.destination.ton,
        ours.destination.npi,
    )
    assert theirs.short_message == ours.short_message
    assert (theirs.esm_class, theirs.data_coding) == (ours.esm_class, ours.data_coding)
    assert [(tlv.tag, bytes(tlv.value)) for tlv in theirs.tlvs] == [
        (tlv.tag, tlv.value) for tlv in ours.tlvs
    ]
    assert smpp.decode(theirs.encode()) == ours


# What smpp.pdu3 knows: no reserved values, no TLVs where it does not expect them.
KNOWN = st.builds(
    Address, st.sampled_from([0, 1, 2, 3, 4, 5, 6]), st.sampled_from([0, 1, 3, 4, 6, 8, 9]), ASCII
)
COMMON = st.builds(
    pdus.SubmitSm,
    st.integers(1, 0x7FFFFFFF),
    source=KNOWN,
    destination=KNOWN,
    protocol_id=OCTET,
    priority_flag=st.integers(0, 3),
    validity_period=st.sampled_from([b"", b"260102030405000+", b"000002000000000R"]),
    registered_delivery=st.sampled_from([0, 1, 2, 0x11]),
    replace_if_present_flag=st.integers(0, 1),
    data_coding=st.sampled_from([0, 1, 3, 4, 8]),
    sm_default_msg_id=st.integers(0, 254),
    short_message=st.binary(min_size=1, max_size=254),
)


@given(COMMON)
def test_smpp_pdu3_reads_what_we_write_and_writes_the_same_octets(ours: pdus.SubmitSm) -> None:
    octets = smpp.encode(ours)
    theirs = PDUEncoder().decode(BytesIO(octets))
    assert theirs.seqNum == ours.sequence
    assert theirs.params["source_addr"] == ours.source.octets
    assert theirs.params["short_message"] == ours.short_message
    assert PDUEncoder().encode(theirs) == octets


@given(COMMON)
def test_smpplib_reads_what_we_write(ours: pdus.SubmitSm) -> None:
    client = SimpleNamespace(next_sequence=lambda: 1)
    theirs = parse_pdu(smpp.encode(ours), client=client, allow_unknown_opt_params=True)
    assert theirs.sequence == ours.sequence
    assert (theirs.source_addr_ton, theirs.source_addr) == (
        ours.source.ton,
        ours.source.octets,
    )
    assert (theirs.esm_class, theirs.data_coding) == (ours.esm_class, ours.data_coding)
    assert theirs.short_message == ours.short_message


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (b"260101190405032-", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (b"260102040405004+", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_smpp_pdu3_takes_a_time_for_the_same_moment(written: bytes, moment: datetime) -> None:
    submit = pdus.SubmitSm(1, schedule_delivery_time=written)
    theirs = PDUEncoder().decode(BytesIO(smpp.encode(submit)))
    ours = times.parse(written, moment, status=smpp.CommandStatus.RINVSCHED, field="time")
    assert theirs.params["schedule_delivery_time"] == ours == moment
