"""Messages on their way out: ``+CMGS``, ``+CMSS``, ``+CMGW``, ``+CMGC`` (3GPP TS 27.005 §3.5)."""

from typing import TYPE_CHECKING

import msgspec

from gsmd import pdu
from gsmd.simulator.commands.messages import find
from gsmd.simulator.commands.service import require_service_centre, written_number
from gsmd.simulator.commands.table import Answer, Later, Needs, NoResult, Prompt, on
from gsmd.simulator.composition import compose
from gsmd.simulator.errors import MessageError
from gsmd.simulator.grammar import ArgumentError, Operation, Request
from gsmd.simulator.storage import STATUS_NAMES, Entry, StoredStatus

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_INVALID_PDU = 304
_INVALID_INDEX = 321
_MEMORY_FULL = 322
_LENGTHS = range(7, 165)  # octets of the smallest and the largest TPDU that makes sense
_NO_SERVICE = 331
_UNKNOWN = 500
_INTERNATIONAL = 145
_SUBMIT = 1
_COMMAND = 2


@on("+CMGS", Operation.SET, Needs.MESSAGES)
def send(modem: "SimulatedModem", request: Request) -> Answer:
    """A text with a number, or a PDU with its length; then the prompt."""
    modem.require_no_call()
    if modem.settings.text_mode:
        number = _destination(modem, request, 0)
        return Prompt(lambda text: _transmit(modem, compose(modem, number, text)), lines=True)
    length = request.integer(0, allowed=_LENGTHS)
    return Prompt(lambda text: _transmit(modem, _entered(text, length)))


@on("+CMGC", Operation.SET, Needs.MESSAGES)
def send_command(modem: "SimulatedModem", request: Request) -> Answer:
    """An SMS-COMMAND; in PDU mode only."""
    if modem.settings.text_mode:
        raise MessageError(303)
    length = request.integer(0, allowed=_LENGTHS)
    return Prompt(lambda text: _transmit(modem, _entered(text, length, _COMMAND), "+CMGC"))


@on("+CMGW", Operation.EXECUTE, Needs.MESSAGES)
@on("+CMGW", Operation.SET, Needs.MESSAGES)
def write(modem: "SimulatedModem", request: Request) -> Answer:
    """Into the second selected memory; nothing is sent."""
    if modem.settings.text_mode:
        number = _destination(modem, request, 0) if request.fields else ""
        status = _named_status(request)
        return Prompt(lambda text: _keep(modem, compose(modem, number, text), status), lines=True)
    length = request.integer(0, allowed=_LENGTHS)
    status = StoredStatus(request.integer(1, default=StoredStatus.STORED_UNSENT, allowed=range(4)))
    return Prompt(lambda text: _keep(modem, _entered(text, length, None), status))


@on("+CMSS", Operation.SET, Needs.MESSAGES)
def send_stored(modem: "SimulatedModem", request: Request) -> Answer:
    """A message of the second memory, to its own or to another number."""
    _, _, entry = find(modem, request.integer(0), storage=1)
    if entry is None:
        raise MessageError(_INVALID_INDEX)
    frame = pdu.Frame.from_hex(entry.frame)
    if frame.tpdu[0] & 0b11 != _SUBMIT:
        raise MessageError(_INVALID_PDU)
    if len(request.fields) > 1:
        message = pdu.Submit.decode(frame.tpdu)
        tpdu = _readdressed(message, _destination(modem, request, 1))
        frame = pdu.Frame(frame.service_centre, tpdu)

    return _transmit(modem, frame, "+CMSS", entry)


def _transmit(
    modem: "SimulatedModem", frame: pdu.Frame, name: str = "+CMGS", stored: Entry | None = None
) -> Answer:
    """Hand a frame to the network, which takes its time to answer."""
    if frame.service_centre is None:
        require_service_centre(modem)

    def answered() -> Answer:
        answer = _submit(modem, frame.tpdu, name)
        if stored is not None:
            stored.status = StoredStatus.STORED_SENT
        return answer

    if modem.faults.late_result:
        answer = answered()
        return Later(modem.faults.late_result, lambda: answer)
    seconds = modem.network.faults.answer_delay
    return Later(seconds, answered) if seconds else answered()


def _submit(modem: "SimulatedModem", tpdu: bytes, name: str) -> Answer:
    faults = modem.faults
    if modem.radio.lte_only:
        raise MessageError(_UNKNOWN)
    if not modem.radio.carries_messages:
        raise MessageError(_NO_SERVICE)
    reference = modem.network.submit(modem.require_sim(messages=True), tpdu)
    if faults.false_error and faults.take("false_error"):
        raise MessageError(faults.false_error_code)
    line = f"{name}: {reference}"
    if faults.lost_result and faults.take("lost_result"):
        return NoResult()
    if faults.lost_ok and faults.take("lost_ok"):
        return NoResult((line,))
    return [line]


def _keep(modem: "SimulatedModem", frame: pdu.Frame, status: StoredStatus) -> Answer:
    memory = modem.memory(modem.selected[1])
    position = memory.put(Entry(status, frame.hex(), frame.length))
    if position is None:
        raise MessageError(_MEMORY_FULL)
    return [f"+CMGW: {position + modem.profile.index_base}"]


def _entered(text: bytes, length: int, kind: int | None = _SUBMIT) -> pdu.Frame:
    """The PDU as it was typed; ``+CMS ERROR: 304`` if it is none, or not of that length."""
    try:
        frame = pdu.Frame.from_hex(text.decode("ascii"))
        pdu.decode(frame.tpdu, outgoing=kind is not None)
    except (UnicodeDecodeError, pdu.PduError):
        raise MessageError(_INVALID_PDU) from None
    if frame.length != length or kind not in {None, frame.tpdu[0] & 0b11}:
        raise MessageError(_INVALID_PDU)
    return frame


def _destination(modem: "SimulatedModem", request: Request, position: int) -> str:
    number = written_number(modem, request.string(position, bare=True))
    kind = request.integer(position + 1, default=129)
    return f"+{number}" if kind == _INTERNATIONAL and not number.startswith("+") else number


def _named_status(request: Request) -> StoredStatus:
    wanted = request.string(2, default="STO UNSENT").upper()
    for status, name in STATUS_NAMES.items():
        if name == wanted and status is not StoredStatus.ALL:
            return status
    raise ArgumentError(f"there is no state {wanted}")


def _readdressed(message: pdu.Submit, number: str) -> bytes:
    return msgspec.structs.replace(message, destination=pdu.Address.parse(number)).encode()
