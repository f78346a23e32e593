"""TP-VP: how long the service centre is to try (3GPP TS 23.040 §9.2.3.12)."""

from datetime import datetime, timedelta
from enum import IntEnum

import msgspec

from gsmd.pdu.errors import PduError
from gsmd.pdu.reader import Reader
from gsmd.pdu.timestamp import DIGITS, Timestamp, swapped

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class ValidityFormat(IntEnum):
    """TP-VPF: the form of TP-VP (§9.2.3.3)."""

    NONE = 0
    ENHANCED = 1
    RELATIVE = 2
    ABSOLUTE = 3


def _relative(octet: int) -> timedelta:
    """§9.2.3.12.1: steps of 5 minutes, half hours, days, weeks."""
    if octet <= 143:
        return (octet + 1) * 5 * _MINUTE
    if octet <= 167:
        return 12 * 60 * _MINUTE + (octet - 143) * 30 * _MINUTE
    if octet <= 196:
        return (octet - 166) * _DAY
    return (octet - 192) * 7 * _DAY


_PERIODS = tuple(map(_relative, range(256)))
_OCTETS = {period: octet for octet, period in enumerate(_PERIODS)}


class Validity(msgspec.Struct, frozen=True, gc=False):
    """A validity period: its form and the octets of TP-VP."""

    format: ValidityFormat
    octets: bytes

    @property
    def relative(self) -> timedelta | None:
        """The time from the submission on; None if it is a point in time, or says nothing."""
        if self.format is ValidityFormat.RELATIVE:
            return _PERIODS[self.octets[0]]
        if self.format is ValidityFormat.ENHANCED:
            return _enhanced(self.octets)
        return None

    @property
    def absolute(self) -> datetime | None:
        """Until when; None if it is a period, or says no time."""
        if self.format is ValidityFormat.ABSOLUTE:
            return Timestamp(self.octets).datetime
        return None

    @property
    def single_shot(self) -> bool:
        """The service centre is to try once only (§9.2.3.12.3)."""
        return self.format is ValidityFormat.ENHANCED and bool(self.octets[0] & 0x40)

    @classmethod
    def of(cls, limit: timedelta | datetime) -> "Validity":
        """Exactly this period or point in time. Errors: `PduError` if TP-VP cannot say it."""
        if isinstance(limit, datetime):
            return cls(ValidityFormat.ABSOLUTE, Timestamp.of(limit, "validity").octets)
        octet = _OCTETS.get(limit)
        if octet is not None:
            return cls(ValidityFormat.RELATIVE, bytes((octet,)))
        return cls(ValidityFormat.ENHANCED, _enhanced_octets(limit))

    @classmethod
    def at_least(cls, period: timedelta) -> "Validity":
        """The shortest relative period that is not below ``period``: every network knows those.

        Errors: `PduError` above 63 weeks.
        """
        for octet, step in enumerate(_PERIODS):
            if step >= period:
                return cls(ValidityFormat.RELATIVE, bytes((octet,)))
        raise PduError("longer than 63 weeks", "validity")


def read_validity(reader: Reader, form: ValidityFormat) -> Validity | None:
    """TP-VP in the form that TP-VPF announces; None for none."""
    if form is ValidityFormat.NONE:
        return None
    count = 1 if form is ValidityFormat.RELATIVE else 7
    return Validity(form, reader.take(count, "validity"))


def _enhanced(octets: bytes) -> timedelta | None:
    """§9.2.3.12.3: the first octet says what form the rest has; 1, 2 and 3 are defined."""
    indicator, value = octets[0], octets[1]
    if indicator & 0x80:  # extended in a way that is not defined
        return None
    form = indicator & 0x07
    if form == 1:
        return _PERIODS[value]
    if form == 2:
        return value * _SECOND if value else None
    hours, minutes, seconds = octets[1:4].translate(DIGITS)
    if form == 3 and hours < 100 and minutes < 60 and seconds < 60:
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return None


def _enhanced_octets(period: timedelta) -> bytes:
    seconds, inexact = divmod(period, _SECOND)
    if inexact or not 0 < seconds < 100 * 3600:
        message = f"no TP-VP says {period} exactly; Validity.at_least takes the next longer one"
        raise PduError(message, "validity")
    if seconds < 256:
        return bytes((2, seconds, 0, 0, 0, 0, 0))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return bytes((3, swapped(hours), swapped(minutes), swapped(seconds), 0, 0, 0))
