"""Prompts, and finding the way back into step."""

import pytest

from gsmd.at import Channel, Prompt, Reply, Stray, StrayKind, Unsolicited

from .streams import CGMI, CMGS, CSQ, MARKER, OK, every_cut, replies, strays


@pytest.mark.parametrize(
    "prompt", [b"\r\n> ", b"> ", b">", b"\r\n>", b"AT+CMGS=18> ", b"AT+CMGS=18\r\r\n> "]
)
def test_a_prompt_is_a_prompt_however_it_is_written(prompt: bytes) -> None:
    events = every_cut(prompt, CMGS)
    assert events[0] == Prompt(CMGS)
    assert len(events) == 1


def test_a_notice_before_the_prompt_does_not_hide_it() -> None:
    assert every_cut(b'\r\n+CMTI: "SM",1\r\n\r\n> ', CMGS) == [
        Unsolicited('+CMTI: "SM",1'),
        Prompt(CMGS),
    ]


def test_only_an_error_can_come_instead_of_a_prompt() -> None:
    assert strays(every_cut(b"\r\nOK\r\n", CMGS)) == [Stray("OK", StrayKind.FINAL)]
    assert replies(every_cut(b"\r\n+CMS ERROR: 330\r\n", CMGS))[0].result.cms == 330


def test_where_there_is_no_prompt_the_ok_behind_the_reference_ends_the_reply() -> None:
    channel = Channel()
    channel.command(CMGS)
    channel.payload("00")
    events = channel.receive_data(b"\r\n+CMGS: 7\r\n\r\nOK\r\n")
    assert replies(events) == [Reply(CMGS, ("+CMGS: 7",), OK)]
    assert strays(events) == []


def test_a_prompt_that_nobody_waits_for_is_stray() -> None:
    assert every_cut(b"\r\n> ") == [Stray(">", StrayKind.PROMPT)]


def test_a_stray_ok_does_not_end_a_reply_that_has_no_text_yet() -> None:
    events = every_cut(b"\r\nOK\r\n\r\n+CSQ: 20,99\r\n\r\nOK\r\n", CSQ)
    assert strays(events) == [Stray("OK", StrayKind.FINAL)]
    assert replies(events) == [Reply(CSQ, ("+CSQ: 20,99",), OK)]


def test_an_ok_without_its_text_can_be_taken_for_the_whole_reply() -> None:
    channel = Channel()
    channel.command(CSQ)
    channel.receive_data(b"OK\r\n")
    assert channel.end_here() == Reply(CSQ, (), OK)
    assert channel.end_here() is None


def test_the_reply_of_a_command_given_up_never_answers_the_next() -> None:
    late = b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n"
    ours = b"\r\n+CMEE: 1\r\n\r\nOK\r\n"
    for at in range(len(late)):
        channel = Channel()
        channel.command(CSQ)
        events = channel.receive_data(late[:at])
        if replies(events):
            continue
        channel.abandon()
        channel.command(MARKER)
        events = channel.receive_data(late[at:] + ours)
        assert replies(events) == [Reply(MARKER, ("+CMEE: 1",), OK)], at


def test_a_late_error_does_not_answer_the_marker() -> None:
    channel = Channel()
    channel.command(CSQ)
    channel.abandon()
    channel.command(MARKER)
    events = channel.receive_data(b"\r\nERROR\r\n\r\n+CMEE: 1\r\n\r\nOK\r\n")
    assert replies(events) == [Reply(MARKER, ("+CMEE: 1",), OK)]


def test_the_text_of_an_earlier_command_is_known_to_be_late() -> None:
    channel = Channel()
    channel.command(CSQ)
    channel.abandon()
    channel.command(CGMI)
    assert strays(channel.receive_data(b"\r\n+CSQ: 20,99\r\n")) == [
        Stray("+CSQ: 20,99", StrayKind.LATE)
    ]


def test_noise_is_told_apart_from_late_text() -> None:
    assert every_cut(b"\r\nx7~\r\n") == [Stray("x7~", StrayKind.NOISE)]
