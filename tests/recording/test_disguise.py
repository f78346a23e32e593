"""A recording that tells nothing of anybody."""

import re
from datetime import datetime

import pytest

from gsmd import pdu
from gsmd.recording import Disguise, Entry, Way

KEY = b"drawn for one recording"
STAMP = datetime.fromisoformat("2026-01-01T12:00:00+01:00")
CENTRE = pdu.Address.parse("+33609001390")


def disguised(*lines: str, way: Way = Way.FROM_MODEM, key: bytes = KEY) -> list[str]:
    """The lines as they come out, each with its line end."""
    entries = [
        Entry(float(at), way, f"{line}\r\n".encode("latin-1")) for at, line in enumerate(lines)
    ]
    found = list(Disguise(key).entries(entries))
    assert [entry.at for entry in found] == [entry.at for entry in entries]
    assert [len(entry.octets) for entry in found] == [len(entry.octets) for entry in entries]
    return [entry.octets.decode("latin-1").removesuffix("\r\n") for entry in found]


def frame(text: str | None = "Meet me at 8", sender: str = "+33612345678", **more: object) -> str:
    (part,) = pdu.compose_deliver(text, sender, STAMP, **more)  # type: ignore[arg-type] # handed on
    return pdu.Frame(CENTRE, part.encode()).hex()


def deliver(line: str) -> pdu.Deliver:
    tpdu = pdu.decode(pdu.Frame.from_hex(line).tpdu)
    assert isinstance(tpdu, pdu.Deliver)
    return tpdu


@pytest.mark.parametrize(
    "line",
    [
        "OK",
        "+CMS ERROR: 500",
        "+CSQ: 23,99",
        '+COPS: 0,0,"T-Mobile",7',
        '+CPMS: "SM",3,30,"SM",3,30,"SM",3,30',
        "Revision: 22.200.09.00.00",
        '+CMTI: "SM",3',
        "^RSSI: 18",
        "AT+CLAC",
        '+CCLK: "26/01/01,12:00:00+04"',
    ],
)
def test_what_a_modem_says_of_itself_stays(line: str) -> None:
    assert disguised(line) == [line]


def test_numbers_and_identities_are_others_with_the_same_head() -> None:
    imei, imsi, iccid, own = disguised(
        "490154203237518",
        "208011234567890",
        "+CCID: 8933010000000000012",
        '+CNUM: "","+33612345678",145',
    )
    assert imei[:6] == "490154"
    assert imei != "490154203237518"
    assert imsi[:6] == "208011"
    assert iccid.startswith("+CCID: 8933010000")
    assert own.startswith('+CNUM: "","+3361')
    assert "12345678" not in own


def test_one_subscriber_stays_one_in_every_spelling_and_place() -> None:
    plain, national, clip, message = disguised(
        "+33612345678", "0612345678", '+CLIP: "+33612345678",145,,,"Alice"', frame()
    )
    assert plain[4:] == national[2:]
    assert plain in clip
    assert str(deliver(message).originator) == plain
    assert "Alice" not in clip


def test_a_number_in_ucs2_is_that_of_the_same_other() -> None:
    (plain,) = disguised("+33612345678")
    for line in ('+CLIP: "{}",145', '+CMGL: 1,"REC READ","{}"', "+CPBR: {}", '+CUSD: 0,"{}",72'):
        given = line.format("+33612345678".encode("utf-16-be").hex().upper())
        (other,) = disguised(given)
        assert other == line.format(plain.encode("utf-16-be").hex().upper())


def test_another_recording_has_other_numbers() -> None:
    assert disguised("+33612345678") != disguised("+33612345678", key=b"another")


@pytest.mark.parametrize(
    "text", ["Meet me at 8", "Привет, Анна! 5", "über Straße {€}", "你好 Anna", "👍 ok Bob"]
)
def test_a_message_keeps_its_shape_and_not_its_words(text: str) -> None:
    before, after = deliver(frame(text)), deliver(disguised(frame(text))[0])
    assert after.user_data.text is not None
    assert len(after.user_data.text) == len(text)
    assert after.user_data.text != text
    kept = re.sub(r"[\w\d]", "", text)
    assert re.sub(r"[\w\d]", "", after.user_data.text) == kept
    assert (after.dcs, after.user_data.length) == (before.dcs, before.user_data.length)
    assert after.service_centre_timestamp == before.service_centre_timestamp


