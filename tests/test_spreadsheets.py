"""Texts in tables: none is a formula, and what was put before one goes again."""

import pytest

from gsmd.spreadsheets import FORMULA, bare, guarded


@pytest.mark.parametrize("beginning", FORMULA)
def test_no_text_is_taken_for_a_formula_and_each_comes_back(beginning: str) -> None:
    text = f"{beginning}HYPERLINK(1)"
    assert guarded(text) == f"'{text}"
    assert bare(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "hello", "'quoted'", "a=1", "'"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == bare(text) == text
