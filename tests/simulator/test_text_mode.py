"""Text mode: headers, character sets, parameters (3GPP TS 27.005 §3)."""

import pytest

from gsmd import pdu
from tests.simulator.conftest import PHONE, Bench

TEXT_MODE = "AT+CMGF=1"


def hexadecimal(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


def send(bench: Bench, text: str, number: str = PHONE) -> bytes:
    bench.feed(f'AT+CMGS="{number}"\r')
    return bench.feed(f"{text}\x1a")


def test_a_list_shows_sender_time_and_text(bench: Bench) -> None:
    bench.text("Hello")
    bench.set_up(TEXT_MODE)
    assert bench.ask('AT+CMGL="ALL"') == [
        '+CMGL: 1,"REC UNREAD","+33611111111",,"26/03/04,05:06:07+00"',
        "Hello",
        "OK",
    ]
    assert bench.ask('AT+CMGL="REC UNREAD"') == ["OK"]


def test_more_is_shown_when_asked_for(bench: Bench) -> None:
    bench.text("Hello")
    bench.set_up(TEXT_MODE, "AT+CSDH=1")
    assert bench.ask("AT+CMGR=1")[0] == (
        '+CMGR: "REC UNREAD","+33611111111",,"26/03/04,05:06:07+00",145,4,0,0,"+33609001390",145,5'
    )
    assert bench.ask('AT+CMGL="ALL"')[0].endswith(",145,5")


def test_an_own_message_shows_its_destination(bench: Bench) -> None:
    bench.set_up(TEXT_MODE)
    bench.feed(f'AT+CMGW="{PHONE}"\r')
    assert bench.feed("Draft\x1a") == b"\r\n+CMGW: 1\r\n\r\nOK\r\n"
    assert bench.ask("AT+CMGR=1") == [f'+CMGR: "STO UNSENT","{PHONE}",', "Draft", "OK"]
    bench.set_up("AT+CSDH=1")
    assert bench.ask("AT+CMGR=1")[0] == f'+CMGR: "STO UNSENT","{PHONE}",,145,17,0,0,167,"",145,5'
    assert bench.ask('AT+CMGL="ALL"')[0] == f'+CMGL: 1,"STO UNSENT","{PHONE}",,,145,5'


def test_a_stored_report_shows_what_became_of_a_message(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1,0,2,0")
    bench.send(report=True)
    bench.set_up(TEXT_MODE)
    fields = f'6,1,"{PHONE}",145,"26/03/04,05:06:07+00","26/03/04,05:06:07+00",0'
    assert bench.ask("AT+CMGR=1")[0] == f'+CMGR: "REC UNREAD",{fields}'
    assert bench.ask('AT+CMGL="ALL"')[0] == f'+CMGL: 1,"REC READ",{fields}'


@pytest.mark.parametrize(
    ("character_set", "sent", "received"),
    [
        ("IRA", "Hello", "Hello"),
        ("GSM", "a\x02b", "a$b"),
        ("HEX", "486501", "He£"),
        ("UCS2", hexadecimal("Héllo @"), "Héllo @"),
        ("8859-1", "café", "café"),
    ],
)
def test_a_text_is_sent_in_the_chosen_character_set(
    bench: Bench, character_set: str, sent: str, received: str
) -> None:
    bench.set_up(TEXT_MODE, f'AT+CSCS="{character_set}"')
    number = hexadecimal(PHONE) if character_set == "UCS2" else PHONE
    number = PHONE.encode().hex() if character_set == "HEX" else number
    assert b"+CMGS: 1" in send(bench, sent, number)
    assert bench.phone.received[0].text == received


@pytest.mark.parametrize(
    ("character_set", "shown"),
    [
        ("IRA", "caf\xe9 ?"),
        ("GSM", "caf\x05 \x1be"),
        ("HEX", "63616605201B65"),
        ("UCS2", hexadecimal("café €")),
    ],
)
def test_a_text_is_shown_in_the_chosen_character_set(
    bench: Bench, character_set: str, shown: str
) -> None:
    bench.text("café €")
    bench.set_up(TEXT_MODE, f'AT+CSCS="{character_set}"')
    assert bench.ask("AT+CMGR=1")[1] == shown


def test_what_is_no_gsm_text_is_shown_as_hex(bench: Bench) -> None:
    bench.text("你好")
    bench.set_up(TEXT_MODE)
    assert bench.ask("AT+CMGR=1")[1] == hexadecimal("你好")


def test_unicode_and_octets_are_sent_as_hex_when_the_coding_says_so(bench: Bench) -> None:
    bench.set_up(TEXT_MODE, "AT+CSMP=17,167,0,8", 'AT+CSCS="HEX"')
    send(bench, hexadecimal("你好"), PHONE.encode().hex())
    bench.set_up("AT+CSMP=17,167,0,4")
    send(bench, "00FF", PHONE.encode().hex())
    assert [message.text for message in bench.phone.received] == ["你好", None]
    assert bench.phone.received[1].data == b"\x00\xff"


def test_unicode_is_sent_from_plain_text_too(bench: Bench) -> None:
    bench.set_up(TEXT_MODE, "AT+CSMP=17,167,0,8")
    send(bench, "caf\xe9")
    assert bench.phone.received[0].text == "café"


def test_a_header_is_sent_as_hex_with_the_octets(bench: Bench) -> None:
    bench.set_up(TEXT_MODE, "AT+CSMP=81,167,0,4")
    send(bench, "0605040B8423F0DEAD")
    (message,) = bench.phone.received
    assert message.data == b"\xde\xad"
    assert message.ports == pdu.Ports(destination=2948, source=9200)


def test_the_parameters_are_shown_and_kept(bench: Bench) -> None:
    assert bench.ask("AT+CSMP?") == ["+CSMP: 17,167,0,0", "OK"]
    bench.set_up("AT+CSMP=49,,64")
    assert bench.ask("AT+CSMP?") == ["+CSMP: 49,167,64,0", "OK"]


@pytest.mark.parametrize("parameters", ["17,167,0,0", "9,167,0,0"])
def test_a_text_that_cannot_be_sent_is_an_error(bench: Bench, parameters: str) -> None:
    bench.set_up(TEXT_MODE, f"AT+CSMP={parameters}")
    assert b"+CMS ERROR: 305" in send(bench, "x" * 161)


def test_a_number_that_is_none_gets_no_prompt(bench: Bench) -> None:
    bench.set_up(TEXT_MODE)
    assert bench.ask('AT+CMGS="+"') == ["+CMS ERROR: 305"]
    assert bench.ask("AT+CMGS=") == ["+CMS ERROR: 305"]


def test_a_number_may_be_bare_and_its_type_given(bench: Bench) -> None:
    bench.set_up(TEXT_MODE)
    bench.feed("AT+CMGS=33611111111,145\r")
    bench.feed("Hi\x1a")
    assert bench.phone.received[0].text == "Hi"


def test_direct_messages_and_reports_come_as_text(bench: Bench) -> None:
    bench.set_up(TEXT_MODE, "AT+CNMI=2,2,0,1,0")
    assert bench.text() == ['+CMT: "+33611111111",,"26/03/04,05:06:07+00"', "Hello"]
    bench.set_up("AT+CSMP=49")
    assert b'+CDS: 6,1,"+33611111111",145,' in send(bench, "Hi")


def test_what_cannot_be_decoded_is_shown_as_it_is(bench: Bench) -> None:
    bench.network.send(bench.sim.number, b"\x04\xff")
    bench.scheduler.advance()
    bench.set_up(TEXT_MODE)
    frame = pdu.Frame(bench.network.service_centre, b"\x04\xff").hex()
    assert bench.ask("AT+CMGR=1")[1] == frame
    assert bench.ask('AT+CMGL="ALL"')[1] == frame


def test_a_state_that_there_is_not_is_refused(bench: Bench) -> None:
    bench.set_up(TEXT_MODE)
    assert bench.ask('AT+CMGL="NEW"') == ["+CMS ERROR: 305"]
    assert bench.ask("AT+CMGL=?")[0].startswith('+CMGL: ("REC UNREAD","REC READ"')


def test_a_command_cannot_be_sent_in_text_mode(bench: Bench) -> None:
    bench.set_up(TEXT_MODE)
    assert bench.ask("AT+CMGC=14") == ["+CMS ERROR: 303"]


def test_pdu_mode_is_the_default(bench: Bench) -> None:
    bench.set_up(TEXT_MODE, "AT+CMGF")
    assert bench.ask("AT+CMGF?") == ["+CMGF: 0", "OK"]


def test_a_draft_needs_no_number_and_has_a_state(bench: Bench) -> None:
    bench.set_up(TEXT_MODE)
    bench.feed("AT+CMGW\r")
    bench.feed("Draft\x1a")
    bench.feed(f'AT+CMGW="{PHONE}",145,"STO SENT"\r')
    bench.feed("Sent\x1a")
    assert bench.ask("AT+CMGR=1")[0] == '+CMGR: "STO UNSENT","",'
    assert bench.ask("AT+CMGR=2")[0] == f'+CMGR: "STO SENT","{PHONE}",'
    assert bench.ask(f'AT+CMGW="{PHONE}",145,"ALL"') == ["+CMS ERROR: 305"]


def test_a_number_that_is_not_in_the_character_set_is_refused(bench: Bench) -> None:
    bench.set_up(TEXT_MODE, 'AT+CSCS="UCS2"')
    assert bench.ask('AT+CMGS="+336"') == ["+CMS ERROR: 305"]
    assert bench.ask('AT+CSCA="zz"') == ["+CMS ERROR: 305"]


def test_what_no_character_of_the_set_can_show_is_a_question_mark(bench: Bench) -> None:
    bench.set_up('AT+CPBW=1,"117",129,"caf\xe9 \xb5"', 'AT+CSCS="GSM"')
    assert bench.ask("AT+CPBR=1")[0] == '+CPBR: 1,"117",129,"caf\x05 ?"'


def test_an_absolute_validity_is_not_known(bench: Bench) -> None:
    bench.set_up(TEXT_MODE, "AT+CSMP=25,167,0,0")
    assert b"+CMS ERROR: 305" in send(bench, "x")


def test_a_text_without_validity_has_none(bench: Bench) -> None:
    bench.set_up(TEXT_MODE, "AT+CSMP=1")
    send(bench, "x")
    submit = pdu.decode(bench.network.submitted[0].tpdu, outgoing=True)
    assert isinstance(submit, pdu.Submit)
    assert submit.validity is None


def test_parameters_are_saved_and_restored_in_name(bench: Bench) -> None:
    bench.set_up("AT+CSAS", "AT+CRES=0")


def test_a_time_that_is_none_is_shown_as_zeros(bench: Bench) -> None:
    bench.network.send(bench.sim.number, bytes.fromhex("0405911133f30000" + "ff" * 7 + "0141"))
    bench.scheduler.advance()
    bench.set_up(TEXT_MODE)
    assert bench.ask("AT+CMGR=1")[0].endswith('"00/00/00,00:00:00+00"')