def test_the_parts_of_a_long_message_still_belong_together() -> None:
    parts = pdu.compose_deliver("Un long message. " * 20, "+33612345678", STAMP, reference=9)
    lines = disguised(*(pdu.Frame(CENTRE, part.encode()).hex() for part in parts))
    assert [deliver(line).user_data.concatenation for line in lines] == [
        part.user_data.concatenation for part in parts
    ]


def test_names_and_data_are_others_too() -> None:
    (name,) = disguised(frame(sender="MyBank"))
    assert deliver(name).originator.is_name
    assert str(deliver(name).originator) != "MyBank"
    (data,) = disguised(frame(None, data=b"\x01secret\xff"))
    assert deliver(data).user_data.data is not None
    assert b"secret" not in (deliver(data).user_data.data or b"")


def test_what_is_wrong_with_a_pdu_stays_wrong_with_it() -> None:
    cut = frame("the number is 4711")[:-8]
    (other,) = disguised(cut)
    arrival = pdu.read_arrival(other)
    assert arrival.damage is not None
    assert arrival.damage.field == "user_data.length"
    assert isinstance(arrival.tpdu, pdu.Deliver)
    assert arrival.tpdu.user_data.text is not None
    assert len(arrival.tpdu.user_data.text) == len("the number is")
    assert "number" not in arrival.tpdu.user_data.text


def test_what_is_sent_and_reported_is_disguised_the_same_way() -> None:
    (submit,) = pdu.compose("Answer me", "+33612345678")
    (line,) = disguised(f"{pdu.Frame(None, submit.encode()).hex()}", way=Way.TO_MODEM)
    sent = pdu.decode(pdu.Frame.from_hex(line).tpdu)
    assert isinstance(sent, pdu.Submit)
    (number,) = disguised("+33612345678")
    assert str(sent.destination) == number
    assert sent.user_data is not None
    assert sent.user_data.text != "Answer me"


def test_a_ussd_text_is_another_over_several_lines_and_in_hex() -> None:
    one, two, after = disguised('+CUSD: 0,"Hello Anna', 'your balance is 5.00",15', "+CSQ: 5,99")
    assert "Anna" not in one
    assert "balance" not in two
    assert after == "+CSQ: 5,99"
    (wide,) = disguised(f'+CUSD: 0,"{"Привет 5".encode("utf-16-be").hex().upper()}",72')
    text = bytes.fromhex(wide.split('"')[1]).decode("utf-16-be")
    assert text != "Привет 5"
    assert re.fullmatch(r"[Ѐ-ӿ]{6} \d", text)


def test_text_mode_messages_are_others_to_the_modem_and_from_it() -> None:
    head, text = disguised('+CMT: "+33612345678","Alice","26/01/01,12:00:00+04"', "Meet me at 8")
    assert "Alice" not in head
    assert "26/01/01,12:00:00+04" in head
    assert text != "Meet me at 8"
    entries = [Entry(0.0, Way.TO_MODEM, b"Meet me at 8\x1a")]
    assert next(Disguise(KEY).entries(entries)).octets != b"Meet me at 8\x1a"


def test_nothing_stays_of_a_pin_and_where_the_modem_is() -> None:
    assert disguised('AT+CPIN="1234"', way=Way.TO_MODEM) == ['AT+CPIN="****"']
    assert disguised('AT+CLCK="SC",0,"1234"', way=Way.TO_MODEM) == ['AT+CLCK="SC",*,"****"']
    (cell,) = disguised('+CREG: 2,1,"00C3","01A2B3C4",7')
    assert "01A2B3C4" not in cell
    assert re.fullmatch(r'\+CREG: 2,1,"[0-9A-F]{4}","[0-9A-F]{8}",7', cell)


def test_a_line_that_came_in_pieces_is_disguised_as_a_whole() -> None:
    line = f"+CMT: ,23\r\n{frame()}\r\n".encode()
    whole = [Entry(0.0, Way.FROM_MODEM, line)]
    pieces = [Entry(at / 10, Way.FROM_MODEM, line[at : at + 7]) for at in range(0, len(line), 7)]
    found = list(Disguise(KEY).entries(pieces))
    assert b"".join(entry.octets for entry in found) == next(Disguise(KEY).entries(whole)).octets
    assert [len(entry.octets) for entry in found] == [len(entry.octets) for entry in pieces]


def test_remarks_are_about_the_port_and_stay() -> None:
    entries = [Entry(0.0, Way.REMARK, b"/dev/ttyUSB2 is open")]
    assert list(Disguise(KEY).entries(entries)) == entries
