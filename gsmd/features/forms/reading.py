"""Typed answers: a number, an option, yes or no, a date, a time or a phone number, as people text them.

What is read is what nobody can take for anything else; the rest is asked again. There is no library for it that is small:
those for dates take longer to import than a whole start of gsmd may take, and guess where a question back is better.
"""

import re
from datetime import date

import msgspec

from gsmd.choices import choice
from gsmd.features.forms.calendar import Calendar
from gsmd.features.forms.clock_times import time_of_day
from gsmd.numbers import NotANumber, normalise
from gsmd.patterns import pattern
from gsmd.protocol.forms import Question, QuestionType, Value
from gsmd.words import fold, said
from gsmd.yes_no import yes_or_no

_SAME_NUMBER = frozenset(
    {
        "this",
        "this one",
        "this number",
        "same",
        "me",
        "diese",
        "dieselbe",
        "diese nummer",
        "celui-ci",
        "este",
        "este numero",
    }
)
"""What people text for the number that they text from."""

_FIGURE = pattern(r"(?<![\w.,])[-+−]?\d+(?:[.,]\d+)*(?![\w])")
_OUT_OF = pattern(r"^([-+−]?\d+(?:[.,]\d+)?)\s*(?:/|of|out of|von|sur|de|su|van)\s*(\d+)$")
_SIGN = pattern(r"([-−])?([.,])?(?=\d)")
_UNIT = pattern(r"\s*[%€$£°]\s*")

_SHORT = 6
"""Words of an answer in which one figure is what is meant: ``I give it a 5``."""

_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve",
    "null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze",
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce",
)
_NUMERALS = {word: number for names in _NAMES for number, word in enumerate(names.split())} | {
    "none": 0,
    "ein": 1,
    "eine": 1,
    "une": 1,
    "una": 1,
    "zwo": 2,
    "fuenf": 5,
    "zwoelf": 12,
}


class Answering(msgspec.Struct, frozen=True):
    """Who answers: on which day, in which country (ISO 3166; None: not known), from which number."""

    today: date
    country: str | None
    peer: str

    def read(self, question: Question, text: str, *, strict: bool = False) -> Value | None:
        """The answer that a text is to a question; None if it is none. ``strict``: only if it is nothing else."""
        own = said(text).strip()
        match question.type:
            case QuestionType.TEXT:
                return own or None
            case QuestionType.NUMBER:
                found = number(own, question.min, question.max, strict=strict)
                return _within(question, found)
            case QuestionType.YES_NO:
                return yes_or_no(own, strict=strict)
            case QuestionType.PHONE:
                return self._phone(own)
        return self._chosen(question, own, strict=strict)

    def _chosen(self, question: Question, text: str, *, strict: bool) -> str | None:
        if question.type is QuestionType.TIME:
            return time_of_day(text)
        if question.type is QuestionType.DATE:
            day = Calendar(self.today, self.country).day(text, strict=strict)
            return None if day is None else day.isoformat()
        position = choice(question.options, text, whole=strict)
        return None if position is None else question.options[position].name

    def _phone(self, text: str) -> str | None:
        if fold(text) in _SAME_NUMBER:
            return self.peer if self.peer.startswith("+") else None
        try:
            found = normalise(text, self.country)
        except NotANumber:
            return None
        return found if found.startswith("+") else None


def _within(question: Question, found: float | None) -> float | None:
    if found is None or (question.min is not None and found < question.min):
        return None
    return None if question.max is not None and found > question.max else found


def number(
    text: str, least: float | None = None, most: float | None = None, *, strict: bool = False
) -> int | float | None:
    """The number that a text is: ``2,5``, ``five``, ``4/5`` where 5 is the most, ``a 5!``. None if it is not one alone."""
    words = _in_front(text.strip()) + _UNIT.sub(" ", fold(text)).strip()
    if (whole := _figure(words, least, most)) is not None:
        return whole
    if words in _NUMERALS:
        return _NUMERALS[words]
    if (part := _OUT_OF.match(words)) is not None:
        return (
            _figure(part[1], least, most) if most is not None and float(part[2]) == most else None
        )
    if strict or len(words.split()) > _SHORT:
        return None
    figures = _FIGURE.findall(words)
    if len(figures) == 1:
        return _figure(figures[0], least, most)
    named = {
        _NUMERALS[word] for word in words.split() if _NUMERALS.get(word, 1) != 1
    }  # one is an article too
    return named.pop() if len(named) == 1 and not figures else None


def _in_front(text: str) -> str:
    """The sign, and the zero of ``.5``, which are no part of a word."""
    found = _SIGN.match(text)
    if found is None:
        return ""
    return ("-" if found[1] else "") + (f"0{found[2]}" if found[2] else "")


def _figure(written: str, least: float | None, most: float | None) -> int | float | None:
    plain = written.replace("−", "-").replace(" ", "")
    if not re.fullmatch(r"[-+]?\d+(?:[.,]\d+)*", plain) or " " in written:
        return None
    candidates = [value for value in _readings(plain) if value is not None]
    fitting = [
        value
        for value in candidates
        if (least is None or value >= least) and (most is None or value <= most)
    ]
    return next(iter(fitting or candidates), None)


def _readings(plain: str) -> list[int | float | None]:
    """The values that digits with points and commas may have, the likeliest first."""
    signs = [each for each in plain if each in ".,"]
    if not signs:
        return [int(plain) if len(plain) <= 18 else None]
    last = signs[-1]
    decimal = None
    if signs.count(last) == 1:
        whole, _, fraction = plain.rpartition(last)
        decimal = _decimal(whole, fraction)
    in_thousands = re.fullmatch(r"[-+]?[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*", plain)
    thousands = int(re.sub(r"[.,]", "", plain)) if in_thousands else None
    return [thousands, decimal] if len(signs) > 1 else [decimal, thousands]


def _decimal(whole: str, fraction: str) -> int | float | None:
    if not re.fullmatch(r"[-+]?\d+|[-+]?[1-9]\d{0,2}([.,]\d{3})+", whole) or len(whole) > 18:
        return None
    value = float(f"{re.sub('[.,]', '', whole)}.{fraction}")
    return int(value) if value.is_integer() else value
