"""The text of a +CUSD is the network's: quotes and line ends in it, or no closing quote at all."""

import pytest

from gsmd.at import Channel, Command, InformationText, Prompt, Reply, Stray, StrayKind, Unsolicited
from gsmd.at.ussd import Notice, is_whole, read

from .streams import CMGL, CMGS, CSQ, MARKER, OK, PDU, PLAIN, every_cut, notices, received, replies

OPEN = '+CUSD: 2,"Balance 50,04. More*5'


def is_unfinished(channel: Channel) -> bool:
    return channel.unfinished


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('+CUSD: 0,"Balance 5.00",15', Notice(0, "Balance 5.00", 15)),
        ('+CUSD:1,"Menu"', Notice(1, "Menu", None)),
        ("+CUSD: 2", Notice(2, None, None)),
        ('+CUSD: 0,""', Notice(0, None, None)),
        ('+CUSD: 0,"",15', Notice(0, None, 15)),
        ('+CUSD: 0,"Say "hi" now",15', Notice(0, 'Say "hi" now', 15)),
        ('+CUSD: 0,"5" screen",15', Notice(0, '5" screen', 15)),
        ('+CUSD: 0,"a, b, 3",15', Notice(0, "a, b, 3", 15)),
        ('+CUSD: 0,"one\ntwo", 72', Notice(0, "one\ntwo", 72)),
        ('+CUSD: 0,"done",', Notice(0, "done", None)),
        (OPEN, Notice(2, "Balance 50,04. More*5", None)),
        ("+CUSD: 0,Balance 5.00,15", Notice(0, "Balance 5.00", 15)),
        ("+CUSD: 0,,15", Notice(0, None, 15)),
        ("+CUSD: x", None),
    ],
)
def test_a_notice_is_read_to_the_last_quote(line: str, said: Notice | None) -> None:
    assert read(line) == said


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ('+CUSD: 0,"Say "hi" now",15', True),
        ('+CUSD: 0,"5" screen",15', True),
        ('+CUSD: 0,"5" screen"', False),  # it may go on
        ('+CUSD: 0,"say "hi" now"', True),
        ('+CUSD: 0,"', False),
        (OPEN, False),
        ("+CUSD: 2", True),
    ],
)
def test_the_coding_behind_the_quote_ends_a_text_or_even_quotes_do(line: str, whole: bool) -> None:
    assert is_whole(line) is whole


@pytest.mark.parametrize(
    "notice",
    [
        '+CMTI: "SM",3',
        "^RSSI: 17",
        "+CREG: 5",
        "RING",
        "RDY",
        "+CUSD: 0",
        "%CTZV: 1,2",
        "*PSUTTZ: 1",
    ],
)
def test_a_text_that_is_never_closed_ends_at_the_next_notice(notice: str) -> None:
    assert every_cut(f"\r\n{OPEN}\r\n\r\n{notice}\r\n".encode()) == [
        Unsolicited(OPEN),
        Unsolicited(notice),
    ]


def test_it_ends_at_a_notice_of_two_lines() -> None:
    assert every_cut(f"\r\n{OPEN}\r\n\r\n+CDS: 25\r\n{PDU}\r\n".encode()) == [
        Unsolicited(OPEN),
        Unsolicited("+CDS: 25", PDU),
    ]


def test_it_ends_at_a_notice_that_is_glued_to_it() -> None:
    assert every_cut(f'\r\n{OPEN}+CMTI: "SM",4\r\n'.encode()) == [
        Unsolicited(OPEN),
        Unsolicited('+CMTI: "SM",4'),
    ]


@pytest.mark.parametrize("result", ["OK", "ERROR", "+CMS ERROR: 38", "+CME ERROR: SIM busy"])
def test_it_ends_at_a_final_result(result: str) -> None:
    command = Command("AT+CNMI=2,1")
    events = every_cut(f"\r\n{OPEN}\r\n\r\n{result}\r\n".encode(), command)
    assert notices(events) == [Unsolicited(OPEN)]
    assert [reply.result.text for reply in replies(events)] == [result]


