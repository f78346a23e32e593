"""The user data header (3GPP TS 23.040 §9.2.3.24)."""

import msgspec

from gsmd.pdu.address import Address, read_address
from gsmd.pdu.dcs import Indication
from gsmd.pdu.elements import (
    Concatenation,
    ElementType,
    Hyperlink,
    InformationElement,
    Ports,
    read_concatenation,
    read_indication,
    read_ports,
)
from gsmd.pdu.errors import PduError
from gsmd.pdu.gsm7 import STANDARD, NationalTables
from gsmd.pdu.national import IDENTIFIERS, LOCKING
from gsmd.pdu.reader import Reader


class UserDataHeader(msgspec.Struct, frozen=True, gc=False):
    """The header as it is on the air, length octet included; without octets there is no header.

    Where an element is repeated, or two contradict each other, the last one counts; one with an
    impossible value is passed over (§9.2.3.24).
    """

    octets: bytes = b""
    elements: tuple[InformationElement, ...] = ()

    @classmethod
    def of(cls, *elements: InformationElement) -> "UserDataHeader":
        """A header with these elements; no header for none. Errors: `PduError` if they are too long."""
        if not elements:
            return NO_HEADER
        octets = b"".join(element.encode() for element in elements)
        if len(octets) > 139:
            raise PduError(f"{len(octets)} octets do not fit a TPDU", "user_data.header")
        return cls(bytes((len(octets),)) + octets, elements)

    def __bool__(self) -> bool:
        return bool(self.octets)

    @property
    def septets(self) -> int:
        """The number of septets of GSM 7-bit text that the header takes the room of, fill bits included."""
        return (len(self.octets) * 8 + 6) // 7

    @property
    def concatenation(self) -> Concatenation | None:
        """§9.2.3.24.1 and .8; None also for a sequence number that cannot be."""
        found = None
        for element in self.elements:
            found = read_concatenation(element) or found
        return found

    @property
    def ports(self) -> Ports | None:
        """§9.2.3.24.3 and .4."""
        found = None
        for element in self.elements:
            found = read_ports(element) or found
        return found

    @property
    def national(self) -> NationalTables:
        """§9.2.3.24.15 and .16; the default tables for a language that is not defined."""
        locking = single = None
        for element in self.elements:
            language = IDENTIFIERS.get(element.data[0]) if element.data else None
            if language is None:
                continue
            if element.identifier == ElementType.NATIONAL_SINGLE_SHIFT:
                single = language
            elif element.identifier == ElementType.NATIONAL_LOCKING_SHIFT and language in LOCKING:
                locking = language
        return NationalTables(locking, single) if locking or single else STANDARD

    @property
    def indications(self) -> tuple[Indication, ...]:
        """Special message indications (§9.2.3.24.2), one a kind; a later one replaces an earlier."""
        found = {}
        for element in self.elements:
            if (indication := read_indication(element)) is not None:
                found[indication.kind] = indication
        return tuple(found.values())

    @property
    def reply_address(self) -> Address | None:
        """The address for an answer, instead of the originator (§9.2.3.24.10.1.18)."""
        data = self._last(ElementType.REPLY_ADDRESS)
        if data is None:
            return None
        try:
            return read_address(Reader(data), "reply_address")
        except PduError:
            return None

    @property
    def hyperlink(self) -> Hyperlink | None:
        """§9.2.3.24.10.1.17."""
        data = self._last(ElementType.HYPERLINK)
        if data is None or len(data) < 4:
            return None
        return Hyperlink(int.from_bytes(data[:2]), data[2], data[3])

    def _last(self, kind: ElementType) -> bytes | None:
        matching = [element.data for element in self.elements if element.identifier == kind]
        return matching[-1] if matching else None


NO_HEADER = UserDataHeader()


def read_header(octets: bytes, offset: int) -> UserDataHeader:
    """The header at the start of user data. ``offset``: where that lies in the TPDU, for errors.

    A header whose last element is longer than it is passed over as a whole (§9.2.3.24): its length is
    known, so what follows can be read. Errors: `PduError` if nothing follows such a header, or if a
    header is longer than the user data.
    """
    if not octets:
        message = "a header is announced and there is no user data"
        raise PduError(message, "user_data.header", offset)
    end = 1 + octets[0]
    if end > len(octets):
        message = f"says {octets[0]} octets, {len(octets) - 1} are there"
        raise PduError(message, "user_data.header.length", offset)
    elements: list[InformationElement] = []
    at = 1
    while at < end:
        start = at + 2
        at = start + octets[at + 1] if start <= end else end + 1
        if at > end:
            if end < len(octets):
                return UserDataHeader(octets[:end])
            path = f"user_data.header[{len(elements)}].length"
            raise PduError("the element is longer than the header", path, offset + start - 1)
        elements.append(InformationElement(octets[start - 2], octets[start:at]))
    return UserDataHeader(octets[:end], tuple(elements))


def salvage_header(octets: bytes) -> UserDataHeader:
    """The header at the start of user data that may be cut, as far as it goes.

    Elements that are whole are kept. A header that has not even one was never meant: it is text
    whose sender has set TP-UDHI.
    """
    end = 1 + octets[0] if octets else 0
    elements: list[InformationElement] = []
    at = 1
    while at + 2 <= len(octets) and at + 2 + octets[at + 1] <= min(end, len(octets)):
        start, at = at + 2, at + 2 + octets[at + 1]
        elements.append(InformationElement(octets[start - 2], octets[start:at]))
    if end > len(octets) and not elements:
        return NO_HEADER
    return UserDataHeader(octets[:end], tuple(elements))
