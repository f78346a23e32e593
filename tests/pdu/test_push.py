"""WAP push and MMS notifications, written by hand after the WAP and MMS specifications."""

from datetime import UTC, datetime, timedelta

import pytest

from gsmd.pdu import (
    Alphabet,
    ContentKind,
    MmsNotification,
    PduError,
    Ports,
    WapPush,
    compose_deliver,
    decode_notification,
    decode_push,
    kind_of,
    wsp,
)
from gsmd.pdu.reader import Reader

MMS = b"application/vnd.wap.mms-message\0"
HEAD = b"\x8c\x82\x98T1\0\x8d\x90"  # notification, transaction T1, version 1.0
LOCATION = b"\x83http://mms.example/1\0"
FULL = (
    HEAD
    + b"\x89\x18\x80+33600000000/TYPE=PLMN\0"
    + b"\x96Hello\0"
    + b"\x8a\x80"
    + b"\x8e\x02\x2b\x91"
    + b"\x88\x05\x81\x03\x01\x51\x80"
    + LOCATION
)


def push(headers: bytes, body: bytes = b"", kind: int = 6) -> bytes:
    return bytes((1, kind, len(headers))) + headers + body


def test_a_notification_says_where_the_message_lies() -> None:
    assert decode_notification(FULL) == MmsNotification(
        transaction_id="T1",
        location="http://mms.example/1",
        originator="+33600000000",
        subject="Hello",
        message_class="personal",
        size=0x2B91,
        expires=timedelta(days=1),
    )


def test_a_notification_is_read_through_its_push() -> None:
    datagram = push(MMS + b"\xaf\x84", FULL)
    (deliver,) = compose_deliver(
        data=datagram[:133],
        originator="+33600000000",
        timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        ports=Ports(2948, 9200),
    )
    assert deliver.user_data.alphabet is Alphabet.DATA
    content = kind_of(deliver)
    assert content.kind is ContentKind.NOTICE
    assert isinstance(content.detail, MmsNotification)
    assert content.detail.transaction_id == "T1"


@pytest.mark.parametrize(
    ("octets", "name", "value"),
    [
        (b"\x8a\x83", "message_class", "auto"),
        (b"\x8aspecial\0", "message_class", "special"),
        (b"\x8a\x99", "message_class", "unknown/25"),
        (b"\x8a\x00", "message_class", None),
        (b"\x89\x01\x81", "originator", None),
        (b"\x89\x05\x80a@b\0", "originator", "a@b"),
        (b"\x89\x07\x80\x05\xeaabc\0", "originator", "abc"),
        (b"\x89\x03\x80\x1fx", "originator", None),
        (b"\x89\x00", "originator", None),
        (b"\x96\x05\xea\xc3\xa9!\0", "subject", "é!"),
        (b"\x96\x03\xea\x7f\0", "subject", ""),
        (b"\x96\x00", "subject", None),
        (b"\x96\x84", "subject", None),
        (b"\x96\x7f\xe9t\xe9\0", "subject", "été"),
        (b"\x8e\x81", "size", 1),
        (b"\x8e\x00", "size", None),
        (b"\x8e\x09123456789", "size", None),
        (b"\x88\x06\x80\x04\x69\x55\xb9\x00", "expires", datetime(2026, 1, 1, 0, 0, tzinfo=UTC)),
        (b"\x88\x03\x81\x81\x00", "expires", timedelta(seconds=1)),
        (b"\x88\x02\x82\x81", "expires", None),
        (b"\x88\x00", "expires", None),
        (b"\x88\x01\x80", "expires", None),
        (b"\x88\x02\x80\x1f", "expires", None),
        (b"\x88\x81", "expires", None),
        (b"\x88\x0a\x80\x08\xff\xff\xff\xff\xff\xff\xff\xff", "expires", None),
        (b"\x88\x0a\x81\x08\xff\xff\xff\xff\xff\xff\xff\xff", "expires", None),
        (b"X-Other\0value\0", "subject", None),
    ],
)
def test_a_header_is_read_in_every_form_it_may_have(
    octets: bytes, name: str, value: object
) -> None:
    notification = decode_notification(HEAD + octets + LOCATION)
    assert notification is not None
    assert getattr(notification, name) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x8c\x84\x98T1\0" + LOCATION,  # another MMS message
        HEAD,  # no location
        b"\x8c\x82" + LOCATION,  # no transaction
        b"\x8c\x82\x98\x81" + LOCATION,  # a transaction that is no text
    ],
)
def test_another_message_is_no_notification(body: bytes) -> None:
    assert decode_notification(body) is None


