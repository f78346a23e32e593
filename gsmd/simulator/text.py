"""Messages as they are written on the line, in PDU mode and in text mode (3GPP TS 27.005 §3.1 to §3.4)."""

from typing import TYPE_CHECKING

from gsmd import pdu
from gsmd.simulator.charset import shown
from gsmd.simulator.storage import STATUS_NAMES, Entry

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_INTERNATIONAL = 145
_HAS_HEADER = 0x40
_ALPHA = {"empty": ",", "quoted": ',""', "omitted": ""}


def listed_lines(modem: "SimulatedModem", index: int, entry: Entry) -> list[str]:
    """An entry as ``+CMGL`` shows it."""
    if not modem.settings.text_mode:
        alpha = _ALPHA[modem.profile.alpha]
        return [f"+CMGL: {index},{int(entry.status)}{alpha},{entry.length}", entry.frame]
    message = decoded(entry.frame)
    head = f'+CMGL: {index},"{STATUS_NAMES[entry.status]}"'
    if isinstance(message, pdu.StatusReport):
        return [f"{head},{_report_fields(modem, _frame(entry.frame).tpdu[0], message)}"]
    if isinstance(message, pdu.Deliver):
        stamp = _stamp(message.service_centre_timestamp)
        head += f',{_address(modem, message.originator)},,"{stamp}"'
        if modem.settings.show_text_header:
            head += f",{_kind(message.originator)},{message.user_data.length}"
    elif isinstance(message, pdu.Submit):
        head += f",{_address(modem, message.destination)},,"
        if modem.settings.show_text_header:
            head += f",{_kind(message.destination)},{message.user_data.length}"
    else:
        return [f'{head},"",,', entry.frame]
    return [head, _body(modem, message)]


def read_lines(modem: "SimulatedModem", entry: Entry) -> list[str]:
    """An entry as ``+CMGR`` shows it."""
    if not modem.settings.text_mode:
        alpha = _ALPHA[modem.profile.alpha]
        return [f"+CMGR: {int(entry.status)}{alpha},{entry.length}", entry.frame]
    frame = _frame(entry.frame)
    message = decoded(entry.frame)
    head = f'+CMGR: "{STATUS_NAMES[entry.status]}"'
    if isinstance(message, pdu.StatusReport):
        return [f"{head},{_report_fields(modem, frame.tpdu[0], message)}"]
    if isinstance(message, pdu.Deliver):
        return [f"{head},{_deliver_fields(modem, frame, message)}", _body(modem, message)]
    if isinstance(message, pdu.Submit):
        head += f",{_address(modem, message.destination)},"
        if modem.settings.show_text_header:
            validity = message.validity.octets[0] if message.validity else ""
            fields = f"{message.protocol_id},{message.dcs.octet},{validity}"
            head += (
                f",{_kind(message.destination)},{frame.tpdu[0]},{fields},{_centre(modem, frame)}"
            )
            head += f",{message.user_data.length}"
        return [head, _body(modem, message)]
    return [f'{head},"",', entry.frame]


def direct_lines(modem: "SimulatedModem", frame: pdu.Frame) -> list[str]:
    """A message as ``+CMT`` hands it over."""
    message = decoded(frame.hex()) if modem.settings.text_mode else None
    if isinstance(message, pdu.Deliver):
        return [f"+CMT: {_deliver_fields(modem, frame, message)}", _body(modem, message)]
    alpha = {"empty": ",", "quoted": '"",', "omitted": ""}[modem.profile.alpha]
    return [f"+CMT: {alpha}{frame.length}", frame.hex()]


def direct_report_lines(modem: "SimulatedModem", frame: pdu.Frame) -> list[str]:
    """A status report as ``+CDS`` hands it over."""
    message = decoded(frame.hex()) if modem.settings.text_mode else None
    if isinstance(message, pdu.StatusReport):
        return [f"+CDS: {_report_fields(modem, frame.tpdu[0], message)}"]
    return [f"+CDS: {frame.length}", frame.hex()]


def decoded(hexadecimal: str) -> object:
    """The message, or None: text mode shows what it cannot read as it is."""
    try:
        return pdu.decode(_frame(hexadecimal).tpdu)
    except pdu.PduError:
        return None


def _frame(hexadecimal: str) -> pdu.Frame:
    return pdu.Frame.from_hex(hexadecimal)


def _deliver_fields(modem: "SimulatedModem", frame: pdu.Frame, message: pdu.Deliver) -> str:
    fields = f'{_address(modem, message.originator)},,"{_stamp(message.service_centre_timestamp)}"'
    if modem.settings.show_text_header:
        fields += f",{_kind(message.originator)},{frame.tpdu[0]},{message.protocol_id}"
        fields += f",{message.dcs.octet},{_centre(modem, frame)},{message.user_data.length}"
    return fields


def _report_fields(modem: "SimulatedModem", first_octet: int, report: pdu.StatusReport) -> str:
    times = f'"{_stamp(report.service_centre_timestamp)}","{_stamp(report.discharge_time)}"'
    recipient = f"{_address(modem, report.recipient)},{_kind(report.recipient)}"
    return f"{first_octet},{report.message_reference},{recipient},{times},{report.tp_status}"


def _body(modem: "SimulatedModem", message: pdu.Deliver | pdu.Submit) -> str:
    """Text in the chosen character set; hex where octets are meant (27.005 §3.1 ``<data>``)."""
    user_data = message.user_data
    if user_data.alphabet is pdu.Alphabet.GSM7 and not user_data.header.octets:
        return shown(user_data.text or "", modem.settings.character_set)
    return user_data.octets.hex().upper()


def _address(modem: "SimulatedModem", address: pdu.Address) -> str:
    return f'"{shown(str(address), modem.settings.character_set)}"'


def _kind(address: pdu.Address) -> int:
    return 0x80 | address.type << 4 | address.plan


def _centre(modem: "SimulatedModem", frame: pdu.Frame) -> str:
    centre = frame.service_centre
    return f"{_address(modem, centre)},{_kind(centre)}" if centre else f'"",{_INTERNATIONAL}'


def _stamp(timestamp: pdu.Timestamp) -> str:
    """``yy/MM/dd,hh:mm:ss±zz`` with the zone in quarters of an hour."""
    moment = timestamp.datetime
    if moment is None:
        return "00/00/00,00:00:00+00"
    offset = moment.utcoffset()
    quarters = round(offset.total_seconds() / 900) if offset is not None else 0
    return f"{moment:%y/%m/%d,%H:%M:%S}{quarters:+03d}"
