"""Codes: what a check letter finds, what a text may mean, which codes win."""

import hashlib
import hmac
import random

import pytest

from gsmd.features.contests.rules import (
    ALPHABET,
    adds_up,
    lot,
    made_of,
    mark,
    masked,
    plain,
    typed,
    winning,
)

DRAW = random.Random(7)
KEY = b"k" * 32


def _code(length: int) -> str:
    return made_of([DRAW.randrange(len(ALPHABET)) for _ in range(length - 1)])


def test_no_letter_looks_like_another_and_none_makes_words() -> None:
    assert not set("0O1IL2Z5S8B") & set(ALPHABET)
    assert not set("AEIOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 19


@pytest.mark.parametrize("length", [6, 9, 20, 32])
def test_every_single_error_and_every_swap_of_neighbours_is_found(length: int) -> None:
    for _ in range(50):
        code = _code(length)
        assert len(code) == length
        assert adds_up(code)
        for place in range(length):
            for other in set(ALPHABET + "0OIZ") - {code[place]}:
                assert not adds_up(code[:place] + other + code[place + 1 :])
        for place in range(length - 1):
            one, two = code[place], code[place + 1]
            if one != two:
                assert not adds_up(code[:place] + two + one + code[place + 2 :])


def test_nothing_and_what_is_not_ours_does_not_add_up() -> None:
    assert not adds_up("")
    assert not adds_up("ABC")


def test_codes_are_compared_as_people_type_them() -> None:
    assert plain(" abc-def 12.3 ") == "ABCDEF123"
    assert plain("ＡＢＣ") == "ABC"


@pytest.mark.parametrize(
    "text",
    [
        "abc def ghj",
        "my code is abcdefghj, thanks",
        "ABC-DEF-GHJ",
        "abc def ghj please!",
        "ABCDEFGHJ",
    ],
)
def test_a_code_is_found_among_the_words_of_a_text(text: str) -> None:
    assert "ABCDEFGHJ" in typed(text, lambda code: len(code) == 9)


def test_what_has_no_fitting_word_is_taken_whole_and_an_empty_text_has_none() -> None:
    assert typed("abc def", lambda _: False) == ["ABCDEF"]
    assert typed(" ... ", lambda _: True) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("WIN abc-def", "WIN ***-***"),
        ("win: ABC, thanks", "win: ***, ******"),
        ("> WIN abc\nWIN abc", "> *** ***\nWIN ***"),
        ("win.abcdef", "win ***"),
        ("WIN", "WIN"),
    ],
)
def test_only_the_keyword_can_be_read_of_what_is_kept(text: str, kept: str) -> None:
    assert masked(text) == kept


def test_the_codes_with_the_least_lots_win_in_whatever_order_they_came() -> None:
    marks = [mark(KEY, _code(9)) for _ in range(1000)]
    chosen = winning("seed", marks, [3, 2])
    order = sorted(
        marks,
        key=lambda each: hmac.new(
            b"seed", each.to_bytes(8, "big", signed=True), hashlib.sha256
        ).digest()[:8],
    )
    assert chosen == dict(zip(order[:5], [0, 0, 0, 1, 1], strict=True))
    DRAW.shuffle(marks)
    assert winning("seed", marks, [3, 2]) == chosen
    assert winning("other", marks, [3, 2]) != chosen
    assert lot("seed", order[0]) < lot("seed", order[-1])


def test_fewer_codes_than_prizes_all_win_and_no_quota_is_none() -> None:
    assert len(winning("seed", [1, 2], [5])) == 2
    assert winning("seed", [1, 2], [-1, 0]) == {}
