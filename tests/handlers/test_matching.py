"""Which messages a handler takes."""

import pytest

from gsmd.config import MatchRule
from gsmd.handlers.matching import matches
from gsmd.protocol.message import Kind
from tests.handlers.messages import inbound


def test_without_a_rule_every_message_is_taken_but_no_stray_status_report() -> None:
    taken = {kind for kind in Kind if matches(None, inbound(kind=kind))}

    assert taken == {Kind.TEXT, Kind.DATA, Kind.NOTICE}


def test_kinds_that_are_named_are_taken_and_no_others() -> None:
    rule = MatchRule(kind=("data", "report"))

    assert {kind for kind in Kind if matches(rule, inbound(kind=kind))} == {Kind.DATA, Kind.REPORT}


@pytest.mark.parametrize(
    "text", ["BALANCE", "balance", " Balance  now", "balance\nplease", "Balance!", "«BALANCE»"]
)
def test_a_keyword_is_the_first_word_whatever_its_case_and_punctuation(text: str) -> None:
    assert matches(MatchRule(keyword=("balance",)), inbound(text=text))
    assert matches(MatchRule(keyword=("INFO", "BALANCE")), inbound(text=text))


@pytest.mark.parametrize("text", ["my balance", "balances", "balance-sheet", "", " ", "!", None])
def test_a_text_that_begins_otherwise_is_not_taken(text: str | None) -> None:
    assert not matches(MatchRule(keyword=("BALANCE",)), inbound(text=text))


def test_keywords_of_digits_and_phone_signs_are_words_too() -> None:
    assert matches(MatchRule(keyword=("*100#",)), inbound(text="*100# now"))
    assert not matches(MatchRule(keyword=("*100#",)), inbound(text="100"))


def test_a_keyword_of_punctuation_is_that_punctuation() -> None:
    assert matches(MatchRule(keyword=("?",)), inbound(text="? what"))
    assert not matches(MatchRule(keyword=("?",)), inbound(text="!"))


def test_letters_that_have_no_single_counterpart_are_compared_without_case() -> None:
    assert matches(MatchRule(keyword=("straße",)), inbound(text="STRASSE"))


@pytest.mark.parametrize(
    ("from_", "peer", "taken"),
    [
        ("+33612345678", "+33612345678", True),
        ("+33612345678", "+336123456789", False),
        ("+33*", "+33612345678", True),
        ("+33*", "+49151", False),
        ("*", "anybody", True),
        ("ALARM", "Alarm", True),
        ("ALARM*", "Alarm-7", True),
        ("12345", "12345", True),
        ("12345", "123456", False),
        ("+33612345678", "0612345678", True),
        ("0612345678", "+33612345678", True),
        ("12345", "+3312345", False),
    ],
)
def test_senders_are_compared_whole_or_by_their_beginning(
    from_: str, peer: str, taken: bool
) -> None:
    assert matches(MatchRule(from_=("+1", from_)), inbound(peer=peer)) is taken


def test_a_regular_expression_is_looked_for_anywhere_in_the_text() -> None:
    rule = MatchRule(regex=r"(?i)\bfire\b")

    assert matches(rule, inbound(text="There is FIRE here"))
    assert not matches(rule, inbound(text="fired"))
    assert not matches(rule, inbound(text=None, kind=Kind.DATA, data="66697265"))


def test_a_modem_is_the_one_it_came_in_on() -> None:
    assert matches(MatchRule(modem=("south", "north")), inbound(modem="north"))
    assert not matches(MatchRule(modem=("south",)), inbound(modem="north"))
    assert not matches(MatchRule(modem=("south",)), inbound(modem=None))


def test_everything_that_is_asked_for_must_be_true() -> None:
    rule = MatchRule(keyword=("BALANCE",), from_=("+33*",), regex="please")

    assert matches(rule, inbound())
    assert not matches(rule, inbound(peer="+49151"))
    assert not matches(rule, inbound(text="BALANCE"))
    assert not matches(rule, inbound(text="please"))
