"""Times as strings of sixteen characters, absolute or relative (SMPP 3.4 §7.1.1).

``YYMMDDhhmmsstnnp``: t tenths of a second, nn quarters of an hour between local time and UTC, p ``+`` or
``-`` for that, or ``R`` for a time that counts from now. Many ESMEs leave the end out: what is
missing from the seconds on is 0, and without an offset the time is UTC.
"""

from datetime import UTC, datetime, timedelta, timezone

from gsmd.smpp.errors import SmppError
from gsmd.smpp.status import CommandStatus

_SHORTEST = 10  # YYMMDDhhmm
_LONGEST = 16
_MONTH = 30  # days of a month where months are counted from now (SMPP leaves it open)
_YEAR = 365


def parse(octets: bytes, now: datetime, *, status: CommandStatus, field: str) -> datetime | None:
    """The moment that a time names, None for an empty one; ``now`` is where relative ones count from.

    Errors: `SmppError` with ``status`` and ``field``.
    """
    if not octets:
        return None
    try:
        return _parse(octets.decode("ascii"), now)
    except ValueError as error:
        message = f"{octets.decode('latin-1')!r} is no time: {error}"
        raise SmppError(message, status=status, field=field) from None
    except OverflowError:
        message = f"{octets.decode('latin-1')!r} is too far away"
        raise SmppError(message, status=status, field=field) from None


def _parse(text: str, now: datetime) -> datetime:
    mark = text[-1] if text[-1] in "R+-" else ""
    digits = text.removesuffix(mark)
    if not (digits.isdigit() and len(digits) >= _SHORTEST and len(text) <= _LONGEST):
        raise ValueError("it has to be YYMMDDhhmmsstnnp")
    digits = digits.ljust(_LONGEST - 1, "0")
    year, month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    tenths, quarters = int(digits[12]), int(digits[13:15])
    if mark == "R":
        days = _YEAR * year + _MONTH * month + day
        return now + timedelta(days=days, hours=hour, minutes=minute, seconds=second)
    if quarters > 48:
        raise ValueError("more than 12 hours from UTC")
    offset = timedelta(minutes=15 * (-quarters if mark == "-" else quarters))
    moment = datetime(
        2000 + year, month, day, hour, minute, second, tenths * 100_000, timezone(offset)
    )
    return moment.astimezone(UTC)


def absolute(moment: datetime) -> bytes:
    """A moment in UTC, sixteen characters. Tenths are cut off: they are of no use to anybody."""
    return moment.astimezone(UTC).strftime("%y%m%d%H%M%S000+").encode()


def relative(span: timedelta) -> bytes:
    """A span of up to 99 years from now, sixteen characters. Errors: `SmppError` beyond."""
    seconds = max(0, round(span.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    years, days = divmod(days, _YEAR)
    months, days = divmod(days, _MONTH)
    if years > 99:
        raise SmppError("more than 99 years", status=CommandStatus.RINVEXPIRY, field="time")
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{years:02}{months:02}{days:02}{hours:02}{minutes:02}{seconds:02}000R".encode()
