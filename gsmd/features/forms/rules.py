"""The order of questions: which one comes next, and what of a text answers which."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gsmd.protocol.forms import Condition, Question, QuestionType, Value
from gsmd.words import fold

Answers = Mapping[str, Value | None]
"""By the names of the questions. None: left out."""


class Reader(Protocol):
    """Reads answers to questions."""

    def __call__(self, question: Question, text: str, *, strict: bool = False) -> Value | None:
        """The answer that a text is, None if it is none; ``strict``: only if it is nothing else."""
        ...


_LEAVING = frozenset({"cancel", "abbrechen", "abbruch", "annuler", "cancelar"})
_SKIPPING = frozenset(
    {"skip", "next", "weiter", "uberspringen", "passer", "suivant", "saltar", "omitir", "siguiente"}
)

_LONGEST = 9
"""Words that an answer may have where more than one follows a keyword."""


def leaves(text: str) -> bool:
    """True if somebody wants no more questions."""
    return fold(text) in _LEAVING


def skips(text: str) -> bool:
    """True if somebody leaves a question out."""
    return fold(text) in _SKIPPING or text.strip() in {"-", "–", "—"}


def next_question(questions: Sequence[Question], answers: Answers) -> Question | None:
    """The first question that is not answered, nor left out, and that these answers have asked."""
    for question in questions:
        if question.name not in answers and is_asked(question, answers):
            return question
    return None


def is_asked(question: Question, answers: Answers) -> bool:
    """True if earlier answers are as the question wants them."""
    return all(holds(each, answers.get(name)) for name, each in question.when.items())


def holds(condition: Condition, answer: Value | None) -> bool:
    """True if an answer is all that the condition asks for. A question that was left out has only that it was."""
    if condition.answered is not None and condition.answered != (answer is not None):
        return False
    if condition.is_ is not None and not _is_one_of(answer, condition.is_):
        return False
    if condition.not_ is not None and (answer is None or _is_one_of(answer, condition.not_)):
        return False
    limits = (condition.below, condition.above, condition.at_least, condition.at_most)
    return all(each is None for each in limits) or _is_within(condition, answer)


def _is_within(condition: Condition, answer: Value | None) -> bool:
    if not isinstance(answer, int | float) or isinstance(answer, bool):
        return False
    return (
        (condition.below is None or answer < condition.below)
        and (condition.above is None or answer > condition.above)
        and (condition.at_least is None or answer >= condition.at_least)
        and (condition.at_most is None or answer <= condition.at_most)
    )


def _is_one_of(answer: Value | None, wanted: Any) -> bool:
    several = wanted if isinstance(wanted, tuple | list) else (wanted,)
    return any(_is_same(answer, each) for each in several)


def _is_same(answer: Value | None, wanted: Value) -> bool:
    if isinstance(answer, str) and isinstance(wanted, str):
        return fold(answer) == fold(wanted)
    return isinstance(answer, bool) == isinstance(wanted, bool) and answer == wanted


def first_answers(questions: Sequence[Question], text: str, read: Reader) -> dict[str, Value]:
    """The answers that follow a keyword: those of the first question, and of more of them where that is unambiguous.

    Each takes the longest run of words that is an answer to it, and the last one the rest: nothing may be left over.
    Else the whole is read as the answer to the first question; where it is none, there are none.
    """
    if found := _in_turn(questions, text.split(), read):
        return found
    first = next_question(questions, {})
    value = None if first is None or not text.strip() else read(first, text)
    return {} if first is None or value is None else {first.name: value}


def _in_turn(questions: Sequence[Question], words: list[str], read: Reader) -> dict[str, Value]:
    answers: dict[str, Value] = {}
    while words:
        question = next_question(questions, answers)
        if question is None:
            return {}
        taken, value = _longest(question, words, read)
        if value is None:
            return {}
        answers[question.name] = value
        words = words[taken:]
    return answers


def _longest(question: Question, words: list[str], read: Reader) -> tuple[int, Value | None]:
    """How many words are an answer, and which; a free text is all that is left."""
    if question.type is QuestionType.TEXT:
        return len(words), read(question, " ".join(words), strict=True)
    for count in range(min(len(words), _LONGEST), 0, -1):
        value = read(question, " ".join(words[:count]).strip(" ,;"), strict=True)
        if value is not None:
            return count, value
    return 0, None


def expected(question: Question) -> str:
    """What fits as an answer, for people."""
    if question.expected is not None:
        return question.expected
    if question.type is QuestionType.NUMBER:
        return _number(question.min, question.max)
    if question.type is QuestionType.CHOICE:
        return ", ".join(f"{number} {each.name}" for number, each in enumerate(question.options, 1))
    return _EXPECTED[question.type]


_EXPECTED = {
    QuestionType.TEXT: "a text",
    QuestionType.YES_NO: "YES or NO",
    QuestionType.DATE: "a date, such as 24.12. or tomorrow",
    QuestionType.TIME: "a time, such as 18:30",
    QuestionType.PHONE: "a phone number",
}


def _number(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"a number from {least:g} to {most:g}"
    if least is not None:
        return f"a number, {least:g} or more"
    return "a number" if most is None else f"a number up to {most:g}"
