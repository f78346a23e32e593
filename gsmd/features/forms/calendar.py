"""Days as people text them: ``24.12.``, ``12/24`` where months come first, ``24 December``, ``Friday``, ``tomorrow``.

A day without a year is the next one of that name; what was before today and has a year is taken as it is.
"""

from datetime import date, timedelta

import msgspec

from gsmd.patterns import pattern
from gsmd.words import fold, said

_ISO = pattern(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMERIC = pattern(r"(\d{1,2})\s*([./-])\s*(\d{1,2})(?:\s*\2\s*(\d{4}|\d{2})|\.)?")
_DAY = pattern(r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?")
_YEAR = pattern(r"\d{4}")
_IN_DAYS = pattern(r"(?:in|dans|en) (\d{1,3}) (?:days?|tagen?|jours?|dias?)")

_MONTHS_FIRST = frozenset({"US", "PH", "BZ"})
"""Countries that write 12/24 for the 24th of December."""

_RELATIVE = {
    "today": 0,
    "tonight": 0,
    "heute": 0,
    "aujourdhui": 0,
    "hoy": 0,
    "tomorrow": 1,
    "tmrw": 1,
    "morgen": 1,
    "demain": 1,
    "manana": 1,
    "day after tomorrow": 2,
    "ubermorgen": 2,
    "uebermorgen": 2,
    "apres-demain": 2,
    "pasado manana": 2,
}
_WEEKDAYS = (
    "monday mon montag mo lundi lun lunes",
    "tuesday tue tues dienstag di mardi mar martes",
    "wednesday wed mittwoch mi mercredi mer miercoles mie",
    "thursday thu thur thurs donnerstag do jeudi jeu jueves jue",
    "friday fri freitag fr vendredi ven viernes vie",
    "saturday sat samstag sonnabend sa samedi sam sabado sab",
    "sunday sun sonntag so dimanche dim domingo dom",
)
_MONTHS = (
    "january jan januar janner janvier janv enero ene",
    "february feb februar fevrier fevr febrero",
    "march mar marz maerz mrz mars marzo",
    "april apr avril avr abril abr",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug aout agosto ago",
    "september sep sept septembre septiembre set",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez decembre diciembre dic",
)
_BY_WEEKDAY = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_BY_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
_AROUND = frozenset(
    fold(
        "on am the der den dem le la el de of this next coming kommenden nachsten prochain proximo at um please bitte"
        " svp por favor thanks danke merci gracias"
    ).split()
)
"""Words that change nothing about the day that is meant."""


class Calendar(msgspec.Struct, frozen=True):
    """Reads days from the one that it is. ``country`` (ISO 3166) says whether months are written first."""

    today: date
    country: str | None = None

    def day(self, text: str, *, strict: bool = False) -> date | None:
        """The day that a text names; None if it is none, or might be two. ``strict``: without words around it."""
        typed = said(text).strip().casefold().strip(" !?,")
        words = fold(typed.replace("'", "").replace("’", "")).split()
        if not strict:
            words = [word for word in words if word not in _AROUND]
        plain = " ".join(words)
        if plain in _RELATIVE:
            return self.today + timedelta(days=_RELATIVE[plain])
        if (span := _IN_DAYS.fullmatch(plain)) is not None:
            return self.today + timedelta(days=int(span[1]))
        return self._written(words) or self._weekday(words)

    def _weekday(self, words: list[str]) -> date | None:
        if len(words) != 1 or (wanted := _BY_WEEKDAY.get(words[0])) is None:
            return None
        return self.today + timedelta(days=(wanted - self.today.weekday() - 1) % 7 + 1)

    def _written(self, words: list[str]) -> date | None:
        if words and words[0] in _BY_WEEKDAY and len(words) > 1:
            words = words[1:]  # Friday, 24.12.
        plain = " ".join(words)
        if (iso := _ISO.fullmatch(plain)) is not None:
            return _date(int(iso[1]), int(iso[2]), int(iso[3]))
        if (numeric := _NUMERIC.fullmatch(plain)) is not None:
            first, second = int(numeric[1]), int(numeric[3])
            is_month_first = numeric[2] == "/" and self.country in _MONTHS_FIRST
            month, day = (first, second) if is_month_first else (second, first)
            return self._on(day, month, numeric[4])
        return self._named(words)

    def _named(self, words: list[str]) -> date | None:
        """``24 December 2026``, ``Dec 24``."""
        months = [_BY_MONTH[word] for word in words if word in _BY_MONTH]
        numbers = [word for word in words if word not in _BY_MONTH]
        if len(months) != 1 or not 1 <= len(numbers) <= 2:
            return None
        day = _DAY.fullmatch(numbers[0])
        if day is None or (len(numbers) == 2 and not _YEAR.fullmatch(numbers[1])):
            return None
        return self._on(int(day[1]), months[0], numbers[1] if len(numbers) == 2 else None)

    def _on(self, day: int, month: int, year: str | None) -> date | None:
        if year is not None:
            return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        years = range(self.today.year, self.today.year + 9)  # the 29th of February comes by then
        found = (_date(each, month, day) for each in years)
        return next((each for each in found if each is not None and each >= self.today), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
