"""The purpose of a message: a text or data for a program or a person, or a notice for the device."""

from enum import StrEnum
from typing import Literal

import msgspec

from gsmd.pdu import protocol, push
from gsmd.pdu.dcs import Indication, WaitingKind
from gsmd.pdu.deliver import Deliver
from gsmd.pdu.errors import PduError
from gsmd.pdu.joining import Joined, join
from gsmd.pdu.push import MmsNotification, WapPush
from gsmd.pdu.wsp import decode_text


class ContentKind(StrEnum):
    """The kind of thing that a message carries."""

    TEXT = "text"
    DATA = "data"
    NOTICE = "notice"


class TypeZero(msgspec.Struct, frozen=True, tag="type-zero"):
    """To be acknowledged and forgotten: a network's test whether the subscriber can be reached."""


class SimDownload(msgspec.Struct, frozen=True, tag="sim-download"):
    """For the SIM, not for people."""


class DeviceDownload(msgspec.Struct, frozen=True, tag="device-download"):
    """For the modem, not for people."""


class ReturnCall(msgspec.Struct, frozen=True, tag="return-call"):
    """The originator can be called back."""


class MessagesWaiting(msgspec.Struct, frozen=True, tag="messages-waiting"):
    """Messages wait elsewhere, or no longer do."""

    indications: tuple[Indication, ...]


class Card(msgspec.Struct, frozen=True, tag="card"):
    """A business card or a calendar entry."""

    format: Literal["vcard", "vcalendar"]
    text: str


Detail = (
    TypeZero
    | SimDownload
    | DeviceDownload
    | ReturnCall
    | MessagesWaiting
    | MmsNotification
    | WapPush
    | Card
)


class Content(msgspec.Struct, frozen=True):
    """The kind of a message and its details. ``replaces``: it takes the place of an earlier one of this type (1 to 7)."""

    kind: ContentKind
    detail: Detail | None = None
    replaces: int | None = None


_NOTICES: dict[int, Detail] = {
    protocol.TYPE_ZERO: TypeZero(),
    protocol.DEVICE_DOWNLOAD: DeviceDownload(),
    protocol.DEVICE_DEPERSONALISATION: DeviceDownload(),
    protocol.SIM_DOWNLOAD: SimDownload(),
}
# 9204 to 9207 are assigned, plain and secured; 226 and 228 are what some phones used before.
_CARDS: dict[int, Literal["vcard", "vcalendar"]] = {
    9204: "vcard",
    9205: "vcalendar",
    9206: "vcard",
    9207: "vcalendar",
    226: "vcard",
    228: "vcalendar",
}
# A sender's "name" that is none: octets 0x11 or 0x10, and zero (CPHS phase 2, §B.4.2.1).
_VOICEMAIL_NAMES = {"_@": True, "Δ@": False}


def kind_of(deliver: Deliver, content: Joined | None = None) -> Content:
    """The kind of the message of which ``deliver`` is the first part and ``content`` the whole.

    Without ``content``, the part counts as the whole. Never an error: what claims to be a push and
    cannot be read is data.
    """
    whole = content or join([deliver.user_data])
    kind = ContentKind.DATA if whole.text is None else ContentKind.TEXT
    notice = _NOTICES.get(deliver.protocol_id)
    if notice is not None:
        return Content(ContentKind.NOTICE, notice)
    if deliver.protocol_id == protocol.RETURN_CALL:
        return Content(kind if whole.text or whole.data else ContentKind.NOTICE, ReturnCall())
    replaces = protocol.replaces(deliver.protocol_id)
    indications = indications_of(deliver)
    if indications:
        return Content(_waiting_kind(indications, whole), MessagesWaiting(indications), replaces)
    detail = _by_port(deliver, whole)
    if isinstance(detail, WapPush | MmsNotification):
        kind = ContentKind.NOTICE
    return Content(kind, detail, replaces)


def indications_of(deliver: Deliver) -> tuple[Indication, ...]:
    """The message waiting indications, one a kind.

    The header's count, where there are any (3GPP TS 23.040 §9.2.3.24.2); else the coding scheme's;
    else that of a sender's name that older networks use for it.
    """
    in_header = deliver.user_data.header.indications
    if in_header:
        return in_header
    if deliver.dcs.indication is not None:
        return (deliver.dcs.indication,)
    originator = deliver.originator
    if originator.is_name and originator.number in _VOICEMAIL_NAMES:
        active = _VOICEMAIL_NAMES[originator.number]
        return (Indication(WaitingKind.VOICEMAIL, active=active, discard=True),)
    return ()


def _waiting_kind(indications: tuple[Indication, ...], whole: Joined) -> ContentKind:
    """A notice, unless it is to be kept and has something to read."""
    keep = not all(indication.discard for indication in indications)
    readable = whole.text is not None and whole.text.strip()
    return ContentKind.TEXT if keep and readable else ContentKind.NOTICE


def _by_port(deliver: Deliver, whole: Joined) -> Detail | None:
    ports = deliver.user_data.ports
    if ports is None:
        return None
    card = _CARDS.get(ports.destination)
    if card is not None:
        text = decode_text(whole.data or b"") if whole.text is None else whole.text
        return Card(card, text)
    if ports.destination in push.PUSH_PORTS and whole.data is not None:
        return _push(whole.data)
    return None


def _push(data: bytes) -> WapPush | MmsNotification | None:
    try:
        pushed = push.decode_push(data)
    except PduError:
        return None
    if pushed.content_type != push.MMS_MESSAGE:
        return pushed
    try:
        return push.decode_notification(pushed.body) or pushed
    except PduError:
        return pushed
