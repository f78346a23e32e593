"""WAP push, and the notification by which an MMS announces itself (OMA WAP-235-PushOTA, MMS-ENC)."""

from datetime import datetime, timedelta

import msgspec

from gsmd.pdu import wsp
from gsmd.pdu.errors import PduError
from gsmd.pdu.reader import Reader

PUSH_PORTS = frozenset((2948, 2949))
"""Application ports of WAP push, plain and secured."""

MMS_MESSAGE = "application/vnd.wap.mms-message"

_PUSH_TYPES = (0x06, 0x07)  # push, confirmed push (WSP table 34)
_APPLICATION_ID = 0x2F
_NOTIFICATION = 0x82 & 0x7F

# Assigned numbers of the content types that are pushed (WSP table 40).
_CONTENT_TYPES = {
    0x00: "*/*",
    0x02: "text/html",
    0x03: "text/plain",
    0x06: "text/x-vCalendar",
    0x07: "text/x-vCard",
    0x08: "text/vnd.wap.wml",
    0x14: "application/vnd.wap.wmlc",
    0x23: "application/vnd.wap.multipart.mixed",
    0x27: "application/xml",
    0x28: "text/xml",
    0x29: "application/vnd.wap.wbxml",
    0x2D: "text/vnd.wap.si",
    0x2E: "application/vnd.wap.sic",
    0x2F: "text/vnd.wap.sl",
    0x30: "application/vnd.wap.slc",
    0x31: "text/vnd.wap.co",
    0x32: "application/vnd.wap.coc",
    0x33: "application/vnd.wap.multipart.related",
    0x34: "application/vnd.wap.sia",
    0x35: "text/vnd.wap.connectivity-xml",
    0x36: "application/vnd.wap.connectivity-wbxml",
    0x3E: MMS_MESSAGE,
    0x42: "application/vnd.syncml.dm+wbxml",
    0x44: "application/vnd.syncml.notification",
    0x48: "application/vnd.oma.drm.message",
    0x4A: "application/vnd.oma.drm.rights+xml",
    0x4B: "application/vnd.oma.drm.rights+wbxml",
}
_APPLICATIONS = {
    0x00: "*",
    0x01: "push.sia",
    0x02: "wml.ua",
    0x03: "wta.ua",
    0x04: "mms.ua",
    0x05: "push.syncml",
    0x06: "loc.ua",
    0x07: "syncml.dm",
    0x08: "drm.ua",
    0x09: "emn.ua",
    0x0A: "wv.ua",
}
_MESSAGE_CLASSES = {0: "personal", 1: "advertisement", 2: "informational", 3: "auto"}


class WapPush(msgspec.Struct, frozen=True, tag="wap-push"):
    """A push: what it is and for which application. ``body`` follows its headers."""

    transaction: int
    content_type: str
    application: str | None
    body: bytes


class MmsNotification(msgspec.Struct, frozen=True, tag="mms-notification"):
    """An MMS lies ready at ``location``. ``size`` is in octets; None for what it does not tell."""

    transaction_id: str
    location: str
    originator: str | None = None
    subject: str | None = None
    message_class: str | None = None
    size: int | None = None
    expires: datetime | timedelta | None = None


def decode_push(octets: bytes) -> WapPush:
    """The push in a whole datagram. Errors: `PduError` (field ``push.…``)."""
    reader = Reader(octets)
    transaction = reader.octet("push.transaction")
    start = reader.position
    kind = reader.octet("push.type")
    if kind not in _PUSH_TYPES:
        raise PduError(f"0x{kind:02X} is no push", "push.type", start)
    length = wsp.read_uintvar(reader, "push.headers.length")
    start = reader.position
    reader.take(length, "push.headers")
    headers = Reader(octets[: reader.position], start)
    content_type = _content_type(wsp.read_value(headers, "push.content_type"))
    return WapPush(transaction, content_type, _application(headers), reader.rest())


def decode_notification(body: bytes) -> MmsNotification | None:
    """The MMS notification in the body of a push; None if it is another MMS message or none.

    Errors: `PduError` (field ``mms.headers``, offset in the body) if the headers are cut short.
    """
    headers = _mms_headers(Reader(body))
    transaction_id, location = headers.get(0x18), headers.get(0x03)
    if headers.get(0x0C) != _NOTIFICATION:
        return None
    if not isinstance(transaction_id, str) or not isinstance(location, str):
        return None
    return MmsNotification(
        transaction_id,
        location,
        originator=_originator(headers.get(0x09, b"")),
        subject=wsp.text(headers.get(0x16, 0)),
        message_class=_message_class(headers.get(0x0A, b"")),
        size=wsp.integer(headers.get(0x0E, b"")),
        expires=wsp.moment(headers.get(0x08, b"")),
    )


def _content_type(value: wsp.Value) -> str:
    """A content type may stand alone, or with a length and parameters."""
    if isinstance(value, bytes):
        value = wsp.nested(value)
    if isinstance(value, str):
        return value
    return _named(_CONTENT_TYPES, value) or "unknown"


def _application(headers: Reader) -> str | None:
    """The X-Wap-Application-Id among the headers (WAP-251-PushMessage §6.2.2.1)."""
    application = None
    while headers.position < len(headers.octets):
        name = wsp.read_value(headers, "push.headers")
        value = wsp.read_value(headers, "push.headers")
        if name == _APPLICATION_ID:
            application = value if isinstance(value, str) else _named(_APPLICATIONS, value)
    return application


def _named(names: dict[int, str], value: wsp.Value) -> str | None:
    number = wsp.integer(value)
    return None if number is None else names.get(number, f"unknown/{number}")


def _mms_headers(reader: Reader) -> dict[wsp.Value, wsp.Value]:
    headers = {}
    while reader.position < len(reader.octets):
        name = wsp.read_value(reader, "mms.headers")
        headers[name] = wsp.read_value(reader, "mms.headers")
    return headers


def _message_class(value: wsp.Value) -> str | None:
    return value if isinstance(value, str) else _named(_MESSAGE_CLASSES, value)


def _originator(value: wsp.Value) -> str | None:
    """An address behind the token that says it is there (MMS-ENC §7.3.12), without its type."""
    if not isinstance(value, bytes) or value[:1] != b"\x80":
        return None
    address = wsp.text(wsp.nested(value[1:]))
    return address.removesuffix("/TYPE=PLMN") if address else None
