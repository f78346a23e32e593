"""Acknowledgements and commands."""

from datetime import UTC, datetime

import pytest

from gsmd import pdu

AT = pdu.Timestamp.of(datetime(2026, 1, 1, tzinfo=UTC))
TEXT = pdu.UserData.build(b"hi", pdu.Alphabet.GSM7)
PARTED = pdu.UserData.build(
    b"hi", pdu.Alphabet.GSM7, pdu.UserDataHeader.of(pdu.InformationElement(0, b"\x01\x01\x01"))
)
DATA = pdu.DataCodingScheme.of(4)


@pytest.mark.parametrize(
    ("report", "octets"),
    [
        (pdu.DeliverReport(), "00 00"),
        (pdu.DeliverReport(failure_cause=0xD3), "00 D3 00"),
        (pdu.DeliverReport(protocol_id=0x7F, dcs=DATA), "00 03 7F 04"),
        (pdu.DeliverReport(user_data=TEXT), "00 04 02E834"),
        (pdu.DeliverReport(failure_cause=0xFF, user_data=PARTED), "40 FF 04 09050003010101D069"),
    ],
)
def test_a_deliver_report_comes_back(report: pdu.DeliverReport, octets: str) -> None:
    assert report.encode() == bytes.fromhex(octets)
    assert pdu.decode(bytes.fromhex(octets), outgoing=True) == report


@pytest.mark.parametrize(
    ("report", "octets"),
    [
        (pdu.SubmitReport(service_centre_timestamp=AT), "01 00 62101000000000"),
        (
            pdu.SubmitReport(service_centre_timestamp=AT, failure_cause=0xC5, protocol_id=0),
            "01 C5 01 62101000000000 00",
        ),
        (
            pdu.SubmitReport(service_centre_timestamp=AT, user_data=PARTED),
            "41 04 62101000000000 09050003010101D069",
        ),
    ],
)
def test_a_submit_report_comes_back(report: pdu.SubmitReport, octets: str) -> None:
    assert report.encode() == bytes.fromhex(octets)
    assert pdu.SubmitReport.decode(bytes.fromhex(octets)) == report


@pytest.mark.parametrize("octets", ["", "01", "01 C5", "01 00 6210", "01 01 62101000000000"])
def test_a_submit_report_that_is_cut_short_is_an_error(octets: str) -> None:
    with pytest.raises(pdu.PduError):
        pdu.SubmitReport.decode(bytes.fromhex(octets))


def test_the_direction_tells_a_report_from_a_message() -> None:
    octets = bytes.fromhex("0000")
    assert isinstance(pdu.decode(octets, outgoing=True), pdu.DeliverReport)
    with pytest.raises(pdu.PduError, match="originator"):
        pdu.decode(octets)


def test_a_submit_is_one_in_either_direction() -> None:
    octets = pdu.compose("hi", "123")[0].encode()
    assert pdu.decode(octets) == pdu.decode(octets, outgoing=True)


def test_a_reserved_type_goes_out_never() -> None:
    with pytest.raises(pdu.PduError, match="reserved") as caught:
        pdu.decode(b"\x03\x00", outgoing=True)
    assert (caught.value.field, caught.value.offset) == ("first_octet", 0)


def test_a_command_has_up_to_255_octets_of_data() -> None:
    number = pdu.Address.parse("123")
    longest = pdu.Command(command=0, message_number=1, destination=number, data=bytes(255))
    assert pdu.decode(longest.encode(), outgoing=True) == longest
    with pytest.raises(pdu.PduError, match=r"^data: "):
        pdu.Command(command=0, message_number=1, destination=number, data=bytes(256)).encode()


@pytest.mark.parametrize(
    "octets", ["02", "0205", "020500", "02050002", "0205000217", "0205000217028121"]
)
def test_a_command_that_is_cut_short_is_an_error(octets: str) -> None:
    with pytest.raises(pdu.PduError):
        pdu.decode(bytes.fromhex(octets), outgoing=True)
