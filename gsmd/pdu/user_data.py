"""TP-UD: the text or the octets that one TPDU carries (3GPP TS 23.040 §9.2.3.16 and .24)."""

import msgspec

from gsmd.pdu import gsm7, septets
from gsmd.pdu.dcs import DATA, GSM7, UCS2, Alphabet, DataCodingScheme
from gsmd.pdu.elements import Concatenation, Ports
from gsmd.pdu.errors import PduError
from gsmd.pdu.gsm7 import NationalTables
from gsmd.pdu.reader import Reader
from gsmd.pdu.ucs2 import decode_ucs2
from gsmd.pdu.udh import NO_HEADER, UserDataHeader, read_header

CAPACITY = 140
"""Octets of user data in one TPDU."""


class UserData(msgspec.Struct, frozen=True, gc=False):
    """The user data of one TPDU.

    ``octets`` is TP-UD as it is on the air, the header included, and ``length`` is TP-UDL: it counts
    septets for the GSM alphabet, else octets. Either ``text`` or ``data`` is None. In ``text``, half
    a surrogate pair shows as U+FFFD; `gsmd.pdu.join` puts the halves together. Compressed text is
    kept as ``data``.
    """

    length: int
    octets: bytes
    alphabet: Alphabet
    text: str | None
    data: bytes | None
    header: UserDataHeader = NO_HEADER

    @classmethod
    def build(
        cls,
        body: bytes,
        alphabet: Alphabet,
        header: UserDataHeader = NO_HEADER,
        *,
        text: str | None = None,
    ) -> "UserData":
        """User data with this `body`; ``text`` is what it says, where that is known already.

        Errors: `PduError` if that is more than a TPDU can carry.
        """
        before = header.octets
        if alphabet is not GSM7:
            octets = before + body
            length = len(octets)
        elif before:
            length = header.septets + len(body)
            octets = before + septets.pack(body, _fill(header))
        else:
            length = len(body)
            octets = septets.pack(body)
        if len(octets) > CAPACITY:
            raise PduError(f"{len(octets)} octets, at most {CAPACITY} fit", "user_data")
        data = None
        if text is None:
            text, data = _content(body, alphabet, header)
        return cls(length, octets, alphabet, text, data, header)

    @property
    def body(self) -> bytes:
        """The content behind the header: septets, one in a byte, for the GSM alphabet; else octets."""
        return _body(self.octets, self.length, self.alphabet, self.header)

    @property
    def concatenation(self) -> Concatenation | None:
        """The message that this is a part of, and the part's place in it."""
        return self.header.concatenation

    @property
    def ports(self) -> Ports | None:
        """The application ports it is addressed to."""
        return self.header.ports

    @property
    def national(self) -> NationalTables:
        """The tables its text is written with."""
        return self.header.national

    def encode(self) -> bytes:
        """TP-UDL and TP-UD."""
        return bytes((self.length,)) + self.octets


def read_user_data(reader: Reader, dcs: DataCodingScheme, *, has_header: bool) -> UserData:
    """TP-UDL and TP-UD. Errors: `PduError` if less is there than TP-UDL says."""
    start = reader.position
    length = reader.octet("user_data.length")
    alphabet = DATA if dcs.compressed else dcs.alphabet
    count = septets.octets_for(length) if alphabet is GSM7 else length
    there = len(reader.octets) - start - 1
    if count > there:
        raise PduError(f"means {count} octets, {there} are there", "user_data.length", start)
    octets = reader.take(count, "user_data")
    header = read_header(octets, start + 1) if has_header else NO_HEADER
    body = _body(octets, length, alphabet, header)
    if alphabet is UCS2 and len(body) % 2:
        raise PduError("UCS-2 text with half a character", "user_data.length", start)
    text, data = _content(body, alphabet, header)
    return UserData(length, octets, alphabet, text, data, header)


def user_data_of(
    octets: bytes, length: int, alphabet: Alphabet, header: UserDataHeader
) -> UserData:
    """User data of its fields, which fit each other: ``octets`` are as many as ``length`` says."""
    body = _body(octets, length, alphabet, header)
    text, data = _content(body, alphabet, header)
    return UserData(length, octets, alphabet, text, data, header)


def _fill(header: UserDataHeader) -> int:
    """Bits between the header and the first septet (§9.2.3.24)."""
    return header.septets * 7 - len(header.octets) * 8


def _body(octets: bytes, length: int, alphabet: Alphabet, header: UserDataHeader) -> bytes:
    before = header.octets
    if alphabet is not GSM7:
        return octets[len(before) :]
    if not before:
        return septets.unpack(octets, length)
    # A header may end within the last septet that TP-UDL counts: nothing follows it then.
    count = max(length - header.septets, 0)
    return septets.unpack(octets[len(before) :], count, _fill(header))


def _content(
    body: bytes, alphabet: Alphabet, header: UserDataHeader
) -> tuple[str | None, bytes | None]:
    if alphabet is GSM7:
        return gsm7.decode(body, header.national), None
    if alphabet is UCS2:
        return decode_ucs2(body), None
    return None, body
