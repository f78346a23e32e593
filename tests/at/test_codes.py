"""What an error's number means and asks for."""

import pytest

from gsmd.at import AtError, FinalResult, Severity
from gsmd.at.codes import CME, CMS, Code, cme, cms
from gsmd.at.results import parse_final

TRANSIENT = [38, 41, 42, 47, 331, 512]
PERMANENT = [
    *(1, 8, 10, 21, 28, 30, 50, 69, 81, 95, 96, 97, 98, 99, 111, 127),
    *(304, 305, 330),
]
MODEM = [310, 311, 313, 314, 315, 320, 322, 515]


@pytest.mark.parametrize("code", TRANSIENT)
def test_the_trouble_of_a_network_passes(code: int) -> None:
    assert cms(code).severity is Severity.TRANSIENT


@pytest.mark.parametrize("code", PERMANENT)
def test_what_can_never_work_is_permanent(code: int) -> None:
    assert cms(code).severity is Severity.PERMANENT


@pytest.mark.parametrize("code", MODEM)
def test_the_trouble_of_sim_and_modem_is_theirs(code: int) -> None:
    assert cms(code).severity is Severity.MODEM


def test_a_network_time_out_leaves_it_open_whether_the_message_went_out() -> None:
    assert cms(332).severity is Severity.UNCERTAIN


def test_every_number_has_a_meaning() -> None:
    for code in range(-1, 600):
        assert cms(code).text
        assert cme(code).text


def test_an_error_carries_all_that_is_known() -> None:
    error = AtError("AT+CMGS=18", ("+CMGS: 1",), FinalResult("+CMS ERROR: 38", ok=False, cms=38))
    assert (error.command, error.lines, error.code) == ("AT+CMGS=18", ("+CMGS: 1",), 38)
    assert (error.cms, error.cme, error.text) == (38, None, "network out of order")
    assert str(error) == "AT+CMGS=18: +CMS ERROR: 38 (network out of order)"


def test_a_bare_error_does_not_say_whose_trouble_it_is() -> None:
    assert FinalResult("ERROR", ok=False).severity is Severity.UNKNOWN


@pytest.mark.parametrize("code", [cms(500), cms(255), cms(350), cms(-1), cme(100), cme(258)])
def test_nor_does_a_number_that_means_unknown_or_that_nobody_has_described(code: Code) -> None:
    assert code.severity is Severity.UNKNOWN


@pytest.mark.parametrize(
    "line",
    ["+CMGS: 1", "OKAY", "ERRORS", "", "BUSY LINE", "+CMS: 1", "ERROR IN LINE", "+CEER: ERROR 5"],
)
def test_what_only_looks_like_a_final_result_is_none(line: str) -> None:
    assert parse_final(line) is None


def test_tables_have_only_numbers_of_their_standard() -> None:
    assert all(0 < code < 600 for code in CMS)
    assert all(0 <= code < 600 for code in CME)
