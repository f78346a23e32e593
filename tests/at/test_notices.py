"""What nobody asked for is sorted out, wherever it comes."""

import pytest

from gsmd.at import Channel, Reply, Unsolicited

from .streams import (
    CGMI,
    CMGL,
    CPIN,
    CREG,
    OK,
    PDU,
    PLAIN,
    REPORT,
    every_cut,
    notices,
    received,
    replies,
)

CMGL_REPLY = [
    "+CMGL: 1,0,,24",
    PDU,
    "+CMGL: 2,1,,24",
    PDU,
    "OK",
]
NOTICES = [
    '+CMTI: "SM",3',
    "+CREG: 5",
    "RING",
    "^RSSI: 17",
    "^DSFLOWRPT: 0,0,0",
    '+CDSI: "SR",1',
    "+CIEV: 2,3",
]


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("place", range(len(CMGL_REPLY) + 1))
def test_a_notice_between_any_two_lines_of_a_reply_is_sorted_out(notice: str, place: int) -> None:
    lines = [*CMGL_REPLY[:place], notice, *CMGL_REPLY[place:]]
    data = "".join(f"\r\n{line}\r\n" for line in lines).encode()
    events = received([data], CMGL)
    assert received([data[at : at + 1] for at in range(len(data))], CMGL) == events
    assert replies(events) == [Reply(CMGL, tuple(CMGL_REPLY[:-1]), OK)]
    assert notices(events) == [Unsolicited(notice)]


@pytest.mark.parametrize("place", range(len(CMGL_REPLY) + 1))
def test_a_notice_of_two_lines_between_any_two_lines_of_a_reply_is_sorted_out(place: int) -> None:
    lines = [*CMGL_REPLY[:place], "+CDS: 25", REPORT, *CMGL_REPLY[place:]]
    data = "".join(f"\r\n{line}\r\n" for line in lines).encode()
    events = every_cut(data, CMGL)
    assert replies(events) == [Reply(CMGL, tuple(CMGL_REPLY[:-1]), OK)]
    assert notices(events) == [Unsolicited("+CDS: 25", REPORT)]


def test_a_registration_notice_is_not_taken_for_the_answer() -> None:
    events = every_cut(b'\r\n+CREG: 5\r\n\r\n+CREG: 1,"00C3","1A2B"\r\n+CREG: 2,1\r\nOK\r\n', CREG)
    assert replies(events) == [Reply(CREG, ("+CREG: 2,1",), OK)]
    assert len(notices(events)) == 2


def test_what_a_command_expects_is_its_own_even_where_it_also_comes_unasked() -> None:
    assert replies(every_cut(b"\r\n+CPIN: READY\r\n\r\nOK\r\n", CPIN)) == [
        Reply(CPIN, ("+CPIN: READY",), OK)
    ]
    assert every_cut(b"\r\n+CPIN: READY\r\n") == [Unsolicited("+CPIN: READY")]


@pytest.mark.parametrize(
    "header", ['+CMT: "",24', "+CMT: ,24", "+CDS: 25", "+CDS: ,25", "+CBM: 88"]
)
def test_a_notice_of_two_lines_is_told_with_its_pdu(header: str) -> None:
    assert every_cut(f"\r\n{header}\r\n{PDU}\r\n".encode()) == [Unsolicited(header, PDU)]


def test_another_notice_may_come_between_the_two_lines() -> None:
    events = every_cut(f"\r\n+CDS: 25\r\n\r\n^RSSI: 4\r\n\r\n{REPORT}\r\n".encode())
    assert events == [Unsolicited("^RSSI: 4"), Unsolicited("+CDS: 25", REPORT)]


def test_a_notice_whose_pdu_never_comes_is_told_without_it() -> None:
    events = every_cut(f"\r\n+CDS: 25\r\n\r\n+CDS: 25\r\n{REPORT}\r\n".encode())
    assert events == [Unsolicited("+CDS: 25"), Unsolicited("+CDS: 25", REPORT)]


def test_a_message_in_text_mode_is_told_with_its_text() -> None:
    header = '+CMT: "+33612345678",,"26/01/02,03:04:05+04"'
    assert every_cut(f"\r\n{header}\r\nhello\r\n".encode()) == [Unsolicited(header, "hello")]


def test_a_report_in_text_mode_is_one_line() -> None:
    line = '+CDS: 6,5,"+33612345678",145,"26/01/02,03:04:05+04","26/01/02,03:04:06+04",0'
    assert every_cut(f"\r\n{line}\r\n".encode()) == [Unsolicited(line)]


def test_a_ussd_text_with_line_ends_in_it_is_one_notice() -> None:
    data = b'\r\n+CUSD: 1,"1) Balance\r\n> 2) Top up\n0) Back",15\r\n\r\nRING\r\n'
    assert every_cut(data) == [
        Unsolicited('+CUSD: 1,"1) Balance\n> 2) Top up\n0) Back",15'),
        Unsolicited("RING"),
    ]


def test_a_ussd_text_that_is_never_closed_does_not_swallow_the_rest() -> None:
    channel = Channel()
    channel.receive_data(b'+CUSD: 1,"broken\r\n' + b"line\r\n" * 20)
    channel.command(PLAIN)
    assert replies(channel.receive_data(b"OK\r\n"))


@pytest.mark.parametrize(
    "banner", ["RDY", "Call Ready", "SMS Ready", "PB DONE", "^SYSSTART", "+CFUN: 1"]
)
def test_a_banner_in_the_middle_of_a_reply_is_a_notice(banner: str) -> None:
    events = every_cut(f"\r\nACME\r\n{banner}\r\n\r\nOK\r\n".encode(), CGMI)
    assert replies(events) == [Reply(CGMI, ("ACME",), OK)]
    assert notices(events) == [Unsolicited(banner)]
