"""The number of an error counts, however its line is worded."""

import pytest

from gsmd.at import FinalResult
from gsmd.at.codes import CME, CMS
from gsmd.at.results import parse_final
from gsmd.simulator.errors import CME_TEXTS, CMS_TEXTS


def final(line: str, command: str = "") -> FinalResult:
    found = parse_final(line, command)
    assert found is not None
    assert not found.ok
    return found


@pytest.mark.parametrize(
    "form",
    [
        "+CMS ERROR: {}",
        "+CMS ERROR:{}",
        "+CMS ERROR {}",
        "+CMS ERROR = {}",
        "+CMS: ERROR {}",
        "CMS ERROR: {}",
        "+cms error: {}",
        "+CMS ERROR: {} in words that nobody knows",
        "+CMS ERROR: {}, Invalid PDU mode parameter",
        "+CMS ERROR: {} - 12 seconds",
        "+CMS ERROR: nobody knows these words ({})",
        "+CMS ERROR: code {}",
        "+CMGS ERROR: {}",
        "+CMGS ERROR {}",
        "ERROR: {}",
        "ERROR {}",
        "ERROR:{}",
        "+CME ERROR: {}",
        "+CME ERROR: {} Invalid PDU mode parameter",
    ],
)
@pytest.mark.parametrize("code", [304, 500, 322])
def test_the_number_is_found(form: str, code: int) -> None:
    found = final(form.format(code), "AT+CMGS=23")
    assert (found.cms, found.cme) == (code, None)
    assert found.severity is CMS[code].severity


@pytest.mark.parametrize("code", CMS_TEXTS)
def test_words_of_the_message_service_mean_their_number(code: int) -> None:
    words = CMS_TEXTS[code]
    for line in (f"+CMS ERROR: {words}", f"+CMS ERROR: {words.upper()}.", f"+CMGS ERROR: {words}"):
        assert final(line).cms == code
    assert final(f"+CMS ERROR: {code} {words}").cms == code


@pytest.mark.parametrize("code", CME_TEXTS)
def test_words_of_the_modem_mean_their_number(code: int) -> None:
    words = CME_TEXTS[code]
    for line in (f"+CME ERROR: {words}", f"+CME ERROR:{words.upper()}", f"+CPIN ERROR: {words}"):
        assert final(line).cme == code
    assert final(f"+CME ERROR: {code} {words}").cme == code


@pytest.mark.parametrize(
    ("line", "cms", "cme"),
    [
        ("+CME ERROR: (U)SIM not inserted", None, 10),
        ("+CME ERROR: USIM busy", None, 14),
        ("+CMS ERROR: SIM busy", 314, None),
        ("+CMS ERROR: (U)SIM PIN 2 required", 317, None),
        ("+CME ERROR: SIM PUK2 needed", None, 18),
        ("+CME ERROR: Network time-out", None, 31),
        ("+CME ERROR: SMSC address unknown", 330, None),
        ("+CME ERROR: 999 SIM busy", None, 14),
        ("+CMS ERROR: 38 Network out of order", 38, None),
        ("+CMS ERROR: 1 Unassigned number", 1, None),
        ("+CME ERROR: 30", None, 30),
        ("+CMS ERROR: 14", 14, None),
        ("ERROR: 10", None, 10),
        ("+CPIN ERROR: 10", None, 10),
        ("+CMS ERROR: nobody knows these", None, None),
    ],
)
def test_number_and_words_are_read_together(line: str, cms: int | None, cme: int | None) -> None:
    found = final(line, "AT+CPIN?")
    assert (found.cms, found.cme) == (cms, cme)


def test_an_error_says_whose_it_is_if_it_does() -> None:
    assert final("+CMS ERROR: 38").source == "cms"
    assert final("+CME ERROR: 30").source == "cme"
    assert final("ERROR").source == ""


def test_what_a_code_asks_for_does_not_depend_on_its_spelling() -> None:
    for code in CME:
        plain = final(f"+CME ERROR: {code}")
        assert plain.severity is final(f"+CME ERROR: {code} {plain.meaning}").severity
