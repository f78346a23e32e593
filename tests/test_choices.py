"""Choosing among options by text."""

import pytest

from gsmd.choices import choice
from gsmd.protocol.polls import Option


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("1", 0),
        ("anna", 0),
        ("ANAN", 0),
        ("Anna, please", 0),
        ("ben!", 1),
        ("3", 2),
        ("carl", None),
    ],
)
def test_an_option_is_named_by_word_or_number(text: str, chosen: int | None) -> None:
    options = [Option("Anna", ("A",)), Option("Ben"), Option("Dora")]

    assert choice(options, text) == chosen


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("👍", 0), ("👍🏽", 0), ("👎 sorry", 1), ("🎉", None), ("", None), ("2", 1)],
)
def test_an_emoji_may_be_voted_for_and_no_other_text_without_words_is_a_vote(
    text: str, chosen: int | None
) -> None:
    assert choice([Option("👍"), Option("👎", ("SORRY",))], text, whole=True) == chosen


def test_one_word_of_a_name_of_several_is_no_vote_for_it() -> None:
    assert choice([Option("Anna Müller"), Option("Anna Maier")], "anna") is None


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("vote for ben!", 1),
        ("❤️ Anna", 0),
        ("1️⃣", 0),
        ("#2", 1),
        ("option 2", 1),
        ("no", 2),
        ("no thanks", 2),
        ("anna, ben", None),
        ("anna and ben", None),
    ],
)
def test_a_vote_is_understood_however_it_is_typed(text: str, chosen: int | None) -> None:
    assert choice([Option("Anna"), Option("Ben"), Option("No")], text) == chosen
