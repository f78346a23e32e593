"""Addresses: type of number, numbering plan, and the octets themselves (SMPP 3.4 §5.2.5 to §5.2.9)."""

from enum import IntEnum

import msgspec


class TypeOfNumber(IntEnum):
    """TON (§5.2.5). A PDU keeps the plain integer: reserved values come, and are no error."""

    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK = 3
    SUBSCRIBER = 4
    ALPHANUMERIC = 5
    ABBREVIATED = 6


class NumberingPlan(IntEnum):
    """NPI (§5.2.6)."""

    UNKNOWN = 0
    ISDN = 1
    DATA = 3
    TELEX = 4
    LAND_MOBILE = 6
    NATIONAL = 8
    PRIVATE = 9
    ERMES = 10
    INTERNET = 14
    WAP_CLIENT = 18


class Address(msgspec.Struct, frozen=True, gc=False):
    """An address as it is on the wire, without its NUL; empty where somebody leaves it open."""

    ton: int = 0
    npi: int = 0
    octets: bytes = b""

    def __bool__(self) -> bool:
        return bool(self.octets)

    @classmethod
    def of(cls, peer: str) -> "Address":
        """The address of a number or name as gsmd spells it.

        International numbers lose their ``+`` to TON 1; names are TON 5; short codes and national
        numbers are TON 0, since nobody knows more of them.
        """
        if peer.startswith("+"):
            return cls(TypeOfNumber.INTERNATIONAL, NumberingPlan.ISDN, _octets(peer[1:]))
        if peer and set(peer) <= _DIGITS:
            return cls(TypeOfNumber.UNKNOWN, NumberingPlan.ISDN, _octets(peer))
        return cls(TypeOfNumber.ALPHANUMERIC, NumberingPlan.UNKNOWN, _octets(peer))

    @property
    def text(self) -> str:
        """The address as characters. Names are Latin-1 if anything: each octet is one character."""
        return self.octets.decode("latin-1")

    @property
    def number(self) -> str:
        """The number as somebody would type it: TON 1 has its ``+``, whether it was written or not."""
        typed = self.text.strip()
        if self.ton == TypeOfNumber.INTERNATIONAL and typed and not typed.startswith("+"):
            return "+" + (typed.removeprefix("00"))
        return typed


_DIGITS = frozenset("0123456789*#")


def _octets(text: str) -> bytes:
    return text.encode("latin-1", "replace").replace(b"\0", b"?")


NOWHERE = Address()
"""No address."""