def test_it_ends_at_what_the_running_command_expects() -> None:
    reply = f"+CMGL: 1,0,,24\r\n{PDU}\r\n\r\nOK\r\n"
    events = every_cut(f"\r\n{OPEN}\r\n\r\n{reply}".encode(), CMGL)
    assert notices(events) == [Unsolicited(OPEN)]
    assert replies(events) == [Reply(CMGL, ("+CMGL: 1,0,,24", PDU), OK)]


def test_it_does_not_swallow_the_reference_of_a_message() -> None:
    channel = Channel()
    channel.command(CMGS)
    channel.receive_data(b"\r\n> ")
    channel.payload(PDU)
    events = channel.receive_data(f"\r\n{OPEN}\r\n\r\n+CMGS: 7\r\n\r\nOK\r\n".encode())
    assert replies(events) == [Reply(CMGS, ("+CMGS: 7",), OK)]
    assert notices(events) == [Unsolicited(OPEN)]


def test_it_ends_when_nothing_comes_any_more() -> None:
    channel = Channel()
    assert not is_unfinished(channel)
    assert channel.receive_data(f"\r\n{OPEN}\r\nand *6\r\nor".encode()) == []
    assert is_unfinished(channel)
    assert channel.silence() == [Unsolicited(f"{OPEN}\nand *6\nor")]
    assert not is_unfinished(channel)
    assert channel.silence() == []


def test_a_prompt_behind_it_is_a_prompt_once_nothing_comes_any_more() -> None:
    channel = Channel()
    channel.command(CMGS)
    assert channel.receive_data(f"\r\n{OPEN}\r\n\r\n> ".encode()) == []
    assert channel.silence() == [Unsolicited(OPEN), Prompt(CMGS)]


def test_it_is_not_lost_when_the_running_command_is_given_up() -> None:
    channel = Channel()
    channel.command(CSQ)
    channel.receive_data(f"\r\n{OPEN}\r\n".encode())
    channel.abandon()
    assert channel.unfinished
    assert channel.receive_data(b"\r\nRING\r\n") == [Unsolicited(OPEN), Unsolicited("RING")]


@pytest.mark.parametrize(
    "line",
    ["Ok", "Busy hours", "RINGTONES *5", "Error 5?", "+33612345678", "> 2) Top up", "0", "#1"],
)
def test_lines_that_a_text_may_have_do_not_end_it(line: str) -> None:
    text = f'+CUSD: 1,"Menu\r\n{line}\r\n0) Back",15'
    assert every_cut(f"\r\n{text}\r\n".encode()) == [Unsolicited(text.replace("\r", ""))]


def test_a_line_that_ends_in_a_quote_may_be_the_last_or_not() -> None:
    goes_on = b'+CUSD: 0,"press "1"\r\nor 2",15\r\n'
    assert every_cut(goes_on) == [Unsolicited('+CUSD: 0,"press "1"\nor 2",15')]
    channel = Channel()
    assert channel.receive_data(b'+CUSD: 0,"a 5" pipe"\r\n') == []
    assert channel.silence() == [Unsolicited('+CUSD: 0,"a 5" pipe"')]


# the end of a dialogue, and of a submission


def given() -> Channel:
    channel = Channel()
    channel.command(CMGS)
    channel.receive_data(b"\r\n> ")
    channel.payload(PDU)
    return channel


def test_an_error_of_the_modem_is_that_of_an_open_dialogue_and_not_of_a_message() -> None:
    channel = given()
    channel.dialogue_open = True
    assert channel.receive_data(b"\r\n+CME ERROR: 100\r\n") == [Unsolicited("+CME ERROR: 100")]
    events = channel.receive_data(b"\r\n+CMGS: 7\r\n\r\nOK\r\n")
    assert replies(events) == [Reply(CMGS, ("+CMGS: 7",), OK)]


