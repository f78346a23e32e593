"""A content becomes the TPDUs that carry it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from gsmd import pdu
from gsmd.pdu import Alphabet, PduError, compose, compose_deliver, preview

TO = "+33600000000"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))
WHAT: dict[str, Any] = {"text": "hi", "originator": TO, "timestamp": AT}


def test_a_short_text_is_one_submit_of_the_known_octets() -> None:
    (submit,) = compose("hi", TO)
    assert submit.encode().hex() == "01000b913306000000f0000002e834"


def test_an_address_is_taken_as_it_is() -> None:
    address = pdu.Address("600000000", pdu.TypeOfNumber.NATIONAL)
    assert compose("hi", address)[0].destination == address


def test_every_option_reaches_the_tpdu() -> None:
    (submit,) = compose(
        "hi",
        TO,
        validity=timedelta(hours=24),
        status_report_request=True,
        message_class=0,
        ports=pdu.Ports(2948, 9200),
        protocol_id=0x41,
        reply_path=True,
        reject_duplicates=True,
    )
    assert submit.encode().hex() == "f5000b913306000000f04110a70a0605040b8423f0e834"
    assert pdu.decode(submit.encode()) == submit


def test_the_parts_of_a_text_are_numbered_and_share_a_reference() -> None:
    submits = compose("a" * 400, TO, reference=0x1234, width=16)
    assert [submit.user_data.concatenation for submit in submits] == [
        pdu.Concatenation(0x1234, 3, sequence, 16) for sequence in (1, 2, 3)
    ]
    assert pdu.join([submit.user_data for submit in submits]).text == "a" * 400


def test_data_goes_out_as_it_is() -> None:
    (submit,) = compose(destination=TO, data=b"\x00\xff")
    assert (submit.user_data.data, submit.dcs.octet) == (b"\x00\xff", 0x04)
    flash = compose(destination=TO, data=b"", message_class=1)
    assert (flash[0].user_data.data, flash[0].dcs.octet) == (b"", 0x15)


def test_national_tables_are_announced_in_every_part() -> None:
    submits = compose("ığdır" * 40, TO)
    assert len(submits) == 2
    assert {submit.user_data.national.locking for submit in submits} == {pdu.Language.TURKISH}
    assert all(submit.dcs.octet == 0 for submit in submits)


def test_a_validity_may_be_a_time() -> None:
    (submit,) = compose("hi", TO, validity=AT)
    assert submit.validity is not None
    assert submit.validity.absolute == AT
    assert compose("hi", TO, validity=submit.validity)[0] == submit


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"destination": ""}, "destination"),
        ({"destination": None}, "destination"),
        ({"destination": "Library"}, "destination"),
        ({"destination": pdu.Address("x")}, "destination"),
        ({"destination": "1" * 21}, "destination"),
        ({"text": None}, "text"),
        ({"data": b"x"}, "data"),
        ({"text": "\ud800"}, "text"),
        ({"text": "a" * 40000}, "text"),
        ({"text": "a" * 200, "reference": 256}, "reference"),
        ({"text": "a" * 200, "reference": -1}, "reference"),
        ({"width": 12}, "width"),
        ({"national": "TR"}, "national"),
        ({"message_class": 4}, "message_class"),
        ({"message_class": -1}, "message_class"),
        ({"protocol_id": 256}, "protocol_id"),
        ({"ports": pdu.Ports(70000, 0)}, "ports"),
        ({"validity": timedelta(seconds=-5)}, "validity"),
        ({"validity": datetime(2026, 1, 1)}, "validity"),  # noqa: DTZ001 -- refused
        ({"text": "ж", "alphabet": Alphabet.GSM7}, "text"),
    ],
)
def test_what_cannot_be_sent_is_an_error_that_names_it(
    arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(PduError) as caught:
        compose(**{"text": "hi", "destination": TO} | arguments)
    assert (caught.value.field, caught.value.offset) == (field, None)


def test_a_reference_counts_only_where_there_are_parts() -> None:
    assert compose("hi", TO, reference=7) == compose("hi", TO)


def test_typographic_characters_stay_unless_asked_otherwise() -> None:
    assert compose("“hi” – he", TO)[0].user_data.alphabet is Alphabet.UCS2
    assert compose("“hi” – he", TO, smart=True)[0].user_data.text == '"hi" - he'


def test_typographic_characters_stay_where_replacing_them_saves_nothing() -> None:
    assert compose("“да”", TO, smart=True)[0].user_data.text == "“да”"
    assert compose("plain", TO, smart=True)[0].user_data.text == "plain"


def test_a_network_delivers_from_numbers_and_names() -> None:
    (deliver,) = compose_deliver("hi", "Library", AT, more_messages=True, reply_path=True)
    assert (str(deliver.originator), deliver.user_data.text) == ("Library", "hi")
    assert deliver.service_centre_timestamp.datetime == AT
    assert deliver.more_messages
    assert deliver.reply_path
    assert pdu.decode(deliver.encode()) == deliver


def test_a_delivery_has_whole_seconds() -> None:
    (deliver,) = compose_deliver(data=b"x", originator=TO, timestamp=AT.replace(microsecond=999))
    assert deliver.service_centre_timestamp == pdu.Timestamp.of(AT)
    again = compose_deliver(data=b"x", originator=TO, timestamp=deliver.service_centre_timestamp)
    assert again == [deliver]


def test_the_parts_of_a_delivery_come_together() -> None:
    delivers = compose_deliver("ж" * 100, TO, AT, reference=9, status_report_indication=True)
    assert [deliver.user_data.concatenation for deliver in delivers] == [
        pdu.Concatenation(9, 2, 1),
        pdu.Concatenation(9, 2, 2),
    ]
    assert all(deliver.status_report_indication for deliver in delivers)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"originator": "Twelve Chars"}, "originator"),
        ({"originator": None}, "originator"),
        ({"timestamp": None}, "timestamp"),
        ({"timestamp": datetime(2100, 1, 1, tzinfo=UTC)}, "timestamp"),
        ({"protocol_id": -1}, "protocol_id"),
        ({"message_class": 9}, "message_class"),
    ],
)
def test_what_cannot_be_delivered_is_an_error(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(PduError) as caught:
        compose_deliver(**WHAT | arguments)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("text", "alphabet", "parts", "left"),
    [
        ("", Alphabet.GSM7, 1, 160),
        ("Hello", Alphabet.GSM7, 1, 155),
        ("€", Alphabet.GSM7, 1, 158),
        ("a" * 161, Alphabet.GSM7, 2, 145),
        ("Привет", Alphabet.UCS2, 1, 64),
        ("😀", Alphabet.UCS2, 1, 68),
        ("ığdır" * 20, Alphabet.GSM7, 1, 55),
    ],
)
def test_a_preview_says_what_a_phone_says(
    text: str, alphabet: Alphabet, parts: int, left: int
) -> None:
    seen = preview(text)
    assert (seen.alphabet, seen.parts, seen.characters_left) == (alphabet, parts, left)
    assert seen.replaced == {}


def test_a_preview_counts_what_is_composed() -> None:
    for text in ("a" * 700, "€" * 300, "ж" * 500, "😀" * 80, "ığdır" * 99):
        assert preview(text, width=16).parts == len(compose(text, TO, width=16))
        ports = pdu.Ports(1, 2)
        assert preview(text, ports=ports).parts == len(compose(text, TO, ports=ports))


def test_a_preview_names_what_would_be_replaced() -> None:
    seen = preview("“It’s…”", smart=True)
    assert seen.replaced == {"“": '"', "’": "'", "…": "...", "”": '"'}
    assert seen.alphabet is Alphabet.GSM7
    assert preview("“It’s…”").alphabet is Alphabet.UCS2


def test_simplify_leaves_a_plain_text_alone() -> None:
    assert pdu.simplify("plain") == pdu.Simplified("plain", {})
    assert pdu.simplify("a\u00a0b\u200b").text == "a b"
