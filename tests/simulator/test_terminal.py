"""The V.250 side: echo, editing, results, prompts."""

import pytest

from tests.simulator.conftest import Bench


def test_characters_are_echoed_one_by_one(bench: Bench) -> None:
    bench.modem.settings.echo = 1
    assert [bench.feed(bytes((byte,))) for byte in b"AT\r"] == [b"A", b"T", b"\r\r\nOK\r\n"]


def test_echo_can_be_switched_off_and_comes_back_with_a_reset(bench: Bench) -> None:
    bench.modem.settings.echo = 1
    assert bench.feed("ATE0\r") == b"ATE0\r\r\nOK\r\n"
    assert bench.feed("AT\r") == b"\r\nOK\r\n"
    bench.feed("ATZ\r")
    assert bench.feed("AT\r") == b"AT\r\r\nOK\r\n"


def test_backspace_takes_the_last_character_back(bench: Bench) -> None:
    assert bench.feed("ATX\b+CSY\bQ\r") == b"\r\n+CSQ: 20,0\r\n\r\nOK\r\n"


def test_another_backspace_character_can_be_chosen(bench: Bench) -> None:
    bench.set_up("ATS5=127")
    assert bench.ask("AT+CSX\x7fQ") == ["+CSQ: 20,0", "OK"]


def test_a_slash_repeats_the_last_line_without_a_carriage_return(bench: Bench) -> None:
    bench.ask("AT+CSQ")
    assert bench.feed("A/") == b"\r\n+CSQ: 20,0\r\n\r\nOK\r\n"
    assert bench.feed("a") == b""
    assert bench.feed("/") == b"\r\n+CSQ: 20,0\r\n\r\nOK\r\n"


def test_a_slash_inside_a_line_repeats_nothing(bench: Bench) -> None:
    assert bench.ask('AT+CCLK="26/01/02,03:04:05+00"') == ["OK"]


def test_noise_and_line_feeds_before_a_command_do_no_harm(bench: Bench) -> None:
    assert bench.ask("\n\x00\xff\x1b\x1aAT+CSQ\n") == ["+CSQ: 20,0", "OK"]


def test_a_line_without_at_is_not_answered(bench: Bench) -> None:
    assert bench.feed("hello\r") == b""
    assert bench.feed("0011000B91\r\n") == b""


def test_numeric_results_have_no_line_feed(bench: Bench) -> None:
    assert bench.feed("ATV0\r") == b"0\r"
    assert bench.feed("AT+CSQ\r") == b"+CSQ: 20,0\r\n0\r"
    assert bench.feed("ATB9B\r") == b"4\r"
    assert bench.feed("ATV1\r") == b"\r\nOK\r\n"


def test_results_can_be_suppressed(bench: Bench) -> None:
    assert bench.feed("ATQ1\r") == b""
    assert bench.feed("AT+CSQ\r") == b"\r\n+CSQ: 20,0\r\n"
    assert bench.feed("ATQ0\r") == b"\r\nOK\r\n"


def test_line_end_characters_can_be_chosen(bench: Bench) -> None:
    bench.feed("ATS3=33S4=35\r")
    assert bench.feed("AT+CSQ!") == b"!#+CSQ: 20,0!#!#OK!#"
    assert bench.feed("ATS3=13S4=10!") == b"\r\nOK\r\n"


def test_registers_show_three_digits(bench: Bench) -> None:
    assert bench.ask("ATS3?S4?S5?S7?") == ["013", "010", "008", "000", "OK"]


def test_a_value_that_no_switch_has_is_an_error(bench: Bench) -> None:
    assert bench.ask("ATE2") == ["ERROR"]
    assert bench.ask("ATS3=200") == ["ERROR"]


def test_a_failing_command_ends_its_line(bench: Bench) -> None:
    assert bench.ask("AT+CSQ;+NONSENSE;+CMEE=1") == ["+CSQ: 20,0", "ERROR"]
    assert bench.ask("AT+CMEE?") == ["+CMEE: 0", "OK"]


@pytest.mark.parametrize(
    ("level", "error"),
    [(0, "ERROR"), (1, "+CME ERROR: 4"), (2, "+CME ERROR: operation not supported")],
)
def test_an_unknown_command_fails_as_cmee_says(bench: Bench, level: int, error: str) -> None:
    bench.set_up(f"AT+CMEE={level}")
    assert bench.ask("AT+NONSENSE") == [error]


def test_a_known_command_without_a_test_form_says_just_ok(bench: Bench) -> None:
    assert bench.ask("AT+CGMI=?") == ["OK"]


def test_a_line_that_is_too_long_is_an_error(bench: Bench) -> None:
    line = "AT" + "+CSQ;" * 300
    assert bench.ask(line) == ["ERROR"]


def test_several_lines_at_once_are_answered_in_order(bench: Bench) -> None:
    answer = bench.feed("AT+CSQ\rAT+CMEE?\r\nAT+CGSN\r")
    assert answer.count(b"OK") == 3
    assert answer.index(b"+CSQ") < answer.index(b"+CMEE") < answer.index(b"4901")


def test_a_thousand_lines_at_once_are_answered(bench: Bench) -> None:
    assert bench.feed("AT\r" * 1000).count(b"OK") == 1000


def test_a_key_press_ends_a_search_for_networks(bench: Bench) -> None:
    assert bench.feed("AT+COPS=?\r") == b""
    assert bench.feed("\n") == b""
    assert bench.feed("x") == b"\r\nOK\r\n"
    assert bench.after(5) == []


def test_what_comes_while_a_command_works_waits_for_its_end(bench: Bench) -> None:
    bench.network.faults.answer_delay = 2
    assert bench.send() == []
    assert bench.feed("AT+CSQ\r") == b""
    assert bench.after(2) == ["+CMGS: 1", "OK", "+CSQ: 20,0", "OK"]


def test_escape_cancels_a_text(bench: Bench) -> None:
    assert bench.feed("AT+CMGS=14\r") == b"\r\n> "
    assert bench.feed("0011\x1b") == b"\r\nOK\r\n"
    assert not len(bench.network.submitted)
    assert bench.ask("AT") == ["OK"]


def test_text_is_echoed_like_a_command(bench: Bench) -> None:
    bench.modem.settings.echo = 1
    bench.feed("AT+CMGS=14\r")
    assert bench.feed("0011") == b"0011"


def test_every_line_of_a_text_gets_a_prompt_in_text_mode(bench: Bench) -> None:
    bench.set_up("AT+CMGF=1")
    bench.feed('AT+CMGS="+33611111111"\r')
    assert bench.feed("one\r") == b"\r\n> "
    assert bench.feed("two\x1a") == b"\r\n+CMGS: 1\r\n\r\nOK\r\n"
    assert bench.phone.received[0].text == "one\rtwo"


def test_unsolicited_lines_wait_for_the_end_of_a_text(bench: Bench) -> None:
    bench.set_up("AT+CNMI=2,1", "AT+CMGF=1")
    bench.feed('AT+CMGS="+33611111111"\r')
    assert bench.text() == []
    assert bench.feed("x\x1a").endswith(b'OK\r\n\r\n+CMTI: "SM",1\r\n')


def test_the_settings_are_shown_to_people(bench: Bench) -> None:
    assert bench.ask("AT&V")[0] == "E0 V1 Q0"
