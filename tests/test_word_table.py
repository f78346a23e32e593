"""The keyword table, and that handlers mean the same by a keyword."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.config import MatchRule
from gsmd.handlers.matching import matches
from gsmd.word_table import WordTable
from tests.handlers.messages import inbound

TABLE = WordTable(
    [(("JOIN", "REJOINDRE"), "join"), (("INFO",), "info"), (("INFOS",), "info2"), (("ON",), "on")]
)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("join", "join"),
        ("Jion me", "join"),
        ("réjoindre!", "join"),
        ("joins", "join"),
        ("info", "info"),
        ("infoo", None),  # as near to INFOS as to INFO
        ("on", "on"),
        ("🎉 Join😀", "join"),
        ("> Text JOIN or INFO\nInfo", "info"),
        ("Join\n\nSent from my phone", "join"),
        ("om", None),  # too short to be corrected
        ("Coin was what I said to her", None),  # a sentence, not a keyword
        ("what", None),
        ("", None),
    ],
)
def test_a_keyword_is_found_with_one_mistake_if_it_can_mean_one_thing_only(
    text: str, row: str | None
) -> None:
    assert TABLE.find(text) == row


def test_mistakes_count_where_correcting_is_off() -> None:
    assert WordTable([(("JOIN",), "join")], misspelt=False).find("jion") is None


def test_a_sign_is_found_where_it_stands_alone_in_front_but_a_word_comes_first() -> None:
    table = WordTable([(("?",), "help"), (("👍",), "yes"), (("JOIN",), "join")])

    found = [table.find(text) for text in ("?", "? what", "? join", "👍🏽", "🎉", "", "!")]
    assert found == ["help", "help", "join", "yes", None, None, None]


ON_PHONES = [
    "STOP.Merci", "Stop!!1", "ÉTÉ", "ete", "E\u0301TE\u0301", "> JOIN", "> Text JOIN\nEte", "> JOIN\n\n> x", "? join",
    "?", "🎉 join", "join\U0001f600me", "Join\n\nSent from my phone", "-- join", "\u200ejoin", "#1", "1.", "@stop", "*stop*",
    "👍🏿", "...", " ", "", "\u200b",
]  # fmt: skip


@given(
    st.sampled_from(["STOP", "Été", "JOIN", "?", "#1", "1", "👍", "...", "STOP.Merci"]),
    st.sampled_from(ON_PHONES) | st.text(max_size=20),
)
def test_a_handler_and_the_table_agree_on_what_begins_with_a_keyword(word: str, text: str) -> None:
    in_table = WordTable([((word,), "row")], misspelt=False).find(text) is not None

    assert matches(MatchRule(keyword=(word,)), inbound(text=text)) is in_table


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("STOP", "STOP.Merci"),
        ("ete", "ÉTÉ"),
        ("ÉTÉ", "ete"),
        ("INFO", "> Text JOIN or INFO\nInfo please"),
        ("JOIN", "> JOIN"),
        ("BALANCE", "🎉 balance?"),
    ],
)
def test_what_the_table_takes_for_a_keyword_a_handler_does_too(word: str, text: str) -> None:
    assert WordTable([((word,), "row")]).find(text) == "row"
    assert matches(MatchRule(keyword=(word,)), inbound(text=text))
