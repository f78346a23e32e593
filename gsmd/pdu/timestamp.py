"""Times in a TPDU: seven octets of swapped digits (3GPP TS 23.040 §9.2.3.11)."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec

from gsmd.pdu.errors import PduError

_QUARTER = timedelta(minutes=15)
_CENTURY_TURNS = 70  # two-digit years: 1970 to 2069
_IMPOSSIBLE = 0xFF


def _value(octet: int) -> int:
    tens, units = octet & 0x0F, octet >> 4
    return tens * 10 + units if tens < 10 and units < 10 else _IMPOSSIBLE


DIGITS = bytes(map(_value, range(256)))
"""The number from 0 to 99 that an octet of two swapped digits says; 255 for what says none."""


def _zone(octet: int) -> timezone:
    """Bit 3 is the sign, the rest counts quarters of an hour; what is no digit is taken as UTC."""
    quarters = DIGITS[octet & 0xF7]
    if quarters in (0, _IMPOSSIBLE):
        return UTC
    return timezone((-quarters if octet & 0x08 else quarters) * _QUARTER)


_ZONES = tuple(map(_zone, range(256)))


Moment = datetime  # inside the class, `datetime` is a property


class Timestamp(msgspec.Struct, frozen=True, gc=False):
    """Seven octets, and the time they say."""

    octets: bytes

    @property
    def datetime(self) -> datetime | None:
        """The time with its zone; None where the octets say no time.

        A zone that is no number counts as UTC: the digits of the time itself are still true.
        """
        year, month, day, hour, minute, second, _ = self.octets.translate(DIGITS)
        if year == _IMPOSSIBLE:
            return None
        year += 1900 if year >= _CENTURY_TURNS else 2000
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=_ZONES[self.octets[6]])
        except ValueError:
            return None

    @classmethod
    def of(cls, moment: Moment, field: str = "timestamp") -> "Timestamp":
        """The octets of ``moment``: aware, in whole seconds, its zone in whole quarters of an hour.

        Errors: `PduError` for what cannot be said exactly.
        """
        offset = moment.utcoffset()
        if offset is None:
            raise PduError("a time without a zone", field)
        quarters, inexact = divmod(abs(offset), _QUARTER)
        if inexact or quarters > 79:
            raise PduError("the zone is not in quarters of an hour", field)
        if moment.microsecond:
            raise PduError("the time is not in whole seconds", field)
        if not 1900 + _CENTURY_TURNS <= moment.year < 2000 + _CENTURY_TURNS:
            raise PduError(f"the year {moment.year} cannot be said in two digits", field)
        date = (moment.year % 100, moment.month, moment.day)
        digits = (*date, moment.hour, moment.minute, moment.second, quarters)
        octets = bytearray(map(swapped, digits))
        if offset < timedelta(0):
            octets[6] |= 0x08
        return cls(bytes(octets))


def swapped(number: int) -> int:
    """Two digits in one octet, the tens in the lower half."""
    tens, units = divmod(number, 10)
    return units << 4 | tens
