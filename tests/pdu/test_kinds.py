"""What a message is for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gsmd import pdu
from gsmd.pdu import ContentKind, WaitingKind, kind_of

AT = datetime(2026, 1, 1, tzinfo=UTC)
FROM = "+33600000000"


def deliver(octets: str) -> pdu.Deliver:
    value = pdu.decode(bytes.fromhex(octets))
    assert isinstance(value, pdu.Deliver)
    return value


def coded(dcs: str, user_data: str, first: str = "04") -> pdu.Deliver:
    return deliver(f"{first} 0B913306000000F0 00 {dcs} 62101000000000 {user_data}")


def text(content: str = "hi", **options: Any) -> pdu.Deliver:
    return pdu.compose_deliver(content, FROM, AT, **options)[0]


def to_port(port: int, data: bytes) -> pdu.Deliver:
    return pdu.compose_deliver(data=data, originator=FROM, timestamp=AT, ports=pdu.Ports(port, 0))[
        0
    ]


def test_a_text_is_a_text_and_data_is_data() -> None:
    assert kind_of(text()) == pdu.Content(ContentKind.TEXT)
    assert kind_of(to_port(5000, b"x")) == pdu.Content(ContentKind.DATA)
    assert kind_of(coded("04", "01 07")) == pdu.Content(ContentKind.DATA)


def test_a_replacing_text_says_which_type_it_replaces() -> None:
    assert [kind_of(text(protocol_id=0x40 + number)).replaces for number in range(1, 8)] == [
        *range(1, 8)
    ]
    assert kind_of(text(protocol_id=0x48)).replaces is None


@pytest.mark.parametrize(
    ("protocol_id", "detail"),
    [
        (0x40, pdu.TypeZero()),
        (0x7D, pdu.DeviceDownload()),
        (0x7E, pdu.DeviceDownload()),
        (0x7F, pdu.SimDownload()),
    ],
)
def test_what_is_not_for_people_is_a_notice(protocol_id: int, detail: pdu.Detail) -> None:
    assert kind_of(text(protocol_id=protocol_id)) == pdu.Content(ContentKind.NOTICE, detail)


def test_a_return_call_is_a_notice_unless_it_says_something() -> None:
    assert kind_of(text("", protocol_id=0x5F)).kind is ContentKind.NOTICE
    assert kind_of(text("call me", protocol_id=0x5F)) == pdu.Content(
        ContentKind.TEXT, pdu.ReturnCall()
    )


def test_a_waiting_indication_to_be_dropped_is_a_notice() -> None:
    content = kind_of(coded("C8", "02 E834"))
    waiting = pdu.Indication(WaitingKind.VOICEMAIL, active=True, discard=True)
    assert content == pdu.Content(ContentKind.NOTICE, pdu.MessagesWaiting((waiting,)))


def test_a_waiting_indication_to_be_kept_is_a_text_if_there_is_one() -> None:
    assert kind_of(coded("D8", "02 E834")).kind is ContentKind.TEXT
    assert kind_of(coded("D8", "01 20")).kind is ContentKind.NOTICE
    assert kind_of(coded("D8", "00")).kind is ContentKind.NOTICE


def test_the_header_tells_more_than_the_coding_scheme() -> None:
    content = kind_of(coded("C0", "0B 08 01028005 01028103 00", first="44"))
    assert isinstance(content.detail, pdu.MessagesWaiting)
    assert [(item.kind, item.count) for item in content.detail.indications] == [
        (WaitingKind.VOICEMAIL, 5),
        (WaitingKind.FAX, 3),
    ]


@pytest.mark.parametrize(("octets", "active"), [("1100", True), ("1000", False)])
def test_the_name_that_older_networks_use_for_voicemail_is_known(octets: str, active: bool) -> None:
    content = kind_of(deliver(f"04 04D0{octets} 00 00 62101000000000 01 20"))
    waiting = pdu.Indication(WaitingKind.VOICEMAIL, active=active, discard=True)
    assert content == pdu.Content(ContentKind.NOTICE, pdu.MessagesWaiting((waiting,)))


def test_a_name_that_looks_much_like_it_is_a_name() -> None:
    assert kind_of(deliver("04 04D01101 00 00 62101000000000 01 20")).kind is ContentKind.TEXT


@pytest.mark.parametrize(
    ("port", "form"),
    [(9204, "vcard"), (9205, "vcalendar"), (9206, "vcard"), (9207, "vcalendar")],
)
@pytest.mark.parametrize("coding", ["utf-8", "latin-1"])
def test_a_card_is_known_by_its_port(port: int, form: str, coding: str) -> None:
    card = "BEGIN:VCARD\r\nN:Élise\r\nEND:VCARD"
    content = kind_of(to_port(port, card.encode(coding)))
    assert content.kind is ContentKind.DATA
    assert isinstance(content.detail, pdu.Card)
    assert (content.detail.format, content.detail.text) == (form, card)


def test_a_card_may_come_as_text() -> None:
    (card,) = pdu.compose_deliver("BEGIN:VCARD", FROM, AT, ports=pdu.Ports(226, 0, 8))
    assert kind_of(card) == pdu.Content(ContentKind.TEXT, pdu.Card("vcard", "BEGIN:VCARD"))


def test_the_whole_content_counts_where_there_are_parts() -> None:
    parts = pdu.compose_deliver(
        data=b"\x01\x06\x01\x83" + bytes(300),
        originator=FROM,
        timestamp=AT,
        ports=pdu.Ports(2948, 0),
    )
    content = kind_of(parts[0], pdu.join([part.user_data for part in parts]))
    assert isinstance(content.detail, pdu.WapPush)
    assert (content.kind, content.detail.content_type) == (ContentKind.NOTICE, "text/plain")
    assert len(content.detail.body) == 300


def test_a_push_that_cannot_be_read_is_data() -> None:
    assert kind_of(to_port(2948, b"\x01")) == pdu.Content(ContentKind.DATA)
    assert kind_of(to_port(2948, b"\x01\x02\x00")) == pdu.Content(ContentKind.DATA)


def test_a_text_to_the_port_of_pushes_is_a_text() -> None:
    (message,) = pdu.compose_deliver("hi", FROM, AT, ports=pdu.Ports(2948, 0))
    assert kind_of(message) == pdu.Content(ContentKind.TEXT)
