"""From what a caller asked for to what is sent and shown. No I/O, no state."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from gsmd import pdu
from gsmd.clock import EARLIEST_PLAUSIBLE, Milliseconds
from gsmd.config import OutboundConfig
from gsmd.protocol import bounds
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.message import Direction, Kind, Message, State
from gsmd.protocol.messages import SendParams
from gsmd.store.identity import new_id
from gsmd.store.tables import messages
from gsmd.store.tables.orders import Order

log = logging.getLogger(__name__)


def order_of(
    request: SendParams,
    config: OutboundConfig,
    destination: str,
    route: str,
    *,
    secret: str | None,
    wall: Milliseconds,
    now: Milliseconds,
    receipts: str | None = None,
    mark: bytes | None = None,
) -> Order:
    """The sending options of a message; ``wall`` and ``now`` (timeline) are the time of acceptance.

    ``secret`` is a piece of the text that is kept nowhere once it is out. ``receipts``: the handler that gets
    them; ``mark``: the `fingerprint` of what its key stands for.

    Errors: `Refused` for a validity that cannot be.
    """
    validity = config.validity if request.validity is None else request.validity
    if not 0 < validity <= bounds.VALIDITY:
        raise Refused(
            Code.INVALID,
            "validity must be above 0 and at most 63 weeks",
            reason="bad_validity",
            field="validity",
        )
    asked = request.not_before
    not_before = None if asked is None else messages.milliseconds(asked)
    wait = max(0, not_before - wall) if not_before else 0
    if wait and wall < EARLIEST_PLAUSIBLE:
        log.warning(
            "the clock is not set: a message that is not to go before %s may be late",
            request.not_before,
        )
    lasts = round(validity * 1000)
    hurry = None if request.send_within is None else round(request.send_within * 1000)
    if hurry is not None and hurry >= lasts:
        hurry = None  # the validity ends first
    return Order(
        destination=destination,
        route=route,
        priority=request.priority,
        due_at=now + wait if wait else 0,
        not_before=not_before if wait else None,
        expires_at=now + wait + (lasts if hurry is None else hurry),
        validity=lasts,
        report=config.report if request.report is None else request.report,
        flash=request.flash,
        handler=request.handler,
        key=request.key,
        override=request.override,
        secret=secret is not None,
        receipts=receipts,
        receipt_sent=request.receipt == "sent",
        when_uncertain=request.when_uncertain,
        send_within=hurry,
        protocol_id=request.protocol_id,
        udh=None if request.udh is None else _plain(request.udh),
        fingerprint=mark,
    )


def fingerprint(request: SendParams, destination: str) -> bytes:
    """What a key stands for: who gets it and what, in a few octets that do not tell it.

    When and how it is sent is no part of it: who tries again may have less time left.
    """
    content = (
        destination,
        request.text,
        None if request.data is None else _plain(request.data),
        request.flash,
        request.ports,
        request.protocol_id,
        None if request.udh is None else _plain(request.udh),
    )
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=12).digest()


def compose(request: SendParams, reference: int, order: Order) -> list[pdu.Submit]:
    """The TPDUs that carry it. Errors: `Refused` for a content that cannot be sent."""
    data = _octets(request)
    ports = request.ports
    try:
        return pdu.compose(
            request.text,
            data=data,
            destination=pdu.Address.parse(order.destination),
            reference=reference,
            validity=_validity(order.validity),
            status_report_request=order.report,
            message_class=0 if order.flash else None,
            ports=None if ports is None else pdu.Ports(ports.destination, ports.source),
            protocol_id=request.protocol_id,
            elements=_elements(request),
        )
    except pdu.PduError as error:
        if error.field == "elements":
            raise Refused(Code.INVALID, error.message, reason="bad_udh", field="udh") from error
        field = "data" if data is not None else "text"
        reason = "too_long" if "parts" in str(error) else "not_encodable"
        raise Refused(Code.INVALID, str(error), reason=reason, field=field) from error


def message_of(
    request: SendParams,
    order: Order,
    tpdus: Sequence[pdu.Submit],
    at: Milliseconds,
    secret: str | None,
) -> Message:
    """The message that people see, as it was accepted at ``at`` (wall), without its ``secret``."""
    return Message(
        id=new_id(),
        direction=Direction.OUTBOUND,
        state=State.QUEUED,
        peer=order.destination,
        modem=request.modem,
        kind=Kind.TEXT if request.data is None else Kind.DATA,
        text=_shown(request.text, secret),
        data=None if request.data is None else request.data.lower(),
        alphabet=str(tpdus[0].user_data.alphabet),
        class_=0 if request.flash else None,
        ports=request.ports,
        parts=len(tpdus),
        complete=True,
        tag=request.tag,
        in_reply_to=request.in_reply_to,
        possible_duplicate=False,
        created_at=datetime.fromtimestamp(at / 1000, UTC),
        service_centre_timestamp=None,
        sent_at=None,
        delivered_at=None,
        error=None,
    )


def _shown(text: str | None, secret: str | None) -> str | None:
    """The text as it is kept: without its secret."""
    if text is None or secret is None:
        return text
    return text.replace(secret, "*" * len(secret))


def _elements(request: SendParams) -> tuple[pdu.InformationElement, ...]:
    """The further information elements of a request. Errors: `Refused`, `PduError`."""
    if request.udh is None:
        return ()
    try:
        octets = bytes.fromhex(request.udh)
    except ValueError as error:
        text = f"udh is not hex: {error}"
        raise Refused(Code.INVALID, text, reason="bad_hex", field="udh") from error
    return pdu.read_elements(octets)


def _plain(digits: str) -> str:
    """Hex as it is kept: in small letters, without white space."""
    return "".join(digits.split()).lower()


def _octets(request: SendParams) -> bytes | None:
    """The data of a request. Errors: `Refused` for what is empty or no hex."""
    if request.data is None:
        if not request.text:
            raise Refused(Code.INVALID, "an empty text is not sent", reason="empty", field="text")
        return None
    try:
        octets = bytes.fromhex(request.data)
    except ValueError as error:
        raise Refused(
            Code.INVALID, f"data is not hex: {error}", reason="bad_hex", field="data"
        ) from error
    if not octets:
        raise Refused(Code.INVALID, "empty data is not sent", reason="empty", field="data")
    return octets


def _validity(milliseconds: int) -> pdu.Validity:
    """The form of TP-VP that every network knows; our own queue keeps the exact time."""
    try:
        return pdu.Validity.at_least(timedelta(milliseconds=milliseconds))
    except (pdu.PduError, OverflowError) as error:
        raise Refused(
            Code.INVALID,
            "no network keeps a message for longer than 63 weeks",
            reason="bad_validity",
            field="validity",
        ) from error
