"""Information elements: what a user data header is made of (3GPP TS 23.040 §9.2.3.24)."""

from enum import IntEnum
from typing import Literal

import msgspec

from gsmd.pdu.dcs import Indication, WaitingKind
from gsmd.pdu.errors import PduError
from gsmd.pdu.gsm7 import STANDARD, NationalTables
from gsmd.pdu.national import IDENTIFIERS


class ElementType(IntEnum):
    """The information element identifiers that the specification names."""

    CONCATENATION_8 = 0x00
    SPECIAL_MESSAGE_INDICATION = 0x01
    PORTS_8 = 0x04
    PORTS_16 = 0x05
    SERVICE_CENTRE_CONTROL = 0x06
    HEADER_SOURCE = 0x07
    CONCATENATION_16 = 0x08
    WIRELESS_CONTROL_MESSAGE = 0x09
    TEXT_FORMATTING = 0x0A
    PREDEFINED_SOUND = 0x0B
    USER_DEFINED_SOUND = 0x0C
    PREDEFINED_ANIMATION = 0x0D
    LARGE_ANIMATION = 0x0E
    SMALL_ANIMATION = 0x0F
    LARGE_PICTURE = 0x10
    SMALL_PICTURE = 0x11
    VARIABLE_PICTURE = 0x12
    USER_PROMPT = 0x13
    EXTENDED_OBJECT = 0x14
    REUSED_EXTENDED_OBJECT = 0x15
    COMPRESSION_CONTROL = 0x16
    OBJECT_DISTRIBUTION = 0x17
    STANDARD_WVG_OBJECT = 0x18
    CHARACTER_SIZE_WVG_OBJECT = 0x19
    EXTENDED_OBJECT_DATA_REQUEST = 0x1A
    EMAIL_HEADER = 0x20
    HYPERLINK = 0x21
    REPLY_ADDRESS = 0x22
    ENHANCED_VOICE_MAIL = 0x23
    NATIONAL_SINGLE_SHIFT = 0x24
    NATIONAL_LOCKING_SHIFT = 0x25


# The ranges that have one name together (§9.2.3.24).
_RANGES = (
    (range(0x70, 0x80), "sim-toolkit-security"),
    (range(0x80, 0xA0), "sme-to-sme"),
    (range(0xC0, 0xE0), "service-centre-specific"),
)
_NAMES = {element.value: element.name.lower().replace("_", "-") for element in ElementType}
_NAMES |= {identifier: name for numbers, name in _RANGES for identifier in numbers}


class Concatenation(msgspec.Struct, frozen=True, gc=False):
    """The message that this is a part of, and the part's place in it. ``width``: bits of the reference, 8 or 16."""

    reference: int
    total: int
    sequence: int
    width: Literal[8, 16] = 8


class Ports(msgspec.Struct, frozen=True, gc=False):
    """Application ports. ``width``: bits of the port numbers, 8 or 16."""

    destination: int
    source: int
    width: Literal[8, 16] = 16


class Hyperlink(msgspec.Struct, frozen=True):
    """A title in the text and, right behind it, a URL: their places (§9.2.3.24.10.1.17)."""

    position: int
    title_length: int
    url_length: int


class InformationElement(msgspec.Struct, frozen=True, gc=False):
    """One element, verbatim."""

    identifier: int
    data: bytes

    @property
    def name(self) -> str:
        """The specification's name for it, or ``reserved``."""
        return _NAMES.get(self.identifier, "reserved")

    def encode(self) -> bytes:
        """Identifier, length, data. Errors: `PduError` if the data is longer than an octet can say."""
        if len(self.data) > 255:
            raise PduError("more than 255 octets", f"user_data.header.{self.name}")
        return bytes((self.identifier, len(self.data))) + self.data


