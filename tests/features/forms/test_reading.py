"""Typed answers: as people write them, in English, German, French and Spanish."""

from datetime import date

import pytest

from gsmd.features.forms.calendar import Calendar
from gsmd.features.forms.clock_times import time_of_day
from gsmd.features.forms.reading import number
from gsmd.features.forms.rules import first_answers, holds, next_question
from gsmd.protocol.forms import Condition, Question

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("24.12.", "2026-12-24"),
        ("24/12/2027", "2027-12-24"),
        ("Dec 24th", "2026-12-24"),
        ("24. Dezember", "2026-12-24"),
        ("1er mars", "2027-03-01"),
        ("on Friday please", "2026-11-27"),
        ("thursday", "2026-12-03"),
        ("mañana", "2026-11-27"),
        ("après-demain", "2026-11-28"),
        ("in 3 days", "2026-11-29"),
        ("29.2.", "2028-02-29"),
        ("31.2.", None),
        ("12/24", None),
        ("1", None),
        ("soon", None),
    ],
)
def test_a_day_is_the_next_of_its_name(text: str, day: str | None) -> None:
    found = Calendar(THURSDAY).day(text)
    assert (found and found.isoformat()) == day


def test_months_come_first_where_people_write_them_first() -> None:
    assert Calendar(THURSDAY, "US").day("12/24") == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("18:30", "18:30"),
        ("18h30", "18:30"),
        ("6:30 pm", "18:30"),
        ("12am", "00:00"),
        ("um 18 Uhr", "18:00"),
        ("Mittag", "12:00"),
        ("18", "18:00"),
        ("6", None),
        ("25:00", None),
        ("18:3", None),
    ],
)
def test_a_time_that_may_be_in_either_half_of_the_day_is_none(text: str, time: str | None) -> None:
    assert time_of_day(text) == time


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("2,5", 2.5),
        ("fünf", 5),
        ("a 5!", 5),
        ("4/5", 4),
        ("3 von 5", 3),
        ("5️⃣", 5),
        ("-3", -3),
        (".5", 0.5),
        ("4-5", None),
        ("4 or 5", None),
        ("good", None),
    ],
)
def test_one_number_is_a_number_and_two_are_none(text: str, value: float | None) -> None:
    assert number(text, 1, 5) == value


def test_a_point_parts_thousands_where_only_that_fits() -> None:
    assert number("1.000", 0, 10) == 1
    assert number("1.000", 100, 5000) == 1000
    assert number("1.000,50") == 1000.5


def test_a_question_is_asked_if_all_is_true_that_it_asks_of_earlier_answers() -> None:
    questions = [
        Question(name="rating", ask="?"),
        Question(name="why", ask="?", when={"rating": Condition(below=4)}),
        Question(name="again", ask="?", when={"why": Condition(answered=True)}),
    ]
    asked = [
        next_question(questions, each)
        for each in ({}, {"rating": 2}, {"rating": 4}, {"rating": 2, "why": None})
    ]
    assert [each and each.name for each in asked] == ["rating", "why", None, None]


def test_a_condition_compares_as_people_write() -> None:
    assert holds(Condition(is_=("red", "blue")), "Red")
    assert not holds(Condition(not_="red"), "Red")
    assert not holds(Condition(is_=True), 1)
    assert not holds(Condition(at_least=1), None)


def test_words_that_are_left_over_make_all_of_them_one_answer() -> None:
    questions = [Question(name="one", ask="?"), Question(name="two", ask="?")]

    def read(question: Question, text: str, *, strict: bool = False) -> str | None:
        return text if not strict else None

    assert first_answers(questions, "a b", read) == {"one": "a b"}
