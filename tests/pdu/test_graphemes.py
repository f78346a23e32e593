"""Where a text may be cut."""

import pytest

from gsmd.pdu.graphemes import is_boundary, last_boundary

WHOLE = {
    "a letter with an accent of its own": "e\u0301",
    "several accents": "o\u0302\u0323",
    "CR LF": "\r\n",
    "a keycap": "1\ufe0f\u20e3",
    "a skin tone": "👍🏽",
    "a family": "👨\u200d👩\u200d👧\u200d👦",
    "a flag": "🇫🇷",
    "a flag of tags": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a rainbow flag": "🏳\ufe0f\u200d🌈",
    "Hangul letters": "\u1100\u1161\u11a8",
    "a Hangul syllable and a letter": "\uac00\u11a8",
    "two leading letters": "\u1100\u1100\u1161",
    "a Hangul syllable with its last letter, and another": "\uac01\u11a8",
    "old Hangul": "\ua960\ud7b0\ud7cb",
    "Devanagari vowel sign": "कि",
    "a conjunct": "क्ष",
    "a Thai sign": "กำ",
    "a prepended sign": "\u06001",
    "half-width Katakana": "\uff76\uff9e",
}
APART = {
    "two letters": "ab",
    "two ideographs": "你好",
    "two faces": "😀😃",
    "LF CR": "\n\r",
    "CR and a letter": "\ra",
    "a letter and a prepended sign": "a\u0600",
    "a Hangul syllable and another": "\uac00\uac01",
    "a vowel and a leading letter": "\u1161\u1100",
    "two Devanagari letters": "कख",
    "a conjunct sign and a space": "क् "[1:],
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=list(WHOLE))
def test_what_people_see_as_one_is_not_cut(text: str) -> None:
    assert [at for at in range(1, len(text)) if is_boundary(text, at)] == []


@pytest.mark.parametrize("text", APART.values(), ids=list(APART))
def test_what_people_see_as_two_may_be_cut(text: str) -> None:
    assert is_boundary(text, 1)


def test_flags_are_cut_between_pairs() -> None:
    flags = "🇫🇷🇩🇪🇮"
    assert [at for at in range(1, 5) if is_boundary(flags, at)] == [2, 4]
    assert [at for at in range(2, 6) if is_boundary("a" + flags, at)] == [3, 5]


def test_the_last_boundary_is_at_or_before_the_place() -> None:
    text = "ab" + WHOLE["a family"]
    assert last_boundary(text, 0, 2) == 2
    assert last_boundary(text, 0, 5) == 2


def test_what_fills_a_whole_part_is_cut_where_it_must() -> None:
    assert last_boundary("e" + "\u0301" * 99, 0, 50) == 50
    assert last_boundary("e" + "\u0301" * 99, 50, 60) == 60
