"""Addresses: originator, destination, recipient, service centre (3GPP TS 23.040 §9.1.2.5)."""

import re
from enum import IntEnum

import msgspec

from gsmd.numbers import bare
from gsmd.patterns import pattern
from gsmd.pdu import gsm7, septets
from gsmd.pdu.errors import PduError
from gsmd.pdu.reader import Reader

LONGEST = 20
"""Semi-octets of the longest address value: 20 digits, or 11 characters."""


class TypeOfNumber(IntEnum):
    """Bits 6 to 4 of the type-of-address octet."""

    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK_SPECIFIC = 3
    SUBSCRIBER = 4
    ALPHANUMERIC = 5
    ABBREVIATED = 6
    RESERVED = 7

    @property
    def label(self) -> str:
        """The name as the interface writes it."""
        return self.name.lower().replace("_", "-")


class NumberingPlan(IntEnum):
    """Bits 3 to 0 of the type-of-address octet."""

    UNKNOWN = 0
    ISDN = 1  # E.164
    RESERVED_2 = 2
    DATA = 3  # X.121
    TELEX = 4
    SERVICE_CENTRE_5 = 5
    SERVICE_CENTRE_6 = 6
    RESERVED_7 = 7
    NATIONAL = 8
    PRIVATE = 9
    ERMES = 10
    RESERVED_11 = 11
    RESERVED_12 = 12
    RESERVED_13 = 13
    RESERVED_14 = 14
    RESERVED_15 = 15  # reserved for extension

    @property
    def label(self) -> str:
        """The name as the interface writes it."""
        return self.name.lower().replace("_", "-")


_UNKNOWN = TypeOfNumber.UNKNOWN
_INTERNATIONAL = TypeOfNumber.INTERNATIONAL
_NAME = TypeOfNumber.ALPHANUMERIC
_ISDN = NumberingPlan.ISDN

_TYPES = tuple(TypeOfNumber)
_PLANS = tuple(NumberingPlan)

# Semi-octets: the digit of lower weight first; ten and more are * # a b c, fifteen is fill.
_SWAPPED = bytes((octet & 0x0F) << 4 | octet >> 4 for octet in range(256))
_TO_DIGITS = str.maketrans("abcde", "*#abc")
_FROM_DIGITS = str.maketrans("*#abc", "abcde")
_DIGITS = pattern(r"[0-9*#abc]*", re.ASCII)
_DIALLED = pattern(rf"\+?[0-9*#]{{1,{LONGEST}}}", re.ASCII)


class Address(msgspec.Struct, frozen=True, gc=False):
    """A number or a name. ``number`` has no ``+``; ``str(address)`` has, where it is international."""

    number: str
    type: TypeOfNumber = _UNKNOWN
    plan: NumberingPlan = _ISDN

    def __str__(self) -> str:
        return f"+{self.number}" if self.type is _INTERNATIONAL else self.number

    @property
    def is_name(self) -> bool:
        """Alphanumeric: nothing that can be sent to."""
        return self.type is _NAME

    @classmethod
    def parse(cls, text: str) -> "Address":
        """An address as people type it: ``+33 6 12…``, ``1234``, ``*100#``, or a name.

        Errors: `PduError` (field ``address``) if it is empty, too long or cannot be written.
        """
        dialled = _DIALLED.fullmatch(text) or _DIALLED.fullmatch(bare(text))
        if dialled:
            return cls._dialled(dialled[0])
        name = text.strip()
        if not name or "+" in name:
            raise PduError(f"{text!r} is neither up to {LONGEST} digits nor a name", "address")
        address = cls(name, _NAME, NumberingPlan.UNKNOWN)
        address.encode("address")
        return address

    @classmethod
    def _dialled(cls, number: str) -> "Address":
        if number[0] == "+":
            return cls(number[1:], _INTERNATIONAL, _ISDN)
        return cls(number, _UNKNOWN, _ISDN)

    def encode(self, field: str) -> bytes:
        """Length in semi-octets, type of address, value: as in a TPDU. Errors: `PduError`."""
        length, value = self._value(field)
        return bytes((length, 0x80 | self.type << 4 | self.plan)) + value

    def encode_service_centre(self) -> bytes:
        """Length in octets, type of address, value: as before a TPDU (3GPP TS 24.011 §8.2.5.1)."""
        _, value = self._value("service_centre")
        return bytes((1 + len(value), 0x80 | self.type << 4 | self.plan)) + value

    def _value(self, field: str) -> tuple[int, bytes]:
        """Semi-octets and the octets that hold them."""
        number = self.number
        if self.type is _NAME:
            characters = gsm7.encode(number)
            if characters is None:
                raise PduError(f"{number!r} is not in the GSM alphabet", field)
            length, value = (len(characters) * 7 + 3) // 4, septets.pack(characters[:256])
        elif (number.isascii() and number.isdigit()) or _DIGITS.fullmatch(number):
            length, value = len(number), to_semi_octets(number)
        else:
            raise PduError(f"{number!r} has more than digits, *, #, a, b, c", field)
        if length > LONGEST:
            raise PduError(f"{number!r} is too long for an address", field)
        return length, value


def to_semi_octets(digits: str) -> bytes:
    """Digits (and ``* # a b c``), two to an octet, filled up with 0xF (§9.1.2.3)."""
    nibbles = digits if digits.isdigit() else digits.translate(_FROM_DIGITS)
    if len(nibbles) % 2:
        nibbles += "f"
    return bytes.fromhex(nibbles).translate(_SWAPPED)


def from_semi_octets(octets: bytes, count: int) -> str:
    """The first ``count`` digits of ``octets``, fewer if there is fill among them."""
    nibbles = octets.translate(_SWAPPED).hex()[:count]
    if nibbles.isdigit():
        return nibbles
    return nibbles.partition("f")[0].translate(_TO_DIGITS)


def read_address(reader: Reader, field: str, *, strict: bool = True) -> Address:
    """An address of a TPDU: its length counts semi-octets of the value.

    ``strict`` off passes over a type of address that is none, as long as it says what is what.
    """
    start = reader.position
    length = reader.octet(f"{field}.length")
    if length > LONGEST:
        raise PduError(
            f"{length} semi-octets, at most {LONGEST} are possible", f"{field}.length", start
        )
    type_octet = reader.octet(f"{field}.type")
    if strict and not type_octet & 0x80:
        raise PduError("bit 7 of a type of address is always 1", f"{field}.type", start + 1)
    value = reader.take((length + 1) // 2, field)
    return _decoded(type_octet, value, length)


def read_service_centre(reader: Reader) -> Address | None:
    """The address before a TPDU: its length counts octets, the type included; zero is none."""
    start = reader.position
    length = reader.octet("service_centre.length")
    if length == 0:
        return None
    if length > 1 + LONGEST // 2:
        raise PduError(f"{length} octets, at most 11 are possible", "service_centre.length", start)
    octets = reader.take(length, "service_centre")
    return _decoded(octets[0], octets[1:], 2 * (length - 1))


def _decoded(type_octet: int, value: bytes, length: int) -> Address:
    kind = _TYPES[type_octet >> 4 & 7]
    plan = _PLANS[type_octet & 0x0F]
    if kind is _NAME:
        return Address(gsm7.decode(septets.unpack(value, length * 4 // 7)), kind, plan)
    return Address(from_semi_octets(value, length), kind, plan)
