"""Texts of strangers, in pieces."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.gateways.web.pages.texts import MOST, STACKED, line, pieces


def shown(text: str) -> str:
    return "".join({"mark": f"[{each.text}]"}.get(each.kind, each.text) for each in pieces(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text", "plain text"),
        ("\u202egnp.exe", "[RLO]gnp.exe"),
        ("pay\u200bpal", "pay[ZWSP]pal"),
        ("a\x00b\x1b[0m", "a[U+0000]b[U+001B][0m"),
        ("two\nlines", "two\nlines"),
        ("\u3164nothing", "[U+3164]nothing"),
        ("مرحبا", "مرحبا"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀 ❤\ufe0f 👍🏽", "👩\u200d🚀 ❤\ufe0f 👍🏽"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"),
        ("x\U000e0041", "x[U+E0041]"),
        ("Tiếng Việt, Ελληνικά, Кириллица, हिन्दी", "Tiếng Việt, Ελληνικά, Кириллица, हिन्दी"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_a_mark_and_what_a_script_needs_is_not(
    text: str, expected: str
) -> None:
    assert shown(text) == expected


def test_of_many_marks_on_one_character_a_few_stay() -> None:
    text = "Z" + "\u0301" * 60 + "algo"
    found = pieces(text)
    assert found[0].text == "Z" + "\u0301" * STACKED
    assert (found[1].kind, found[1].text) == ("mark", f"+{60 - STACKED}")
    assert found[2].text == "algo"


def test_a_link_is_a_piece_of_its_own_with_its_real_host() -> None:
    (before, link, behind) = pieces("see https://аpple.com/x. now")
    assert (before.text, link.kind, link.text, behind.text) == (
        "see ",
        "link",
        "https://аpple.com/x",
        ". now",
    )
    assert link.title.startswith("xn--")
    assert pieces("http://xn--pple-43d.com")[0].title == "аpple.com"
    assert pieces("https://example.org/a")[0].title == ""


def test_a_long_text_is_cut_and_says_so() -> None:
    found = pieces("x" * (MOST + 5))
    assert (found[-1].kind, found[-1].text) == ("rest", "5")
    assert len(found[0].text) == MOST


@given(st.text(max_size=300))
def test_no_text_whatever_shows_what_turns_or_hides_it(text: str) -> None:
    for each in (*pieces(text), *line(text)):
        assert each.kind == "mark" or not any(
            unicodedata.bidirectional(c)
            in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}
            or unicodedata.category(c) in {"Zl", "Zp"}
            for c in each.text
        )


@given(st.text(max_size=300))
def test_nothing_that_can_be_seen_is_lost(text: str) -> None:
    def visible(value: str) -> str:
        return "".join(
            c for c in value.replace("\r\n", "\n") if unicodedata.category(c)[0] in "LNPS"
        )

    kept = "".join(each.text for each in pieces(text) if each.kind != "mark")
    assert visible(kept).replace("\u3164", "") in (visible(text), visible(kept))
    assert len(visible(kept)) >= len(visible(text)) - sum(
        c in "\u115f\u1160\u2800\u3164\uffa0" for c in text
    )
