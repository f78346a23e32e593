"""A PDU with other numbers and another text: as long, coded the same, its header and its times unchanged.

Done in place, so that what is wrong with a PDU stays wrong with it.
"""

from gsmd import pdu
from gsmd.pdu import septets
from gsmd.pdu.address import from_semi_octets, to_semi_octets
from gsmd.pdu.dcs import DATA, GSM7, Alphabet, DataCodingScheme
from gsmd.pdu.national import DEFAULT, ESCAPE, LOCKING
from gsmd.pdu.reader import Reader
from gsmd.pdu.ucs2 import is_little_endian
from gsmd.pdu.udh import NO_HEADER, UserDataHeader, salvage_header
from gsmd.recording.letters import Substitutes

_DELIVER, _SUBMIT, _STATUS_REPORT = 0, 1, 2
_HAS_HEADER = 0x40
_SERVICE_CENTRE_LONGEST = 11
_VALIDITY_OCTETS = {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}
"""TP-VP by TP-VPF (3GPP TS 23.040 §9.2.3.3)."""


def disguised(frame: str, substitutes: Substitutes) -> str:
    """A frame in hex, of any type of TPDU; other hex where it is none."""
    octets = bytearray.fromhex(frame)
    try:
        _disguise(octets, substitutes)
    except (pdu.PduError, IndexError):
        return substitutes.hex_digits(frame)
    found = octets.hex()
    return found.upper() if frame == frame.upper() else found


def _disguise(octets: bytearray, substitutes: Substitutes) -> None:
    """Errors: `PduError`, `IndexError` where that is not even the head of a PDU."""
    length = octets[0]
    if length > _SERVICE_CENTRE_LONGEST:
        raise pdu.PduError("no service centre", "service_centre.length", 0)
    if length > 1:
        octets[2 : 1 + length] = _digits(
            bytes(octets[2 : 1 + length]), 2 * (length - 1), substitutes
        )
    start = 1 + length
    kind = octets[start] & 3
    reader = Reader(bytes(octets), start + (1 if kind in (_DELIVER, 3) else 2))
    _address(octets, reader, substitutes)
    if kind == _STATUS_REPORT:
        return  # its times and what became of it
    reader.octet("protocol_id")
    dcs = DataCodingScheme.of(reader.octet("dcs"))
    reader.take(_VALIDITY_OCTETS[octets[start] & 0x18] if kind == _SUBMIT else 7, "time")
    count = reader.octet("user_data.length")
    alphabet = DATA if dcs.compressed else dcs.alphabet
    body = reader.rest()
    behind = septets.octets_for(count) if alphabet is GSM7 else count
    has_header = bool(octets[start] & _HAS_HEADER)
    octets[reader.position : reader.position + len(body[:behind])] = _user_data(
        body[:behind], count, alphabet, substitutes, has_header=has_header
    )


def _address(octets: bytearray, reader: Reader, substitutes: Substitutes) -> None:
    length = reader.octet("address.length")
    kind = reader.octet("address.type") >> 4 & 7
    start = reader.position
    value = reader.take((length + 1) // 2, "address")
    if kind == pdu.TypeOfNumber.ALPHANUMERIC:
        name = septets.unpack(value, length * 4 // 7)
        new = septets.pack(substitutes.septets(name, DEFAULT, ESCAPE)).ljust(len(value), b"\0")
    else:
        new = _digits(value, length, substitutes)
    octets[start : start + len(value)] = new


def _digits(value: bytes, count: int, substitutes: Substitutes) -> bytes:
    """Semi-octets of another number, if there is one that can be somebody's."""
    number = from_semi_octets(value, count)
    if not number.isdigit() or len(number) < 7:
        return value
    return to_semi_octets(substitutes.digits(number)).ljust(len(value), b"\xff")[: len(value)]


def _user_data(
    octets: bytes, count: int, alphabet: Alphabet, substitutes: Substitutes, *, has_header: bool
) -> bytes:
    header = salvage_header(octets) if has_header else NO_HEADER
    before, body = octets[: len(header.octets)], octets[len(header.octets) :]
    if alphabet is GSM7:
        return before + _packed(body, count, header, substitutes)
    if alphabet is DATA:
        return before + substitutes.octets(body)
    coding = "utf-16-le" if body[:2] == b"\xff\xfe" or is_little_endian(body) else "utf-16-be"
    whole = len(body) - len(body) % 2
    text = substitutes.text(body[:whole].decode(coding, "surrogatepass"))
    return before + text.encode(coding, "surrogatepass") + body[whole:]


def _packed(body: bytes, count: int, header: UserDataHeader, substitutes: Substitutes) -> bytes:
    fill = header.septets * 7 - len(header.octets) * 8
    count = min(max(count - header.septets, 0), (len(body) * 8 - fill) // 7)
    if count <= 0:
        return body
    tables = header.national
    base = DEFAULT if tables.locking is None else LOCKING.get(tables.locking, DEFAULT)
    text = substitutes.septets(septets.unpack(body, count, fill), base, ESCAPE)
    return septets.pack(text, fill).ljust(len(body), b"\0")[: len(body)]
