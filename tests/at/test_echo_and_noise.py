"""Echo, noise and lost line ends change nothing."""

import pytest

from gsmd.at import Channel, Command, Prompt, Reply, Unsolicited

from .streams import CGMI, CMGR, CMGS, CSQ, OK, PDU, every_cut, notices, received, replies, strays


def test_echo_is_taken_out() -> None:
    events = every_cut(b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n", CSQ)
    assert replies(events) == [Reply(CSQ, ("+CSQ: 20,99",), OK)]
    assert not strays(events)


def test_the_channel_knows_that_the_modem_echoes() -> None:
    channel = Channel()
    channel.command(CSQ)
    assert not channel.echoing
    channel.receive_data(b"AT+CSQ\r")
    assert channel.echoing


def test_echo_glued_to_the_reply_is_taken_off() -> None:
    assert replies(every_cut(b"AT+CSQ+CSQ: 20,99\r\nOK\r\n", CSQ)) == [
        Reply(CSQ, ("+CSQ: 20,99",), OK)
    ]


def test_echo_of_two_commands_that_run_together_is_taken_out() -> None:
    channel = Channel()
    channel.command(Command("ATE0"))
    channel.receive_data(b"OK\r\n")
    channel.command(CSQ)
    events = channel.receive_data(b"ATE0+CSQ\r\r\n+CSQ: 20,99\r\nOK\r\n")
    assert replies(events) == [Reply(CSQ, ("+CSQ: 20,99",), OK)]


def test_echo_that_lost_its_first_octets_is_taken_out() -> None:
    assert not strays(every_cut(b"+CSQ\r\r\n+CSQ: 20,99\r\nOK\r\n", CSQ))


def test_echo_of_the_payload_is_taken_out() -> None:
    channel = Channel()
    channel.command(CMGS)
    assert channel.receive_data(b"AT+CMGS=18\r\r\n> ") == [Prompt(CMGS)]
    assert channel.payload(PDU) == PDU.encode() + b"\x1a"
    events = channel.receive_data(PDU.encode() + b"\x1a\r\n\r\n+CMGS: 7\r\n\r\nOK\r\n")
    assert replies(events) == [Reply(CMGS, ("+CMGS: 7",), OK)]
    assert not strays(events)


def test_nul_and_0xff_between_all_octets_change_nothing() -> None:
    clean = b"AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
    noisy = b"".join(bytes((octet,)) + b"\x00\xff" for octet in clean)
    assert received([b"\xff\x00", noisy], CSQ) == received([clean], CSQ)


def test_an_endless_line_is_cut_and_the_next_one_is_read() -> None:
    channel = Channel()
    channel.command(CSQ)
    for _ in range(40):
        channel.receive_data(b"x" * 500)
    assert replies(channel.receive_data(b"\r\n+CSQ: 1,99\r\nOK\r\n"))


def test_octets_beyond_ascii_are_text_like_any_other() -> None:
    (reply,) = replies(every_cut(b"\r\nSoci\xe9t\xe9\r\n\r\nOK\r\n", CGMI))
    assert reply.lines == ("Soci\xe9t\xe9",)


def test_a_notice_glued_to_a_reply_line_is_taken_off() -> None:
    events = every_cut(b'\r\n+CSQ: 20,99+CMTI: "SM",4\r\nOK\r\n', CSQ)
    assert replies(events) == [Reply(CSQ, ("+CSQ: 20,99",), OK)]
    assert notices(events) == [Unsolicited('+CMTI: "SM",4')]


def test_a_notice_glued_to_the_end_of_a_reply_is_taken_off() -> None:
    events = every_cut(b'\r\n+CSQ: 20,99\r\nOK+CMTI: "SM",4\r\n', CSQ)
    assert replies(events) == [Reply(CSQ, ("+CSQ: 20,99",), OK)]
    assert notices(events) == [Unsolicited('+CMTI: "SM",4')]


def test_an_ok_glued_to_the_last_line_ends_the_reply() -> None:
    assert replies(every_cut(f"\r\n+CMGR: 0,,24\r\n{PDU}OK\r\n".encode(), CMGR)) == [
        Reply(CMGR, ("+CMGR: 0,,24", PDU), OK)
    ]
    assert replies(every_cut(b"\r\n+CSQ: 20,99OK\r\n", CSQ)) == [Reply(CSQ, ("+CSQ: 20,99",), OK)]


CLAC = Command("AT+CLAC", raw=True)
CLAC_REPLY = b"\r\nAT+CGMI\r\nAT+CLAC\r\nAT\r\nAT+CMGS\r\n\r\nOK\r\n"


def test_what_a_list_of_commands_holds_is_no_echo() -> None:
    for last in ("AT", "AT+CMGS", "AT+CLAC"):
        channel = Channel()
        channel.command(Command(last))
        channel.receive_data(b"OK\r\n")
        channel.command(CLAC)
        (reply,) = replies(channel.receive_data(CLAC_REPLY))
        assert reply.lines == ("AT+CGMI", "AT+CLAC", "AT", "AT+CMGS")
        assert not channel.echoing


@pytest.mark.parametrize("first", ["AT+CLAC", "+CLAC", "CLAC"])
def test_not_even_where_the_command_itself_stands_first(first: str) -> None:
    (reply,) = replies(every_cut(f"\r\n{first}\r\nAT+CGMI\r\n\r\nOK\r\n".encode(), CLAC))
    assert reply.lines == (first, "AT+CGMI")


def test_an_echo_before_the_list_is_one_and_the_list_is_whole() -> None:
    channel = Channel()
    channel.command(CLAC)
    (reply,) = replies(channel.receive_data(b"AT+CLAC\r" + CLAC_REPLY))
    assert reply.lines == ("AT+CGMI", "AT+CLAC", "AT", "AT+CMGS")
    assert channel.echoing


def test_the_rest_of_a_list_that_was_given_up_is_no_echo() -> None:
    channel = Channel()
    channel.command(CLAC)
    channel.receive_data(b"\r\nAT+CGMI\r\n")
    channel.abandon()
    channel.receive_data(b"AT+CLAC\r\nAT+CMGS\r\n")
    assert not channel.echoing


def test_an_echo_behind_a_notice_is_one() -> None:
    channel = Channel()
    channel.command(CSQ)
    channel.receive_data(b'\r\n+CMTI: "SM",1\r\nAT+CSQ\r')
    assert channel.echoing


def test_a_text_that_is_repeated_at_the_prompt_is_no_sign_that_commands_are() -> None:
    channel = Channel()
    channel.command(CMGS)
    channel.receive_data(b"\r\n> ")
    channel.payload(PDU)
    events = channel.receive_data(PDU.encode() + b"\x1a\r\n\r\n+CMGS: 7\r\n\r\nOK\r\n")
    assert replies(events) == [Reply(CMGS, ("+CMGS: 7",), OK)]
    assert not channel.echoing
