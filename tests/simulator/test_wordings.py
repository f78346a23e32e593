"""What a modem may say otherwise than the standards want it: errors, strings, USSD."""

import pytest

from gsmd.simulator import Sim
from tests.simulator.conftest import Bench

ASKED = 'AT+CUSD=1,"*100#",15'
BALANCE = '+CUSD: 0,"Balance: 5.00",15'


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("numeric", "+CMS ERROR: 321"),
        ("text", "+CMS ERROR: Invalid memory index"),
        ("both", "+CMS ERROR: 321 Invalid memory index"),
        ("by-command", "+CMGR ERROR: 321"),
        ("no-blank", "+CMS ERROR:321"),
        ("bare", "ERROR"),
    ],
)
def test_an_error_is_worded_as_the_fault_wants_it(bench: Bench, style: str, words: str) -> None:
    bench.modem.faults.error_style = style  # type: ignore[assignment] # one of its words
    assert bench.ask("AT+CMGR=9") == [words]


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("normal", [BALANCE]),
        ("empty-first", ['+CUSD: 0,""', BALANCE]),
        ("release-first", ['+CUSD: 2,"Initiating Release",15', BALANCE]),
        ("halves", ['+CUSD: 0,"Balanc",15', '+CUSD: 0,"e: 5.00",15']),
        ("open-quote", ['+CUSD: 0,"Balance: 5.00']),
        ("quotes", ['+CUSD: 0,"He said "Balance: 5.00"",15']),
        ("wrong-coding", ['+CUSD: 0,"00420061006C0061006E00630065003A00200035002E00300030",15']),
        ("error", ["+CME ERROR: 100"]),
    ],
)
def test_a_ussd_answer_comes_as_the_fault_wants_it(
    bench: Bench, style: str, said: list[str]
) -> None:
    bench.modem.faults.ussd_style = style  # type: ignore[assignment] # one of its words
    assert bench.ask(ASKED) == ["OK", *said]


def test_a_result_that_is_late_belongs_to_a_text_that_is_out(bench: Bench) -> None:
    bench.modem.faults.late_result = 5.0
    assert bench.send() == []
    assert len(bench.network.submitted) == 1
    assert bench.ask("AT") == []
    assert bench.after(5) == ["+CMGS: 1", "OK", "OK"]


@pytest.mark.parametrize("second", ["PIN2", "PUK2"])
def test_a_sim_that_works_asks_for_a_second_pin(bench: Bench, second: str) -> None:
    bench.modem.faults.second_pin = second  # type: ignore[assignment] # one of its words
    assert bench.ask("AT+CPIN?") == [f"+CPIN: SIM {second}", "OK"]
    assert bench.send() == ["+CMGS: 1", "OK"]
    bench.modem.insert(Sim("+33600000002", pin="1234"))
    assert bench.ask("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]


def test_a_saved_character_set_is_there_after_every_reset(bench: Bench) -> None:
    bench.modem.faults.saved_character_set = "UCS2"
    bench.modem.reset_settings()
    bench.modem.settings.echo = 0
    assert bench.ask("AT+CSCS?") == ['+CSCS: "UCS2"', "OK"]
    bench.set_up("AT+CLIP=1")
    bench.modem.voice.ring("+33687654321")
    number = "".join(f"{ord(letter):04X}" for letter in "+33687654321")
    assert bench.after(3)[-1].startswith(f'+CLIP: "{number}",145')