def test_nor_is_it_in_place_of_the_prompt() -> None:
    channel = Channel()
    channel.command(CMGS)
    channel.dialogue_open = True
    assert channel.receive_data(b"\r\n+CME ERROR: 258\r\n\r\n> ") == [
        Unsolicited("+CME ERROR: 258"),
        Prompt(CMGS),
    ]


def test_with_nothing_running_it_is_the_dialogues_if_there_is_one() -> None:
    channel = Channel()
    assert channel.receive_data(b"+CME ERROR: 258\r\n") == [
        Stray("+CME ERROR: 258", StrayKind.FINAL)
    ]
    channel.dialogue_open = True
    assert channel.receive_data(b"+CME ERROR: 258\r\n") == [Unsolicited("+CME ERROR: 258")]


@pytest.mark.parametrize("error", ["+CMS ERROR: 500", "ERROR"])
def test_an_error_of_the_message_service_is_the_messages(error: str) -> None:
    channel = given()
    channel.dialogue_open = True
    assert [r.result.text for r in replies(channel.receive_data(f"{error}\r\n".encode()))] == [
        error
    ]


def test_without_a_dialogue_any_error_is_the_messages() -> None:
    assert replies(given().receive_data(b"\r\n+CME ERROR: 100\r\n"))


@pytest.mark.parametrize(
    ("command", "rest"),
    [
        (CSQ, "\r\n+CSQ: 20,99\r\n\r\nOK\r\n"),
        (PLAIN, "\r\nOK\r\n"),
        (MARKER, "\r\n+CMEE: 1\r\nOK\r\n"),
    ],
)
def test_an_error_is_the_dialogues_if_the_running_commands_reply_goes_on(
    command: Command, rest: str
) -> None:
    channel = Channel()
    channel.dialogue_open = True
    channel.command(command)
    events = channel.receive_data(f"\r\n+CME ERROR: 100\r\n{rest}".encode())
    assert notices(events) == [Unsolicited("+CME ERROR: 100")]
    assert [reply.ok for reply in replies(events)] == [True]


def test_and_the_commands_if_nothing_follows() -> None:
    channel = Channel()
    channel.dialogue_open = True
    channel.command(CSQ)
    (stray,) = channel.receive_data(b"\r\n+CME ERROR: 100\r\n")
    assert stray == Stray("+CME ERROR: 100", StrayKind.FINAL)
    reply = channel.end_here()
    assert reply is not None
    assert reply.result.cme == 100


def test_a_dialogue_is_open_from_the_ok_of_its_command_on() -> None:
    channel = Channel()
    command = Command('AT+CUSD=1,"*100#",15', opens_dialogue=True)
    channel.command(command)
    assert replies(channel.receive_data(b"\r\n+CME ERROR: 3\r\n"))
    channel.command(command)
    assert channel.receive_data(b"\r\nOK\r\n\r\n+CME ERROR: 258\r\n") == [
        Reply(command, (), OK),
        Unsolicited("+CME ERROR: 258"),
    ]


def test_a_reference_that_nobody_waits_for_is_late_and_never_the_next_ones() -> None:
    late = Stray("+CMGS: 7", StrayKind.LATE)
    assert received([b"\r\n+CMGS: 7\r\n"]) == [late]
    assert received([b"\r\n+CMGS: 7\r\n"], CSQ) == [late]
    channel = Channel()
    channel.command(CMGS)
    assert channel.receive_data(b"\r\n+CMGS: 7\r\n\r\nOK\r\n\r\n> ") == [
        late,
        Stray("OK", StrayKind.FINAL),
        Prompt(CMGS),
    ]
    channel.payload(PDU)
    assert channel.receive_data(b"\r\n+CMGS: 8\r\n\r\nOK\r\n") == [
        InformationText(CMGS, "+CMGS: 8"),
        Reply(CMGS, ("+CMGS: 8",), OK),
    ]
