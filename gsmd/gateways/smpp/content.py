"""The octets of a message ↔ what `messages.send` and `inbox.deliver` have: text, data, ports, flash.

Theory of operation. What an ESME submits is octets in an alphabet (data_coding), perhaps behind a user data
header (esm_class bit 6). Of the header's elements, concatenation joins parts (`gsmd.gateways.smpp.segments`), ports
become ``ports``, national tables are used for decoding, and all others are carried as they are. Parts are put
together as octets and decoded once, so a character that was cut at a border is whole again.

The way back writes the default alphabet where it can, else UTF-16; a text that is too long for one PDU becomes a
``message_payload``, or parts with a header or with ``sar_*``, as the account says.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from gsmd.pdu import PduError, gsm7
from gsmd.pdu.coding import Room, code_data, code_text
from gsmd.pdu.dcs import GSM7, UCS2
from gsmd.pdu.elements import Concatenation, ElementType, InformationElement
from gsmd.pdu.udh import UserDataHeader, read_header
from gsmd.pdu.user_data import CAPACITY
from gsmd.smpp import CommandStatus, DefaultAlphabet, SmppError, Tag, Tlv, coding, esm_class
from gsmd.smpp import Content as Kind

LONGEST_SHORT_MESSAGE = 254
_PART = 134  # octets of a part behind its header (3GPP TS 23.040 §9.2.3.24)

_UNDERSTOOD = frozenset(
    {
        ElementType.CONCATENATION_8,
        ElementType.CONCATENATION_16,
        ElementType.PORTS_8,
        ElementType.PORTS_16,
        ElementType.NATIONAL_SINGLE_SHIFT,
        ElementType.NATIONAL_LOCKING_SHIFT,
    }
)


class Piece(msgspec.Struct, frozen=True):
    """The content of one submitted PDU: its header, and the octets behind it."""

    octets: bytes
    data_coding: int
    header: UserDataHeader

    @property
    def concatenation(self) -> Concatenation | None:
        """The place that the header gives it in a longer message."""
        return self.header.concatenation


def piece_of(octets: bytes, data_coding: int, flags: int) -> Piece:
    """A submitted content; ``flags`` is its esm_class. Errors: `SmppError` (RINVESMCLASS) for a header that is none."""
    if not flags & esm_class.UDHI:
        return Piece(octets, data_coding, UserDataHeader())
    try:
        header = read_header(octets, 0)
    except PduError as error:
        raise SmppError(
            f"no user data header: {error}", status=CommandStatus.RINVESMCLASS, field="esm_class"
        ) from None
    return Piece(octets[len(header.octets) :], data_coding, header)


def content_of(pieces: Sequence[Piece], default: DefaultAlphabet) -> dict[str, Any]:
    """The parameters of `messages.send` that say what a message is; ``pieces`` in their order.

    Errors: `SmppError`: RINVMSGLEN for nothing at all, RINVDCS for a data_coding that is reserved.
    """
    first = pieces[0]
    meant = coding.coding_of(first.data_coding, default)
    if meant is None:
        message = f"0x{first.data_coding:02X} is reserved"
        raise SmppError(message, status=CommandStatus.RINVDCS, field="data_coding")
    octets = b"".join(piece.octets for piece in pieces)
    found: dict[str, Any] = {}
    if meant.content is Kind.DATA:
        found["data"] = octets.hex()
    elif meant.content is Kind.TEXT:
        found["text"] = meant.decode(octets)
    else:
        found["text"] = _septets(octets, first.header)
    if not octets:
        raise SmppError("empty", status=CommandStatus.RINVMSGLEN, field="short_message")
    if meant.flash:
        found["flash"] = True
    if (ports := first.header.ports) is not None:
        found["ports"] = {"destination": ports.destination, "source": ports.source}
    others = (each for each in first.header.elements if each.identifier not in _UNDERSTOOD)
    if udh := b"".join(each.encode() for each in others):
        found["udh"] = udh.hex()
    return found


def _septets(octets: bytes, header: UserDataHeader) -> str:
    """Text of septets, one in an octet; what has eight bits was Latin-1 all the same."""
    if octets.isascii():
        return gsm7.decode(octets, header.national)
    return "".join(
        gsm7.decode(octets[at : at + 1]) if octets[at] < 0x80 else chr(octets[at])
        for at in range(len(octets))
    )


class Written(msgspec.Struct, frozen=True):
    """One PDU's share of a message: what its fields are to be."""

    short_message: bytes
    data_coding: int
    esm_class: int = 0
    tlvs: tuple[Tlv, ...] = ()


