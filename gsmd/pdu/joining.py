"""The parts of a message become one text or datagram again."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from gsmd.pdu import gsm7
from gsmd.pdu.dcs import DATA, GSM7, UCS2, Alphabet
from gsmd.pdu.gsm7 import NationalTables
from gsmd.pdu.ucs2 import decode_ucs2
from gsmd.pdu.user_data import UserData


class Joined(msgspec.Struct, frozen=True):
    """A whole content. Either ``text`` or ``data`` is None."""

    text: str | None
    data: bytes | None
    alphabet: Alphabet


def join(parts: Sequence[UserData]) -> Joined:
    """The content of ``parts`` (at least one), put into the order of their sequence numbers.

    Characters that were cut by a border come together: the halves of a surrogate pair, and an ESC
    with what it announces. Parts in different alphabets are put together as text; if one of them is
    data, all are.
    """
    ordered = sorted(parts, key=_sequence)
    if any(part.alphabet is DATA for part in ordered):
        body = b"".join(part.octets[len(part.header.octets) :] for part in ordered)
        return Joined(None, body, DATA)
    wide = any(part.alphabet is UCS2 for part in ordered)
    alphabet = UCS2 if wide else GSM7
    return Joined("".join(_texts(ordered)), None, alphabet)


def _sequence(part: UserData) -> int:
    concatenation = part.concatenation
    return concatenation.sequence if concatenation else 0


def _coding(part: UserData) -> tuple[Alphabet, NationalTables]:
    return part.alphabet, part.national


def _texts(ordered: Sequence[UserData]) -> Iterator[str]:
    """The text of each run of parts that are coded alike."""
    for (alphabet, tables), run in groupby(ordered, _coding):
        body = b"".join(part.body for part in run)
        yield decode_ucs2(body) if alphabet is UCS2 else gsm7.decode(body, tables)
