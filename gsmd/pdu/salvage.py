"""Partial reading of a DELIVER that contradicts itself (3GPP TS 23.040 §9.2.2.1).

`gsmd.pdu.decode` refuses octets that end before they should, or that say one thing here and another
there. A message that has arrived is not sent again, so the one who receives it wants the rest of
it: a damaged tail must not cost the head. The sender has to be whole, because a message of nobody
helps nobody; everything behind it is read as far as it goes, and what is wrong is told.
"""

import msgspec

from gsmd.patterns import pattern
from gsmd.pdu import septets
from gsmd.pdu.address import Address, read_address
from gsmd.pdu.dcs import DATA, GSM7, UCS2, DataCodingScheme
from gsmd.pdu.deliver import Deliver
from gsmd.pdu.errors import PduError
from gsmd.pdu.frame import Frame
from gsmd.pdu.reader import Reader
from gsmd.pdu.timestamp import Timestamp
from gsmd.pdu.tpdu import Tpdu, decode
from gsmd.pdu.udh import NO_HEADER, salvage_header
from gsmd.pdu.user_data import UserData, user_data_of

_NO_TIME = b"\xff" * 7
_HAS_HEADER = 0x40
_OCTETS = pattern(r"(?:[0-9A-Fa-f]{2})*")


class Arrival(msgspec.Struct, frozen=True):
    """A TPDU, and what is wrong with the octets it was read from; None: nothing."""

    service_centre: Address | None
    tpdu: Tpdu
    damage: PduError | None = None


def read_arrival(line: str) -> Arrival:
    """The message on a line that a modem gave, as far as it can be read.

    Errors: `PduError` where not even the sender can, or where it is no DELIVER: the same that
    `gsmd.pdu.decode` raises.
    """
    try:
        frame = Frame.from_hex(line)
        return Arrival(frame.service_centre, decode(frame.tpdu))
    except PduError as error:
        try:
            frame = Frame.from_hex(_octets_of(line))
            return Arrival(frame.service_centre, _salvaged(frame.tpdu), error)
        except PduError:
            raise error from None


def _octets_of(line: str) -> str:
    """The hex digits of whole octets at the start of a line."""
    whole = _OCTETS.match("".join(line.split()))
    return whole[0] if whole else ""


def _salvaged(tpdu: bytes) -> Deliver:
    """Errors: `PduError`."""
    reader = Reader(tpdu)
    first = reader.octet("first_octet")
    if first & 0x03 not in (0, 3):  # a reserved type is read as DELIVER
        raise PduError("no DELIVER", "first_octet", 0)
    originator = read_address(reader, "originator", strict=False)
    if not originator.number:
        raise PduError("nobody sent it", "originator", 1)
    protocol_id, dcs_octet = reader.rest()[:2].ljust(2, b"\0")
    dcs = DataCodingScheme.of(dcs_octet)
    behind = reader.rest()[2:]
    timestamp = behind[:7] + _NO_TIME[len(behind[:7]) :]
    return Deliver.of_fields(
        first,
        originator=originator,
        protocol_id=protocol_id,
        dcs=dcs,
        service_centre_timestamp=Timestamp(timestamp),
        user_data=_user_data(behind[7:], dcs, has_header=bool(first & _HAS_HEADER)),
    )


def _user_data(octets: bytes, dcs: DataCodingScheme, *, has_header: bool) -> UserData:
    """TP-UDL and TP-UD as far as they go: whole characters only."""
    length, there = (octets[0], octets[1:]) if octets else (0, b"")
    alphabet = DATA if dcs.compressed else dcs.alphabet
    there = there[: septets.octets_for(length) if alphabet is GSM7 else length]
    header = salvage_header(there) if has_header else NO_HEADER
    if alphabet is UCS2:
        there = there[: len(there) - (len(there) - len(header.octets)) % 2]
    length = min(length, len(there) * 8 // 7) if alphabet is GSM7 else len(there)
    return user_data_of(there, length, alphabet, header)
