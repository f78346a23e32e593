"""Parameters that have the right type and may still be impossible: what they stand for, or error 3."""

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from gsmd.config import parse_duration
from gsmd.core.requests import Code, Refused

E = TypeVar("E", bound=StrEnum)


def _impossible(field: str, message: str) -> Refused:
    return Refused(Code.INVALID, f"{field}: {message}", reason="impossible_value", field=field)


def choice(kind: type[E], value: str, field: str) -> E:
    """The member of an enumeration."""
    try:
        return kind(value)
    except ValueError:
        raise _impossible(field, f"one of {', '.join(kind)}, not {value[:40]!r}") from None


def moment(value: str, field: str) -> datetime:
    """A point in time: ISO 8601 with its offset from UTC."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        example = "2026-01-02T03:04:05Z"
        raise _impossible(field, f"a time with its offset, like {example}, not {value[:40]!r}")
    return at


def seconds(value: float | str, field: str) -> float:
    """A duration: a number of seconds, or ``90s 15m 24h 7d 2w``."""
    try:
        return parse_duration(value)
    except ValueError:
        text = f"a number of seconds or a duration like 90s, 15m, 24h, not {str(value)[:40]!r}"
        raise _impossible(field, text) from None


def between(low: int, value: int, high: int, field: str) -> int:
    """A whole number within bounds."""
    if not low <= value <= high:
        raise _impossible(field, f"a number from {low} to {high}, not {str(value)[:40]}")
    return value


def name(value: str, field: str) -> str:
    """A name that is not empty, not endless and has no control characters."""
    if not 0 < len(value) <= 64 or not value.isprintable():
        raise _impossible(field, "1 to 64 printable characters")
    return value
