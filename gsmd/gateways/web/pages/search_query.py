"""What people write into the search box, as parameters of ``messages.list``: pure.

    from:+33612345678 to:+33… with:+33…     who wrote it, whom it was written to, either
    tag:autumn modem:north                  as they were sent, or came in
    state:failed is:inbound                 a state; inbound or outbound
    before:2026-11-01 after:yesterday       a day, today, yesterday, or how long ago: 7d, 12h
    "the blue one"                          these words, in this order

What is no operator is looked for in the texts. A word with a colon that is none of these is a word.
"""

import re
from datetime import datetime, time, timedelta
from typing import Any

from gsmd.protocol.message import Direction, State

OPERATORS = ("from", "to", "with", "tag", "modem", "state", "is", "before", "after")

_WORD = re.compile(r'(?:(\w+):)?(?:"([^"]*)"?|(\S+))')
_AGO = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Misunderstood(ValueError):
    """A value that its operator cannot have; ``operator`` says which."""

    def __init__(self, operator: str, value: str) -> None:
        super().__init__(f"{operator}:{value}")
        self.operator = operator
        self.value = value


def parameters(query: str, now: datetime) -> dict[str, Any]:
    """The parameters; ``now`` with its zone. Errors: `Misunderstood`."""
    given: dict[str, Any] = {}
    words: list[str] = []
    for found in _WORD.finditer(query):
        operator, value = (found[1] or "").lower(), found[2] if found[2] is not None else found[3]
        if operator in OPERATORS and value:
            _put(given, operator, value, now)
        elif whole := (f"{found[1]}:{value}" if found[1] else value):
            words.append(whole)
    if words:
        given["search"] = " ".join(words)[:200]
    return given


def _put(given: dict[str, Any], operator: str, value: str, now: datetime) -> None:
    match operator:
        case "from" | "to" | "with":
            given["peer"] = value
            if operator != "with":
                given["direction"] = "inbound" if operator == "from" else "outbound"
        case "tag" | "modem":
            given[operator] = value
        case "state":
            given["state"] = _one_of(operator, value, {str(each) for each in State})
        case "is":
            given["direction"] = _one_of(operator, value, {str(each) for each in Direction})
        case _:
            given["until" if operator == "before" else "since"] = _day(
                operator, value, now
            ).isoformat()


def _one_of(operator: str, value: str, known: set[str]) -> str:
    if value.lower() not in known:
        raise Misunderstood(operator, value)
    return value.lower()


def _day(operator: str, value: str, now: datetime) -> datetime:
    if value.lower() in {"today", "yesterday"}:
        day = now.date() - timedelta(days=value.lower() == "yesterday")
        return datetime.combine(day, time.min).replace(tzinfo=now.tzinfo)
    if ago := _AGO.fullmatch(value.lower()):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise Misunderstood(operator, value) from None
    return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
