"""Times and durations as people write and read them: local time, words."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from gsmd.patterns import pattern

Direction = Literal["past", "future"]

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_ISO = pattern(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def local(moment: datetime) -> str:
    """``2026-01-02 04:04:05`` in the time of this machine."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def when(moment: datetime | None) -> str:
    """`local`; empty for what has not happened."""
    return local(moment) if moment else ""


def local_precise(moment: datetime) -> str:
    """`local` with milliseconds: for a history, in which things happen quickly."""
    return local(moment) + f".{moment.microsecond // 1000:03d}"


def short(moment: datetime, now: datetime | None = None) -> str:
    """As little as says when: ``04:04:05`` today, ``2 Jan 04:04`` in the last half year, else the date."""
    there, here = moment.astimezone(), (now or current()).astimezone()
    if there.date() == here.date():
        return there.strftime("%H:%M:%S")
    if abs(here - there) < timedelta(days=180):
        return there.strftime("%-d %b %H:%M")
    return there.strftime("%Y-%m-%d")


def localise(text: str) -> str:
    """``text`` with every ISO time that has an offset told in local time."""
    return _ISO.sub(lambda match: local(datetime.fromisoformat(match[0])), text)


def words(seconds: float) -> str:
    """``3 minutes 20 seconds``: the two largest units; milliseconds below a second."""
    if seconds < 0:
        return f"minus {words(-seconds)}"
    if seconds < 0.9995:  # what does not round to a whole second
        return f"{round(seconds * 1000)} ms"
    left = round(seconds)
    counts = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        counts.append((count, unit))
    first = next(index for index, (count, _) in enumerate(counts) if count)
    pair = [(count, unit) for count, unit in counts[first : first + 2] if count]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in pair)


def ago(moment: datetime, now: datetime | None = None) -> str:
    """``3 minutes ago``, ``in 2 hours``, ``now``."""
    now = now or current()
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{words(seconds)} ago" if seconds > 0 else f"in {words(-seconds)}"


def parse_moment(text: str, now: datetime, towards: Direction) -> datetime:
    """The moment that ``text`` means, seen from ``now`` (aware).

    ISO 8601 (local time without an offset), ``YYYY-MM-DD``, ``HH:MM`` (the nearest one ``towards``
    that side), ``yesterday|today|tomorrow [HH:MM]``, or a duration away from now (``2h``).
    Errors: `ValueError` for anything else.
    """
    text = text.strip()
    word, _, rest = text.lower().partition(" ")
    if word in _DAYS:
        day = now.astimezone().date() + timedelta(days=_DAYS[word])
        return _at(day, _clock(rest) if rest else time())
    if re.fullmatch(r"\d\d?:\d\d(:\d\d)?", text):
        return _nearest(_clock(text), now, towards)
    if re.match(r"\d{4}-\d\d", text):
        return datetime.fromisoformat(text).astimezone()
    return _away(text, now, towards)


def _away(text: str, now: datetime, towards: Direction) -> datetime:
    from gsmd.config import parse_duration

    distance = timedelta(seconds=parse_duration(text.removeprefix("in ").removesuffix(" ago")))
    return now + (distance if towards == "future" else -distance)


def _clock(text: str) -> time:
    return time.fromisoformat(text.strip().zfill(5))


def _nearest(clock: time, now: datetime, towards: Direction) -> datetime:
    today = now.astimezone().date()
    moment = _at(today, clock)
    if towards == "future" and moment <= now:
        return _at(today + timedelta(days=1), clock)
    if towards == "past" and moment > now:
        return _at(today - timedelta(days=1), clock)
    return moment


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock).astimezone()


def current() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)
