"""A frame on the AT line: service centre address and TPDU, in hex (3GPP TS 27.005 §3.1)."""

import msgspec

from gsmd.pdu.address import Address, read_service_centre
from gsmd.pdu.errors import PduError
from gsmd.pdu.reader import Reader


class Frame(msgspec.Struct, frozen=True, gc=False):
    """A TPDU with the service centre's address; None lets the modem take the SIM's."""

    service_centre: Address | None
    tpdu: bytes

    @classmethod
    def from_hex(cls, line: str) -> "Frame":
        """A frame from its hex digits, in either case, blanks allowed. Errors: `PduError`."""
        return cls.from_bytes(from_hex(line))

    @classmethod
    def from_bytes(cls, octets: bytes) -> "Frame":
        """A frame from its octets. Errors: `PduError`."""
        reader = Reader(octets)
        service_centre = read_service_centre(reader)
        return cls(service_centre, reader.rest())

    def encode(self) -> bytes:
        """The octets of the frame."""
        if self.service_centre is None:
            return b"\0" + self.tpdu
        return self.service_centre.encode_service_centre() + self.tpdu

    def hex(self) -> str:
        """The frame in upper-case hex, as a modem wants it."""
        return self.encode().hex().upper()

    @property
    def length(self) -> int:
        """Octets of the TPDU: what ``+CMGS=<length>`` counts."""
        return len(self.tpdu)


def from_hex(line: str) -> bytes:
    """The octets of hex digits in either case, blanks allowed.

    Errors: `PduError` (field ``frame``) with the octet where it goes wrong.
    """
    try:
        return bytes.fromhex(line)
    except ValueError:
        pass
    digits = "".join(line.split())
    for at, digit in enumerate(digits):
        if digit not in "0123456789abcdefABCDEF":
            raise PduError(f"{digit!r} is no hex digit", "frame", at // 2)
    if len(digits) % 2:
        raise PduError("an odd number of hex digits", "frame", len(digits) // 2)
    return bytes.fromhex(digits)
