"""What counts as STOP, and what does not."""

import pytest

from gsmd.features.optout.rules import LANGUAGES, Vocabulary, Wish, answer
from gsmd.words import fold

WORDS = Vocabulary()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("STOP", "en"),
        ("stop.", "en"),
        ("Stop please", "en"),
        ("STOP 36111", "en"),
        ("stop all", "en"),
        ("Unsubscribe", "en"),
        ("Arrêt", "fr"),
        ("stopp", "de"),
        ("Kündigen", "de"),
        ("Baja", "es"),
        ("стоп", "ru"),
    ],
)
def test_stop_is_understood_in_many_languages(text: str, language: str) -> None:
    assert WORDS.wish(text) == (Wish.STOP, language)


SIGNED = "STOP\n\nJean Dupont\nTel 06 12 34 56 78"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "\u200eSTOP",
            "STOP\u200b",
            "\ufeffStop",
            "st\u00adop",
            "Stop\u00a0",
        ),  # marks that cannot be seen
        *("Stop 🛑", "🛑STOP", "stop😡", "Stop 👍🏽", "*STOP*", "S.T.O.P."),
        *("STOP!!", "Stop!!!1", "STOP.Merci", "stop,merci", "(stop)", "“Stop”"),
        *("please stop", "Stop texting me", "unsubscribe me", "stop thx", "STOP STOP STOP"),
        *(SIGNED, "Stop\n--\nSent from my phone", "Stop\nEnvoyé depuis mon mobile"),
        "> Text STOP to end this\nSTOP",
        *("Stpo", "sotp please", "stoppp", "Sttop", "Unsuscribe", "unsubcribe"),
    ],
)
def test_stop_is_understood_however_it_is_typed(text: str) -> None:
    assert WORDS.wish(text) == (Wish.STOP, "en")


@pytest.mark.parametrize("text", ["Shop", "step", "spot", "restart", "fine", "quite", "stopover"])
def test_a_word_that_is_only_near_is_not_corrected(text: str) -> None:
    assert WORDS.wish(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("Stop by at five", "Stop\nby at five", "Don't stop", "cancel my order"),
        *("the end", "", "36111", "please", "🛑"),
    ],
)
def test_a_text_that_says_more_than_stop_is_not_one(text: str) -> None:
    assert WORDS.wish(text) is None


def test_words_of_ones_own_replace_those_that_are_known() -> None:
    words = Vocabulary(stop=["Halt ein"])

    assert words.wish("HALT EIN!") == (Wish.STOP, None)
    assert words.wish("STOP") is None
    assert words.wish("START") == (Wish.START, "en")


def test_no_word_means_both_and_every_confirmation_fits_one_message() -> None:
    stop = {fold(word) for each in LANGUAGES.values() for word in each.stop}
    start = {fold(word) for each in LANGUAGES.values() for word in each.start}

    assert not stop & start
    for code in LANGUAGES:
        for wish in Wish:
            text = answer(wish, code)
            assert len(text) <= (70 if code in {"ru", "pl", "tr"} else 160), text
