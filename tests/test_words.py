"""Words as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsmd.words import first_sign, first_word, fold, keyword, one_apart, said, word_and_rest


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  Stop! ", "stop"),
        ("¡ALTO!", "alto"),
        ("Arrêté", "arrete"),
        ("STRASSE straße", "strasse strasse"),
        ("ＳＴＯＰ", "stop"),
        ("СТОП.", "стоп"),
        ("a  b\n c", "a b c"),
        ("#1 *", "#1 *"),
        ("...", ""),
        ("\u200eInfo\u200b 🎉now", "info now"),
        ("1️⃣", "1"),
        ("❤️", ""),
        ("join:now, 5.00", "join now 5.00"),
        ("*join* *123#", "join *123#"),
        ("", ""),
    ],
)
def test_case_accents_and_punctuation_make_no_difference(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize("word", ["balnce", "ballance", "balanse", "blaance", "balance2"])
def test_one_mistake_makes_a_word_one_apart(word: str) -> None:
    assert one_apart(word, "balance")
    assert one_apart("balance", word)


@pytest.mark.parametrize("word", ["balance", "blnce", "ecnalab", "bala", ""])
def test_no_mistake_and_two_mistakes_do_not(word: str) -> None:
    assert not one_apart(word, "balance")


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("Vote  Anna Müller ", "Vote", "Anna Müller"),
        ("Vote", "Vote", ""),
        ("🎉 vote:  Anna M.", "vote:", "Anna M."),
        ("balance 5.00", "balance", "5.00"),
        ("balance: .5", "balance:", ".5"),
        ("STOP.Merci", "STOP", "Merci"),
        ("Vote Anna!!Bob", "Vote", "Anna!!Bob"),
        ("vote😀Anna 🎉", "vote", "😀Anna 🎉"),
        ("E\u0301te\u0301…Anna", "E\u0301te\u0301", "Anna"),
        ("> Text VOTE and a name\nVote Anna", "Vote", "Anna"),
        ("> Vote Anna", "Vote", "Anna"),
        ("Report\n\nAll is well", "Report", "All is well"),
        ("🎉 ...", "", ""),
        ("", "", ""),
    ],
)
def test_a_text_is_cut_after_its_first_word_as_it_was_typed(
    text: str, word: str, rest: str
) -> None:
    assert word_and_rest(text) == (word, rest)


@pytest.mark.parametrize(
    ("text", "word", "sign"),
    [
        ("STOP.Merci", "stop", ""),
        ("ÉTÉ", "ete", ""),
        ("> JOIN", "join", ">"),
        ("> Text JOIN or INFO\n\nInfo please", "info", ""),
        ("> JOIN\n-- sent by me", "sent", "--"),
        ("? what", "what", "?"),
        ("...", "", "..."),
        ("👍🏽", "", "👍"),
        ("❤️ you", "you", "❤"),
        ("\u200b ❤", "", "❤"),
        ("\u200b", "", ""),
        ("@balance", "balance", ""),
        ("", "", ""),
    ],
)
def test_a_text_begins_with_a_word_and_perhaps_a_sign_in_front_of_it(
    text: str, word: str, sign: str
) -> None:
    assert (first_word(text), first_sign(text)) == (word, sign)


def test_a_keyword_is_a_word_and_only_where_there_is_none_a_sign() -> None:
    assert [keyword(each) for each in ("Été!", "?", "👍🏽", "«X»", "\u200b")] == [
        "ete",
        "?",
        "👍",
        "x",
        "",
    ]


WRITTEN = st.text(
    st.sampled_from("aBé1ß ﬁ．.,;!?…*#>\n@😀👍🏽\u0301\u200b\u00a0\ufdfa-"), max_size=30
)


@given(WRITTEN)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(WRITTEN)
def test_the_first_word_is_the_first_of_all_words_and_stands_in_the_text(text: str) -> None:
    first = first_word(text)
    typed, rest = word_and_rest(text)

    assert first == fold(said(text)).partition(" ")[0]
    assert fold(typed).partition(" ")[0] == first_word(typed)
    assert typed in text or "\n" in text
    assert text.rstrip().endswith(rest) or ">" in text or "\n" in text