def write(
    message: dict[str, Any], alphabet: DefaultAlphabet, long: str, version: int
) -> list[Written]:
    """The PDUs that carry an inbound message (as the socket has it) to a bind of that interface_version."""
    octets, data_coding = coded(message["text"], message["data"], alphabet)
    flash = message["class"] == 0
    if flash and data_coding in (coding.DEFAULT_CODING, coding.UCS2_CODING):
        data_coding |= coding.FLASH_CODING
    tlvs, header = _ports(message["ports"], version)
    flags = esm_class.UDHI if header else 0
    if len(octets) + len(header) <= LONGEST_SHORT_MESSAGE:
        return [Written(header + octets, data_coding, flags, tlvs)]
    if version < 0x34:
        long = "udh"
    if long == "payload" and len(octets) + len(header) <= 0xFFFF:
        payload = Tlv(Tag.MESSAGE_PAYLOAD, header + octets)
        return [Written(b"", data_coding, flags, (*tlvs, payload))]
    reference = zlib.crc32(message["id"].encode())  # the same when it is handed over again
    return [*_parts(message, octets, data_coding, tlvs, header, long, reference)]


def coded(text: str | None, data: str | None, alphabet: DefaultAlphabet) -> tuple[bytes, int]:
    """The octets of a text, or of ``data`` in hex, and their data_coding."""
    if text is None:
        return bytes.fromhex(data or ""), coding.DATA_CODING
    if alphabet is DefaultAlphabet.GSM7:
        octets = gsm7.encode(text)
        if octets is not None:
            return octets, coding.DEFAULT_CODING
    try:
        name = "ascii" if alphabet is DefaultAlphabet.ASCII else "latin-1"
        if alphabet is not DefaultAlphabet.GSM7:
            return text.encode(name), coding.DEFAULT_CODING
    except UnicodeEncodeError:
        pass
    return text.encode("utf-16-be", "replace"), coding.UCS2_CODING


def _ports(ports: dict[str, int] | None, version: int) -> tuple[tuple[Tlv, ...], bytes]:
    """Application ports as TLVs; as a user data header for a bind that knows no TLVs."""
    if ports is None:
        return (), b""
    if version >= 0x34:
        return (
            Tlv.integer(Tag.DESTINATION_PORT, ports["destination"]),
            Tlv.integer(Tag.SOURCE_PORT, ports["source"]),
        ), b""
    value = ports["destination"].to_bytes(2) + ports["source"].to_bytes(2)
    return (), UserDataHeader.of(InformationElement(ElementType.PORTS_16, value)).octets


def _parts(
    message: dict[str, Any],
    octets: bytes,
    data_coding: int,
    tlvs: tuple[Tlv, ...],
    header: bytes,
    long: str,
    reference: int,
) -> Iterator[Written]:
    bodies = cut(message["text"], octets, data_coding, Room())
    total = len(bodies)
    for sequence, body in enumerate(bodies, 1):
        if long == "sar":
            sar = (
                Tlv.integer(Tag.SAR_MSG_REF_NUM, reference & 0xFFFF),
                Tlv.integer(Tag.SAR_TOTAL_SEGMENTS, total),
                Tlv.integer(Tag.SAR_SEGMENT_SEQNUM, sequence),
            )
            yield Written(header + body, data_coding, 0, (*tlvs, *sar))
            continue
        place = bytes((ElementType.CONCATENATION_8, 3, reference & 0xFF, total, sequence))
        elements = header[1:] + place
        yield Written(bytes((len(elements),)) + elements + body, data_coding, esm_class.UDHI, tlvs)


def cut(text: str | None, octets: bytes, data_coding: int, room: Room) -> list[bytes]:
    """The content in pieces that a phone's parts have room for, never through a character. Errors: `PduError` for too many."""
    if text is None:
        return [piece.body for piece in code_data(octets, room).pieces]
    if data_coding & ~coding.FLASH_CODING == coding.UCS2_CODING:
        return [piece.body for piece in code_text(text, room, alphabet=UCS2).pieces]
    septets = gsm7.encode(text)
    if septets is not None:
        pieces = code_text(text, room, national="off", alphabet=GSM7).pieces
        if septets == octets:
            return [piece.body for piece in pieces]
        if len(pieces) == 1:
            return [octets]
    if len(octets) <= CAPACITY and not room.elements:
        return [octets]
    size = _PART - room.elements
    return [octets[at : at + size] for at in range(0, len(octets), size)]
