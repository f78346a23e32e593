"""A whole text or datagram becomes the TPDUs that carry it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from gsmd.pdu.address import Address
from gsmd.pdu.coding import Coding, National, Room, code_data, code_text
from gsmd.pdu.dcs import GSM7, UCS2, Alphabet, DataCodingScheme, MessageClass
from gsmd.pdu.deliver import Deliver
from gsmd.pdu.elements import (
    Concatenation,
    ElementType,
    InformationElement,
    Ports,
    concatenation_element,
    national_elements,
    ports_element,
)
from gsmd.pdu.errors import PduError
from gsmd.pdu.gsm7 import NationalTables
from gsmd.pdu.submit import Submit
from gsmd.pdu.timestamp import Timestamp
from gsmd.pdu.typography import simplify
from gsmd.pdu.udh import UserDataHeader
from gsmd.pdu.user_data import UserData
from gsmd.pdu.validity import Validity

Width = Literal[8, 16]


class Preview(msgspec.Struct, frozen=True):
    """The cost of a text. ``characters_left`` still fit the last part, counted in ``alphabet``.

    ``replaced``: the typographic characters that ``smart`` replaces, each with what stands for it.
    """

    alphabet: Alphabet
    national: NationalTables
    parts: int
    characters_left: int
    replaced: dict[str, str]


def compose(
    text: str | None = None,
    destination: Address | str | None = None,
    *,
    data: bytes | None = None,
    reference: int = 0,
    width: Width = 8,
    validity: Validity | timedelta | datetime | None = None,
    status_report_request: bool = False,
    message_class: int | None = None,
    ports: Ports | None = None,
    elements: Sequence[InformationElement] = (),
    national: National = "auto",
    smart: bool = False,
    alphabet: Alphabet | None = None,
    protocol_id: int = 0,
    reply_path: bool = False,
    reject_duplicates: bool = False,
) -> list[Submit]:
    """The SUBMITs that carry ``text`` or ``data`` to ``destination``, in order.

    ``reference`` and ``width`` (bits of it) identify the message where it has several parts.
    ``validity`` is taken exactly. ``elements`` stand in the header of every part, behind our own. ``smart`` replaces typographic characters if that keeps the text in
    the GSM alphabet. Errors: `PduError` with the argument as field for what cannot be said exactly.
    """
    recipient = _destination(destination)
    period = _validity(validity)
    further = _fitting(elements, ports)
    coding = _code(
        text, data, ports, width, national, smart=smart, alphabet=alphabet, elements=further
    )
    dcs = _scheme(coding.alphabet, message_class, protocol_id)
    return [
        Submit(
            destination=recipient,
            protocol_id=protocol_id,
            dcs=dcs,
            validity=period,
            user_data=user_data,
            reject_duplicates=reject_duplicates,
            status_report_request=status_report_request,
            reply_path=reply_path,
        )
        for user_data in _parts(coding, ports, reference, width, further)
    ]


def compose_deliver(
    text: str | None = None,
    originator: Address | str | None = None,
    timestamp: Timestamp | datetime | None = None,
    *,
    data: bytes | None = None,
    reference: int = 0,
    width: Width = 8,
    message_class: int | None = None,
    ports: Ports | None = None,
    national: National = "auto",
    alphabet: Alphabet | None = None,
    protocol_id: int = 0,
    more_messages: bool = False,
    reply_path: bool = False,
    status_report_indication: bool = False,
) -> list[Deliver]:
    """The DELIVERs with which a network brings ``text`` or ``data`` from ``originator``, in order.

    ``timestamp`` is the service centre's; parts of a second are dropped. Errors: as for `compose`.
    """
    sender = _address(originator, "originator")
    coding = _code(text, data, ports, width, national, smart=False, alphabet=alphabet)
    dcs = _scheme(coding.alphabet, message_class, protocol_id)
    moment = _timestamp(timestamp)
    return [
        Deliver(
            originator=sender,
            protocol_id=protocol_id,
            dcs=dcs,
            service_centre_timestamp=moment,
            user_data=user_data,
            more_messages=more_messages,
            reply_path=reply_path,
            status_report_indication=status_report_indication,
        )
        for user_data in _parts(coding, ports, reference, width)
    ]


def preview(
    text: str,
    *,
    width: Width = 8,
    ports: Ports | None = None,
    national: National = "auto",
    smart: bool = False,
    alphabet: Alphabet | None = None,
) -> Preview:
    """The cost of ``text`` as `compose` will split it. Errors: as there."""
    coding = _code(text, None, ports, width, national, smart=smart, alphabet=alphabet)
    return Preview(
        alphabet=coding.alphabet,
        national=coding.tables,
        parts=len(coding.pieces),
        characters_left=coding.units_left,
        replaced=coding.replaced,
    )


_ROOMS = {8: Room(), 16: Room(concatenation=6)}


def _code(
    text: str | None,
    data: bytes | None,
    ports: Ports | None,
    width: int,
    national: National,
    *,
    smart: bool,
    alphabet: Alphabet | None,
    elements: Sequence[InformationElement] = (),
) -> Coding:
    """The content in its smallest coding."""
    if national not in ("auto", "off"):
        raise PduError("national tables are auto or off", "national")
    room = _room(ports, width, elements)
    if data is not None:
        if text is not None:
            raise PduError("a message has text or data, not both", "data")
        return code_data(data, room)
    if text is None:
        raise PduError("neither text nor data", "text")
    coding = code_text(text, room, national=national, alphabet=alphabet)
    if smart and coding.alphabet is UCS2:
        simple = simplify(text)
        candidate = code_text(simple.text, room, national=national, alphabet=alphabet)
        if candidate.alphabet is GSM7:
            return msgspec.structs.replace(candidate, replaced=simple.replaced)
    return coding


def _room(ports: Ports | None, width: int, further: Sequence[InformationElement]) -> Room:
    if width not in _ROOMS:
        raise PduError("a reference has 8 or 16 bits", "width")
    if ports is None and not further:
        return _ROOMS[width]
    own = () if ports is None else (ports_element(ports),)
    return Room(sum(len(each.encode()) for each in (*own, *further)), 4 + width // 8)


_OURS = {
    ElementType.CONCATENATION_8: "parts are numbered by gsmd",
    ElementType.CONCATENATION_16: "parts are numbered by gsmd",
    ElementType.NATIONAL_SINGLE_SHIFT: "national tables are chosen to fit the text",
    ElementType.NATIONAL_LOCKING_SHIFT: "national tables are chosen to fit the text",
}
_PORTS = frozenset({ElementType.PORTS_8, ElementType.PORTS_16})


def _fitting(
    elements: Sequence[InformationElement], ports: Ports | None
) -> tuple[InformationElement, ...]:
    """The elements, none of which says what others of the header say."""
    for element in elements:
        kind = element.identifier
        if kind in _OURS:
            raise PduError(f"no {element.name} element: {_OURS[ElementType(kind)]}", "elements")
        if ports is not None and kind in _PORTS:
            raise PduError(f"no {element.name} element beside ports", "elements")
    return tuple(elements)


def _parts(
    coding: Coding,
    ports: Ports | None,
    reference: int,
    width: Width,
    further: tuple[InformationElement, ...] = (),
) -> list[UserData]:
    """The user data of each part, with the header that it needs."""
    pieces, alphabet = coding.pieces, coding.alphabet
    elements = (*further, *national_elements(coding.tables))
    if ports:
        elements = (ports_element(ports), *elements)
    if len(pieces) == 1:
        header = UserDataHeader.of(*elements)
        return [UserData.build(pieces[0].body, alphabet, header, text=pieces[0].text)]
    parts = []
    for sequence, piece in enumerate(pieces, start=1):
        number = concatenation_element(Concatenation(reference, len(pieces), sequence, width))
        header = UserDataHeader.of(number, *elements)
        parts.append(UserData.build(piece.body, alphabet, header, text=piece.text))
    return parts


def _destination(destination: Address | str | None) -> Address:
    address = _address(destination, "destination")
    if address.is_name:
        raise PduError(f"{address} is a name; a message goes to a number", "destination")
    return address


def _address(address: Address | str | None, field: str) -> Address:
    """The address, which can be written."""
    if isinstance(address, Address):
        address.encode(field)
        return address
    try:
        return Address.parse(address or "")
    except PduError as error:
        raise PduError(error.message, field) from None


def _validity(limit: Validity | timedelta | datetime | None) -> Validity | None:
    return limit if limit is None or isinstance(limit, Validity) else Validity.of(limit)


def _timestamp(timestamp: Timestamp | datetime | None) -> Timestamp:
    if isinstance(timestamp, Timestamp):
        return timestamp
    if timestamp is None:
        raise PduError("no time", "timestamp")
    return Timestamp.of(timestamp.replace(microsecond=0))


def _scheme(alphabet: Alphabet, message_class: int | None, protocol_id: int) -> DataCodingScheme:
    """TP-DCS; and TP-PID is one octet."""
    if not 0 <= protocol_id <= 255:
        raise PduError("not 0 to 255", "protocol_id")
    if message_class is None:
        return DataCodingScheme.choose(alphabet)
    if not 0 <= message_class <= 3:
        raise PduError("a message class is 0 to 3", "message_class")
    return DataCodingScheme.choose(alphabet, MessageClass(message_class))
