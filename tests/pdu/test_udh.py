"""Information elements and what they come to."""

from typing import Literal

import pytest

from gsmd.pdu import (
    Address,
    Concatenation,
    ElementType,
    Hyperlink,
    Indication,
    InformationElement,
    PduError,
    Ports,
    TypeOfNumber,
    UserDataHeader,
    WaitingKind,
)
from gsmd.pdu.elements import concatenation_element, ports_element


def header(*elements: str) -> UserDataHeader:
    """Elements as hex: identifier, data."""
    octets = [bytes.fromhex(element) for element in elements]
    return UserDataHeader.of(*(InformationElement(item[0], item[1:]) for item in octets))


def test_a_header_is_its_length_and_its_elements() -> None:
    assert header("00 2A0201", "24 01").octets.hex() == "0800032a0201240101"
    assert header("00 2A0201").septets == 7


def test_no_elements_are_no_header() -> None:
    assert not UserDataHeader.of()
    assert UserDataHeader.of().octets == b""
    assert UserDataHeader.of().septets == 0


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        (0x00, "concatenation-8"),
        (0x0A, "text-formatting"),
        (0x18, "standard-wvg-object"),
        (0x20, "email-header"),
        (0x21, "hyperlink"),
        (0x23, "enhanced-voice-mail"),
        (0x25, "national-locking-shift"),
        (0x02, "reserved"),
        (0x26, "reserved"),
        (0x70, "sim-toolkit-security"),
        (0x7F, "sim-toolkit-security"),
        (0x80, "sme-to-sme"),
        (0x9F, "sme-to-sme"),
        (0xA0, "reserved"),
        (0xC0, "service-centre-specific"),
        (0xFF, "reserved"),
    ],
)
def test_every_element_has_a_name(identifier: int, name: str) -> None:
    assert InformationElement(identifier, b"").name == name


@pytest.mark.parametrize(
    ("octets", "indication"),
    [
        ("01 8005", Indication(WaitingKind.VOICEMAIL, active=True, discard=False, count=5)),
        ("01 0000", Indication(WaitingKind.VOICEMAIL, active=False, discard=True, count=0)),
        ("01 81FF", Indication(WaitingKind.FAX, active=True, discard=False, count=255)),
        ("01 0201", Indication(WaitingKind.EMAIL, active=True, discard=True, count=1)),
        ("01 0301", Indication(WaitingKind.OTHER, active=True, discard=True, count=1)),
        ("01 0701", Indication(WaitingKind.VIDEO, active=True, discard=True, count=1)),
        ("01 1F01", Indication(WaitingKind.OTHER, active=True, discard=True, count=1)),
        ("01 E001", Indication(WaitingKind.VOICEMAIL, active=True, discard=False, count=1)),
    ],
)
def test_a_special_message_indication_says_what_waits(octets: str, indication: Indication) -> None:
    assert header(octets).indications == (indication,)


def test_each_kind_is_indicated_once_and_the_last_word_counts() -> None:
    indications = header("01 8001", "01 8102", "01 8000").indications
    assert [(item.kind, item.count) for item in indications] == [
        (WaitingKind.VOICEMAIL, 0),
        (WaitingKind.FAX, 2),
    ]


def test_half_an_indication_is_none() -> None:
    assert header("01 80").indications == ()


def test_a_reply_address_is_read() -> None:
    expected = Address("33600000000", TypeOfNumber.INTERNATIONAL)
    assert header("22 0B913306000000F0").reply_address == expected
    assert header("22 0281F1", "22 0281 21").reply_address == Address("12")
    assert header("22 0B9133").reply_address is None
    assert header("00 010101").reply_address is None


def test_a_hyperlink_is_read() -> None:
    assert header("21 00050A14").hyperlink == Hyperlink(5, 10, 20)
    assert header("21 0005").hyperlink is None
    assert header().hyperlink is None


def test_an_element_can_be_as_long_as_a_header_and_no_longer() -> None:
    assert len(UserDataHeader.of(InformationElement(0x80, bytes(137))).octets) == 140
    with pytest.raises(PduError, match=r"^user_data.header: .* do not fit"):
        UserDataHeader.of(InformationElement(0x80, bytes(138)))
    with pytest.raises(PduError, match=r"^user_data.header.sme-to-sme: more than 255"):
        UserDataHeader.of(InformationElement(0x80, bytes(256)))


@pytest.mark.parametrize(("reference", "width"), [(-1, 8), (256, 8), (-1, 16), (65536, 16)])
def test_a_reference_that_does_not_fit_is_refused(reference: int, width: Literal[8, 16]) -> None:
    with pytest.raises(PduError, match=f"^reference: {reference} does not fit {width} bits"):
        concatenation_element(Concatenation(reference, 2, 1, width))


@pytest.mark.parametrize(
    "ports", [Ports(65536, 0), Ports(0, -1), Ports(256, 0, 8), Ports(0, 256, 8)]
)
def test_a_port_that_does_not_fit_is_refused(ports: Ports) -> None:
    with pytest.raises(PduError, match=r"^ports: "):
        ports_element(ports)


@pytest.mark.parametrize("ports", [Ports(0, 65535), Ports(2948, 9200), Ports(255, 0, 8)])
def test_ports_come_back(ports: Ports) -> None:
    assert UserDataHeader.of(ports_element(ports)).ports == ports


def test_the_last_ports_count_whatever_their_width() -> None:
    assert header("05 0B8423F0", "04 F0F1").ports == Ports(240, 241, 8)
    assert header("04 F0F1", "05 0B8423F0").ports == Ports(2948, 9200, 16)


def test_element_types_have_the_numbers_of_the_specification() -> None:
    assert (ElementType.CONCATENATION_16, ElementType.NATIONAL_SINGLE_SHIFT) == (0x08, 0x24)
