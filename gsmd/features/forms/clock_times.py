"""Times of day as people text them: ``18:30``, ``6pm``, ``18h30``, ``18 Uhr``, ``noon``."""

import re

from gsmd.patterns import pattern
from gsmd.words import fold, said

_TIME = pattern(
    r"(?:(?:at|um|gegen|a|à|las|la|vers|around|about)\s+)*"
    r"(?P<hour>\d{1,2})"
    r"(?:\s*(?P<mark>[:.h]|uhr)\s*(?P<minute>\d{2})?)?"
    r"\s*(?P<half>am|pm|a\.m\.?|p\.m\.?)?"
    r"\s*(?P<word>uhr|h|hs|hrs|o'?clock|heures?|horas?)?"
)
_DIGITS = pattern(r"([01]\d|2[0-4])([0-5]\d)")
_NAMED = {
    "noon": "12:00",
    "midday": "12:00",
    "mittag": "12:00",
    "mittags": "12:00",
    "midi": "12:00",
    "mediodia": "12:00",
    "midnight": "00:00",
    "mitternacht": "00:00",
    "minuit": "00:00",
    "medianoche": "00:00",
}
_FIRST_OF_DAY = 13
"""The hour from which on a bare number says which half of the day it is in."""

_POLITE = pattern(r"\s+(?:please|bitte|svp|por favor|thanks|danke|merci|gracias)$")


def time_of_day(text: str) -> str | None:
    """``HH:MM``; None if the text is no time, or one that could be in the morning or in the evening: ``6``."""
    typed = said(text).strip().casefold().strip(" .!?")
    words = _POLITE.sub("", typed)
    if (named := _NAMED.get(fold(words))) is not None:
        return named
    if (digits := _DIGITS.fullmatch(words)) is not None:
        return _clock(int(digits[1]), int(digits[2]))
    found = _TIME.fullmatch(words)
    return None if found is None else _read(found)


def _read(found: re.Match[str]) -> str | None:
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
    if found["mark"] in {":", "."} and found["minute"] is None:
        return None
    if half is None:
        is_sure = found["mark"] or found["word"] or hour >= _FIRST_OF_DAY
        return _clock(hour, minute) if is_sure else None
    if not 1 <= hour <= 12:
        return None
    return _clock(hour % 12 + (12 if half.startswith("p") else 0), minute)


def _clock(hour: int, minute: int) -> str | None:
    if (hour, minute) == (24, 0):
        hour = 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