def read_elements(octets: bytes) -> tuple[InformationElement, ...]:
    """Elements one behind the other, as in a header behind its length octet.

    Errors: `PduError` for none, and where the last one is longer than what is there.
    """
    elements: list[InformationElement] = []
    at = 0
    while at < len(octets):
        start = at + 2
        at = start + octets[at + 1] if start <= len(octets) else len(octets) + 1
        if at > len(octets):
            raise PduError("the last element is longer than what is there", "elements", start - 2)
        elements.append(InformationElement(octets[start - 2], octets[start:at]))
    if not elements:
        raise PduError("there is no element", "elements")
    return tuple(elements)


def concatenation_element(concatenation: Concatenation) -> InformationElement:
    """§9.2.3.24.1 and .8. Errors: `PduError` for a reference that does not fit its width."""
    reference, width = concatenation.reference, concatenation.width
    if not 0 <= reference < 1 << width:
        raise PduError(f"{reference} does not fit {width} bits", "reference")
    kind = ElementType.CONCATENATION_8 if width == 8 else ElementType.CONCATENATION_16
    counts = bytes((concatenation.total, concatenation.sequence))
    return InformationElement(kind, reference.to_bytes(width // 8) + counts)


def ports_element(ports: Ports) -> InformationElement:
    """§9.2.3.24.3 and .4. Errors: `PduError` for a port that does not fit its width."""
    width = ports.width
    for port in (ports.destination, ports.source):
        if not 0 <= port < 1 << width:
            raise PduError(f"{port} does not fit {width} bits", "ports")
    kind = ElementType.PORTS_8 if width == 8 else ElementType.PORTS_16
    octets = width // 8
    return InformationElement(
        kind, ports.destination.to_bytes(octets) + ports.source.to_bytes(octets)
    )


def national_elements(tables: NationalTables) -> tuple[InformationElement, ...]:
    """§9.2.3.24.15 and .16: one element for each table that is not the default one."""
    if tables is STANDARD:
        return ()
    chosen = (
        (ElementType.NATIONAL_SINGLE_SHIFT, tables.single),
        (ElementType.NATIONAL_LOCKING_SHIFT, tables.locking),
    )
    return tuple(
        InformationElement(kind, bytes((_NUMBERS[language],)))
        for kind, language in chosen
        if language is not None
    )


_NUMBERS = {language: number for number, language in IDENTIFIERS.items()}


def read_concatenation(element: InformationElement) -> Concatenation | None:
    """§9.2.3.24.1 and .8; None for another element, and for a part that cannot be."""
    data = element.data
    if element.identifier == ElementType.CONCATENATION_8 and len(data) >= 3:
        reference, total, sequence = data[:3]
        width: Literal[8, 16] = 8
    elif element.identifier == ElementType.CONCATENATION_16 and len(data) >= 4:
        reference, total, sequence = int.from_bytes(data[:2]), data[2], data[3]
        width = 16
    else:
        return None
    return Concatenation(reference, total, sequence, width) if 0 < sequence <= total else None


def read_ports(element: InformationElement) -> Ports | None:
    """§9.2.3.24.3 and .4; None for another element."""
    data = element.data
    if element.identifier == ElementType.PORTS_16 and len(data) >= 4:
        return Ports(int.from_bytes(data[:2]), int.from_bytes(data[2:4]), 16)
    if element.identifier == ElementType.PORTS_8 and len(data) >= 2:
        return Ports(data[0], data[1], 8)
    return None


_KINDS = {
    0x00: WaitingKind.VOICEMAIL,
    0x01: WaitingKind.FAX,
    0x02: WaitingKind.EMAIL,
    0x03: WaitingKind.OTHER,
    0x07: WaitingKind.VIDEO,  # "other" with extended type 001
}


def read_indication(element: InformationElement) -> Indication | None:
    """A special message indication (§9.2.3.24.2); None for another element."""
    data = element.data
    if element.identifier != ElementType.SPECIAL_MESSAGE_INDICATION or len(data) < 2:
        return None
    # Bit 7: store the message; bits 6 and 5: profile; bits 4 to 0: what is waiting.
    kind = _KINDS.get(data[0] & 0x1F, WaitingKind.OTHER)
    return Indication(kind, active=data[1] > 0, discard=not data[0] & 0x80, count=data[1])
