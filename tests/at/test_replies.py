"""A reply is a reply however it is cut, and ends where it ends."""

import pytest

from gsmd.at import Channel, ChannelBusy, Command, InformationText, Reply

from .streams import CGMI, CMGR, CSQ, OK, PDU, PLAIN, every_cut, notices, replies


def is_numeric(channel: Channel) -> bool:
    return channel.numeric


def test_a_command_is_written_with_a_carriage_return() -> None:
    assert Channel().command(CSQ) == b"AT+CSQ\r"


def test_a_second_command_is_refused_while_one_runs() -> None:
    channel = Channel()
    channel.command(CSQ)
    with pytest.raises(ChannelBusy):
        channel.command(PLAIN)


def test_the_next_command_may_follow_a_reply_at_once() -> None:
    channel = Channel()
    channel.command(CSQ)
    channel.receive_data(b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n")
    assert channel.running is None
    channel.command(PLAIN)


def test_information_text_is_told_as_it_comes_and_again_in_the_reply() -> None:
    assert every_cut(b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n", CSQ) == [
        InformationText(CSQ, "+CSQ: 20,99"),
        Reply(CSQ, ("+CSQ: 20,99",), OK),
    ]


def test_free_text_belongs_to_the_reply_but_named_notices_do_not() -> None:
    events = every_cut(b"\r\n^RSSI: 12\r\nACME Modems\r\n^DSFLOWRPT:1,2\r\n\r\nOK\r\n", CGMI)
    assert replies(events) == [Reply(CGMI, ("ACME Modems",), OK)]
    assert [event.line for event in notices(events)] == ["^RSSI: 12", "^DSFLOWRPT:1,2"]


def test_a_raw_command_gets_everything_but_what_is_known_to_be_unsolicited() -> None:
    raw = Command("AT+XYZ", raw=True)
    events = every_cut(b'\r\n+XYZ: 1\r\n7\r\n+CMTI: "SM",1\r\n^ABC: 2\r\nOK\r\n', raw)
    assert replies(events) == [Reply(raw, ("+XYZ: 1", "7", "^ABC: 2"), OK)]


@pytest.mark.parametrize(
    ("line", "cms", "cme"),
    [
        ("ERROR", None, None),
        ("+CME ERROR: 14", None, 14),
        ("+CME ERROR: SIM busy", None, 14),
        ("+CME ERROR:SIM failure", None, 13),
        ("+CMS ERROR: 500", 500, None),
        ("+CMS ERROR:500", 500, None),
        ("+CMS ERROR: invalid memory index", 321, None),
        ("+CMS ERROR: something new", None, None),
        ("COMMAND NOT SUPPORT", None, None),
        ("TOO MANY PARAMETERS", None, None),
        ("NO CARRIER", None, None),
    ],
)
def test_every_wording_of_an_error_ends_the_reply(
    line: str, cms: int | None, cme: int | None
) -> None:
    (reply,) = replies(every_cut(f"\r\n{line}\r\n".encode(), CSQ))
    assert (reply.ok, reply.result.cms, reply.result.cme) == (False, cms, cme)


def test_numeric_results_end_a_reply_until_the_modem_has_said_one_in_words() -> None:
    channel = Channel()
    channel.command(PLAIN)
    (reply,) = channel.receive_data(b"0\r")
    assert isinstance(reply, Reply)
    assert reply.ok
    assert is_numeric(channel)
    channel.command(CSQ)
    assert replies(channel.receive_data(b"+CSQ: 20,99\r\n4\r"))[0].result.text == "ERROR"
    channel.command(PLAIN)
    channel.receive_data(b"OK\r\n")
    assert not is_numeric(channel)
    channel.command(CGMI)
    assert replies(channel.receive_data(b"4\r\nOK\r\n")) == [Reply(CGMI, ("4",), OK)]


def test_numeric_results_count_again_after_a_command_was_given_up() -> None:
    channel = Channel()
    channel.command(PLAIN)
    channel.receive_data(b"OK\r\n")
    channel.command(PLAIN)
    channel.abandon()  # it was reset into ATV0
    channel.command(PLAIN)
    assert replies(channel.receive_data(b"0\r"))


def test_a_caller_who_hangs_up_does_not_end_a_reply() -> None:
    events = every_cut(b"\r\nRING\r\n\r\nNO CARRIER\r\n\r\n+CSQ: 9,99\r\n\r\nOK\r\n", CSQ)
    assert replies(events) == [Reply(CSQ, ("+CSQ: 9,99",), OK)]
    assert [event.line for event in notices(events)] == ["RING", "NO CARRIER"]


@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n", b"\r\r\n", b"\n\r"])
def test_any_of_carriage_return_and_line_feed_ends_a_line(end: bytes) -> None:
    data = end + b"+CSQ: 20,99" + end + end + b"OK" + end
    assert replies(every_cut(data, CSQ)) == [Reply(CSQ, ("+CSQ: 20,99",), OK)]


def test_a_listed_message_is_not_taken_by_a_notice_whose_second_line_never_came() -> None:
    events = every_cut(f"\r\n+CDS: 25\r\n\r\n+CMGR: 0,,24\r\n{PDU}\r\n\r\nOK\r\n".encode(), CMGR)
    assert replies(events) == [Reply(CMGR, ("+CMGR: 0,,24", PDU), OK)]
