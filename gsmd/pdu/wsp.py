"""The binary header coding of WAP (OMA WAP-230-WSP §8.4): what a WAP push is written in."""

from datetime import UTC, datetime, timedelta

from gsmd.pdu.errors import PduError
from gsmd.pdu.reader import Reader

_LONG_LENGTH = 31
_QUOTE = 0x7F
_LONGEST_INTEGER = 8  # octets; the specification allows 30, nothing needs them

Value = int | str | bytes
"""A header's value: a short integer, a text, or the octets of anything else."""


def read_uintvar(reader: Reader, field: str) -> int:
    """A number in seven bits an octet, the highest first (§8.1.2)."""
    start = reader.position
    number = 0
    for _ in range(5):
        octet = reader.octet(field)
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            return number
    raise PduError("a number of more than five octets", field, start)


def read_text(reader: Reader, field: str) -> str:
    """A text up to its zero octet, without the quote that may stand before it (§8.4.2.1)."""
    end = reader.octets.find(0, reader.position)
    if end < 0:
        raise PduError("a text without its end", field, reader.position)
    octets = reader.take(end - reader.position, field)
    reader.octet(field)
    if octets and octets[0] == _QUOTE:
        octets = octets[1:]
    return decode_text(octets)


def read_value(reader: Reader, field: str) -> Value:
    """Any value, told by its first octet (§8.4.1.2)."""
    first = reader.octet(field)
    if first & 0x80:
        return first & 0x7F
    if first > _LONG_LENGTH:
        reader.position -= 1
        return read_text(reader, field)
    length = read_uintvar(reader, field) if first == _LONG_LENGTH else first
    return reader.take(length, field)


def nested(octets: bytes) -> Value:
    """The value that stands within another one; no octets where it is cut short."""
    try:
        return read_value(Reader(octets), "value")
    except PduError:
        return b""


def decode_text(octets: bytes) -> str:
    """UTF-8, or else Latin-1: the coding is seldom announced, and a guess beats nothing."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def integer(value: Value) -> int | None:
    """A short or long integer (§8.4.2.1); None for what is none."""
    if isinstance(value, int):
        return value
    if isinstance(value, str) or not 0 < len(value) <= _LONGEST_INTEGER:
        return None
    return int.from_bytes(value)


def text(value: Value) -> str | None:
    """A text, also one that its character set stands before (OMA MMS §7.3); None for what is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return None
    reader = Reader(value)
    try:
        read_value(reader, "charset")
    except PduError:
        return None
    return decode_text(reader.rest().removesuffix(b"\0").removeprefix(bytes((_QUOTE,))))


def moment(value: Value) -> datetime | timedelta | None:
    """A date, or a period from now on (OMA MMS §7.3: absolute and relative token)."""
    if not isinstance(value, bytes) or not value:
        return None
    seconds = integer(nested(value[1:]))
    try:
        if value[0] == 0x80 and seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
        if value[0] == 0x81 and seconds is not None:
            return timedelta(seconds=seconds)
    except (OverflowError, ValueError, OSError):
        return None
    return None
