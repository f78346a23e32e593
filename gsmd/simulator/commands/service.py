"""The sending and showing of messages (3GPP TS 27.005 §3.1, §3.2, §3.3)."""

import re
from typing import TYPE_CHECKING

from gsmd.simulator.charset import shown, understood
from gsmd.simulator.commands.table import Answer, Needs, on, on_test
from gsmd.simulator.errors import MessageError
from gsmd.simulator.grammar import ArgumentError, Operation, Request

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_DIALLED = re.compile(r"\+?[0-9*#]{1,20}", re.ASCII)


def _setting(name: str, attribute: str, allowed: range, *, default: int = 0) -> None:
    def read(modem: "SimulatedModem", _request: Request) -> Answer:
        return [f"{name}: {getattr(modem.settings, attribute)}"]

    def write(modem: "SimulatedModem", request: Request) -> Answer:
        modem.require_message_service()
        setattr(modem.settings, attribute, request.integer(0, default=default, allowed=allowed))
        return None

    on(name, Operation.READ)(read)
    on(name, Operation.SET)(write)
    on_test(
        name,
        f"({allowed[0]}-{allowed[-1]})" if len(allowed) > 2 else f"({allowed[0]},{allowed[-1]})",
    )


_setting("+CMGF", "text_mode", range(2))
_setting("+CSDH", "show_text_header", range(2))
_setting("+CMMS", "more_messages", range(3))
_setting("+CGSMS", "send_service", range(4), default=1)


@on("+CMGF", Operation.EXECUTE)
def pdu_mode(modem: "SimulatedModem", _request: Request) -> Answer:
    modem.settings.text_mode = 0
    return None


@on("+CSMS", Operation.READ)
def selected_service(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+CSMS: {modem.settings.service},1,1,0"]


@on("+CSMS", Operation.SET)
def select_service(modem: "SimulatedModem", request: Request) -> Answer:
    """1: phase 2+, where ``+CMT`` must be acknowledged with ``+CNMA``."""
    modem.require_message_service()
    modem.settings.service = request.integer(0, allowed=range(2))
    return ["+CSMS: 1,1,0"]


@on("+CSCA", Operation.READ, Needs.MESSAGES)
def service_centre(modem: "SimulatedModem", _request: Request) -> Answer:
    number = modem.current_service_centre() or ""
    kind = 145 if number.startswith("+") or not number else 129
    return [f'+CSCA: "{shown(number, modem.settings.character_set)}",{kind}']


@on("+CSCA", Operation.SET, Needs.MESSAGES)
def set_service_centre(modem: "SimulatedModem", request: Request) -> Answer:
    """The number is kept on the SIM."""
    number = written_number(modem, request.string(0))
    kind = request.integer(1, default=145 if number.startswith("+") else 129)
    if number and kind == 145 and not number.startswith("+"):
        number = f"+{number}"
    modem.require_sim(messages=True).smsc = number
    return None


@on("+CSMP", Operation.READ)
def parameters(modem: "SimulatedModem", _request: Request) -> Answer:
    settings = modem.settings
    return [
        f"+CSMP: {settings.first_octet},{settings.validity},{settings.protocol_id},{settings.data_coding}"
    ]


@on("+CSMP", Operation.SET)
def set_parameters(modem: "SimulatedModem", request: Request) -> Answer:
    """First octet, validity, protocol, coding of what text mode sends (27.005 §3.1)."""
    settings = modem.settings
    octet = range(256)
    settings.first_octet = request.integer(0, default=settings.first_octet, allowed=octet)
    settings.validity = request.integer(1, default=settings.validity, allowed=octet)
    settings.protocol_id = request.integer(2, default=settings.protocol_id, allowed=octet)
    settings.data_coding = request.integer(3, default=settings.data_coding, allowed=octet)
    return None


@on("+CSCB", Operation.READ)
def cell_broadcast(modem: "SimulatedModem", _request: Request) -> Answer:
    chosen = modem.settings.values.get("+CSCB", '0,"",""')
    return [f"+CSCB: {chosen}"]


@on("+CSCB", Operation.SET)
def set_cell_broadcast(modem: "SimulatedModem", request: Request) -> Answer:
    """Remembered: no cell broadcasts anything here."""
    request.integer(0, allowed=range(2))
    modem.settings.values["+CSCB"] = request.text
    return None


@on("+CSAS", Operation.EXECUTE)
@on("+CSAS", Operation.SET)
@on("+CRES", Operation.EXECUTE)
@on("+CRES", Operation.SET)
def save(_modem: "SimulatedModem", _request: Request) -> Answer:
    """Profiles of message settings: there is one, and nothing to do."""
    return None


def written_number(modem: "SimulatedModem", text: str) -> str:
    """A number as a command carries it, in the chosen character set."""
    try:
        number = understood(text, modem.settings.character_set)
    except ValueError as error:
        raise ArgumentError(str(error)) from error
    if number and not _DIALLED.fullmatch(number):
        raise ArgumentError(f"{number!r} is no number")
    return number


def require_service_centre(modem: "SimulatedModem") -> str:
    """The service centre, to which a message goes first; ``+CMS ERROR: 330`` if the SIM does not say."""
    number = modem.current_service_centre()
    if not number:
        raise MessageError(330)
    return number


on_test("+CSMS", "(0,1)")
on_test("+CSMP", "(0-255),(0-255),(0-255),(0-255)")
on_test("+CSCB", "(0,1)")
