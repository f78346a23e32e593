"""TP-DCS: how the user data is coded and what the message is for (3GPP TS 23.038 §4)."""

from enum import IntEnum, StrEnum

import msgspec


class Alphabet(StrEnum):
    """The coding of the characters in the user data."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"
    DATA = "data"


# As plain names, since looking a member up in its enum costs as much as packing a letter.
GSM7 = Alphabet.GSM7
UCS2 = Alphabet.UCS2
DATA = Alphabet.DATA


class MessageClass(IntEnum):
    """The place where the receiving side is to put the message."""

    FLASH = 0  # shown at once, not stored
    DEVICE = 1
    SIM = 2
    TERMINAL = 3


class CodingGroup(StrEnum):
    """The coding groups of TP-DCS, by its upper bits."""

    GENERAL = "general"  # 00xx
    AUTOMATIC_DELETION = "automatic-deletion"  # 01xx: to be deleted once read
    RESERVED = "reserved"  # 1000 to 1011
    WAITING_DISCARD = "waiting-discard"  # 1100
    WAITING_STORE = "waiting-store"  # 1101
    WAITING_STORE_UCS2 = "waiting-store-ucs2"  # 1110
    CLASS = "class"  # 1111


class WaitingKind(StrEnum):
    """The kind of message that is waiting for the subscriber."""

    VOICEMAIL = "voicemail"
    FAX = "fax"
    EMAIL = "email"
    OTHER = "other"
    VIDEO = "video"


class Indication(msgspec.Struct, frozen=True, gc=False):
    """Messages of a kind are waiting for the subscriber, or no longer are.

    ``discard``: the message that says so need not be kept. ``count`` is None where it is not told.
    """

    kind: WaitingKind
    active: bool
    discard: bool
    count: int | None = None


class DataCodingScheme(msgspec.Struct, frozen=True, gc=False):
    """One TP-DCS octet and what it says. Get one with `DataCodingScheme.of`."""

    octet: int
    group: CodingGroup
    alphabet: Alphabet
    message_class: MessageClass | None = None
    compressed: bool = False
    indication: Indication | None = None

    @classmethod
    def of(cls, octet: int) -> "DataCodingScheme":
        """The scheme that ``octet`` (0 to 255) stands for."""
        return _SCHEMES[octet]

    @classmethod
    def choose(
        cls, alphabet: Alphabet, message_class: MessageClass | None = None
    ) -> "DataCodingScheme":
        """The scheme of the general group with this alphabet and class."""
        octet = _ALPHABETS.index(alphabet) << 2
        if message_class is not None:
            octet |= 0x10 | message_class
        return _SCHEMES[octet]


# Bits 3 and 2 of the general group; reserved codings count as the default alphabet (§4).
_ALPHABETS = (GSM7, DATA, UCS2, GSM7)
_KINDS = (WaitingKind.VOICEMAIL, WaitingKind.FAX, WaitingKind.EMAIL, WaitingKind.OTHER)


def _general(octet: int, group: CodingGroup) -> DataCodingScheme:
    return DataCodingScheme(
        octet,
        group,
        alphabet=_ALPHABETS[octet >> 2 & 3],
        message_class=MessageClass(octet & 3) if octet & 0x10 else None,
        compressed=bool(octet & 0x20),
    )


def _waiting(octet: int, group: CodingGroup) -> DataCodingScheme:
    ucs2 = group is CodingGroup.WAITING_STORE_UCS2
    return DataCodingScheme(
        octet,
        group,
        alphabet=UCS2 if ucs2 else GSM7,
        indication=Indication(
            kind=_KINDS[octet & 3],
            active=bool(octet & 0x08),
            discard=group is CodingGroup.WAITING_DISCARD,
        ),
    )


def _class(octet: int, group: CodingGroup) -> DataCodingScheme:
    return DataCodingScheme(
        octet,
        group,
        alphabet=DATA if octet & 0x04 else GSM7,
        message_class=MessageClass(octet & 3),
    )


def _reserved(octet: int, group: CodingGroup) -> DataCodingScheme:
    return DataCodingScheme(octet, group, alphabet=GSM7)


_GROUPS = (
    *[(_general, CodingGroup.GENERAL)] * 4,
    *[(_general, CodingGroup.AUTOMATIC_DELETION)] * 4,
    *[(_reserved, CodingGroup.RESERVED)] * 4,
    (_waiting, CodingGroup.WAITING_DISCARD),
    (_waiting, CodingGroup.WAITING_STORE),
    (_waiting, CodingGroup.WAITING_STORE_UCS2),
    (_class, CodingGroup.CLASS),
)


def _scheme(octet: int) -> DataCodingScheme:
    make, group = _GROUPS[octet >> 4]
    return make(octet, group)


_SCHEMES = tuple(map(_scheme, range(256)))
