"""Points in time and addresses as pages write and read them."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from gsmd.gateways.web.problems import Problem


def moment(value: Any) -> datetime:
    """A point in time of the protocol (ISO 8601), of ours (Unix seconds), or one already; in the machine's zone."""
    if isinstance(value, datetime):
        return value.astimezone()
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).astimezone()
    return datetime.fromisoformat(str(value)).astimezone()


def iso(value: Any) -> str:
    """For the attribute ``datetime``."""
    return moment(value).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def when(value: Any) -> str:
    """Date and time, the same in all languages; the script puts the reader's own way in place."""
    at = moment(value)
    today = datetime.now().astimezone()
    if at.date() == today.date():
        return f"{at:%H:%M}"
    return f"{at:%d.%m. %H:%M}" if at.year == today.year else f"{at:%d.%m.%Y}"


def day(value: Any) -> str:
    """The day alone."""
    return f"{moment(value):%d.%m.%Y}"


def tick(at: datetime, span: float) -> str:
    """A point of an axis that is ``span`` seconds long: the day, or the time of day."""
    return f"{at:%d.%m.}" if span > 2 * 86_400 else f"{at:%H:%M}"


def chosen(text: str) -> datetime | None:
    """The time that was put into a form; without a zone it is the machine's. None if nothing was. Errors: `Problem`."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise Problem(422, "bad_time", "that is no time", field="at") from None


def segment(value: str) -> str:
    """A value as one segment of a path."""
    return quote(value, safe="+")
