"""Words as people type them."""

import pytest

from gsmd.twoway.keywords import Table
from gsmd.twoway.words import after_first_word, first_word, fold, one_apart


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


def test_a_text_is_cut_after_its_first_word_as_it_was_typed() -> None:
    assert first_word("Vote  Anna Müller") == "vote"
    assert after_first_word("Vote  Anna Müller ") == "Anna Müller"
    assert after_first_word("Vote") == ""
    assert after_first_word("🎉 vote:  Anna M.") == "Anna M."
    assert after_first_word("balance 5.00") == "5.00"


TABLE = Table(
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
    assert Table([(("JOIN",), "join")], misspelt=False).find("jion") is None
