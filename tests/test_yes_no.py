"""Yes and no, as people text them."""

import pytest

from gsmd.yes_no import yes_or_no


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Yes please", True),
        ("D'accord", True),
        ("👍", True),
        ("nein danke", False),
        ("yes no", None),
        ("maybe", None),
        ("", None),
    ],
)
def test_yes_and_no_are_understood_unless_both_are_said(text: str, value: bool | None) -> None:
    assert yes_or_no(text) is value


def test_a_yes_may_be_held_to_a_number_of_words() -> None:
    assert yes_or_no("Yes please do", longest=3) is True
    assert yes_or_no("Yes I wonder when you open", longest=3) is None
    assert yes_or_no("Yes please", strict=True) is None
    assert yes_or_no("Yes", strict=True) is True


def test_there_may_be_more_words_for_yes() -> None:
    assert yes_or_no("NEWS", also={"news"}) is True
    assert yes_or_no("news no", also={"news"}) is None