@pytest.mark.parametrize("body", [HEAD + b"\x83http", HEAD + b"\x8e\x1f", HEAD + b"\x8e\x05\x01"])
def test_headers_that_are_cut_short_are_an_error(body: bytes) -> None:
    with pytest.raises(PduError) as caught:
        decode_notification(body)
    assert caught.value.field == "mms.headers"


@pytest.mark.parametrize("body", [HEAD + b"\x83http", b""])
def test_a_notification_that_cannot_be_read_is_still_a_push(body: bytes) -> None:
    (deliver,) = compose_deliver(
        data=push(MMS, body),
        originator="+33600000000",
        timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        ports=Ports(2948, 9200),
    )
    detail = kind_of(deliver).detail
    assert isinstance(detail, WapPush)
    assert detail.body == body


@pytest.mark.parametrize(
    ("headers", "content_type", "application"),
    [
        (b"\xae", "application/vnd.wap.sic", None),
        (b"\xae\xaf\x82", "application/vnd.wap.sic", "wml.ua"),
        (b"\xae\xaf\xff", "application/vnd.wap.sic", "unknown/127"),
        (b"\xae\xafx-app:1\0", "application/vnd.wap.sic", "x-app:1"),
        (b"\xae\xaf\x00", "application/vnd.wap.sic", None),
        (b"\xae\xb4\x84\xaf\x84", "application/vnd.wap.sic", "mms.ua"),
        (b"\x03\xae\x81\xea", "application/vnd.wap.sic", None),
        (b"\x1f\x03\xae\x81\xea", "application/vnd.wap.sic", None),
        (b"\x07text/x\0", "text/x", None),
        (b"\x02\x01\x36", "application/vnd.wap.connectivity-wbxml", None),
        (b"\x03\x02\x03\x10", "unknown/784", None),
        (b"\xff", "unknown/127", None),
        (b"\x00", "unknown", None),
        (b"\x01\x1f", "unknown", None),
    ],
)
def test_a_push_says_what_it_is_and_for_whom(
    headers: bytes, content_type: str, application: str | None
) -> None:
    pushed = decode_push(push(headers, b"body"))
    assert pushed == WapPush(1, content_type, application, b"body")


def test_a_confirmed_push_is_one_too() -> None:
    assert decode_push(push(b"\xae", kind=7)).content_type == "application/vnd.wap.sic"


@pytest.mark.parametrize(
    ("octets", "field", "offset"),
    [
        (b"", "push.transaction", 0),
        (b"\x01", "push.type", 1),
        (b"\x01\x05\x00", "push.type", 1),
        (b"\x01\x06", "push.headers.length", 2),
        (b"\x01\x06\x05\xae", "push.headers", 3),
        (b"\x01\x06\x00", "push.content_type", 3),
        (b"\x01\x06\x01a\0", "push.content_type", 3),
        (b"\x01\x06\x02\xae\xaf\0", "push.headers", 5),
        (b"\x01\x06\x81\x81\x81\x81\x81\x01", "push.headers.length", 2),
    ],
)
def test_what_is_no_push_names_the_field_and_the_octet(
    octets: bytes, field: str, offset: int
) -> None:
    with pytest.raises(PduError) as caught:
        decode_push(octets)
    assert (caught.value.field, caught.value.offset) == (field, offset)


def test_a_number_takes_seven_bits_of_each_octet() -> None:
    assert wsp.read_uintvar(Reader(b"\x81\x00"), "length") == 128
    assert wsp.read_uintvar(Reader(b"\x8f\xff\xff\xff\x7f"), "length") == 0xFFFFFFFF
