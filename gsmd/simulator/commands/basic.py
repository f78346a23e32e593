"""ITU-T V.250 §6: echo, result codes, S-registers, resets."""

from typing import TYPE_CHECKING

from gsmd.simulator.commands.table import Answer, on, on_test
from gsmd.simulator.grammar import ArgumentError, Operation, Request

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_SWITCHES = {"E": "echo", "V": "verbose", "Q": "quiet"}
_REGISTERS = {
    "S0": ("auto_answer", 255),
    "S3": ("carriage_return", 127),
    "S4": ("line_feed", 127),
    "S5": ("backspace", 127),
}
_WITHOUT_EFFECT = (
    "L",
    "M",
    "X",
    "&C",
    "&D",
    "&K",
    "&S",
    "&W",
    "&A",
    "&B",
    "&E",
    "&G",
    "&H",
    "&L",
    "&M",
    "&N",
    "&R",
    "\\Q",
    "\\V",
    "\\N",
)
_REMEMBERED_REGISTERS = tuple(f"S{number}" for number in (1, 2, 6, 7, 8, 9, 10, 11, 12, 25, 30, 36))


def _switch(name: str, attribute: str) -> None:
    def switch(modem: "SimulatedModem", request: Request) -> Answer:
        value = int(request.text or 0)
        if value > 1:
            raise ArgumentError(f"{name} is 0 or 1")
        setattr(modem.settings, attribute, value)
        return None

    on(name, Operation.SET)(switch)
    on(name, Operation.EXECUTE)(switch)


def _register(name: str, attribute: str, highest: int) -> None:
    def write(modem: "SimulatedModem", request: Request) -> Answer:
        value = int(request.text or 0)
        if value > highest:
            raise ArgumentError(f"{name} is at most {highest}")
        setattr(modem.settings, attribute, value)
        return None

    def read(modem: "SimulatedModem", _request: Request) -> Answer:
        return [f"{getattr(modem.settings, attribute):03d}"]

    on(name, Operation.SET)(write)
    on(name, Operation.READ)(read)


def _remembered(name: str) -> None:
    def write(modem: "SimulatedModem", request: Request) -> Answer:
        modem.settings.registers[name] = int(request.text or 0) % 256
        return None

    def read(modem: "SimulatedModem", _request: Request) -> Answer:
        return [f"{modem.settings.registers.get(name, 0):03d}"]

    on(name, Operation.SET)(write)
    on(name, Operation.READ)(read)


def _accept(_modem: "SimulatedModem", _request: Request) -> Answer:
    return None


for _name, _attribute in _SWITCHES.items():
    _switch(_name, _attribute)
for _name, (_attribute, _highest) in _REGISTERS.items():
    _register(_name, _attribute, _highest)
for _name in _REMEMBERED_REGISTERS:
    _remembered(_name)
for _name in _WITHOUT_EFFECT:
    on(_name, Operation.SET)(_accept)
    on(_name, Operation.EXECUTE)(_accept)


@on("Z", Operation.EXECUTE)
@on("Z", Operation.SET)
@on("&F", Operation.EXECUTE)
@on("&F", Operation.SET)
def reset(modem: "SimulatedModem", request: Request) -> Answer:
    """Back to the defaults; a call ends (V.250 §6.1.1, §6.1.2)."""
    if int(request.text or 0) > 1:
        raise ArgumentError("there are two profiles")
    modem.reset_settings()
    modem.voice.hang_up()
    return None


@on("&V", Operation.EXECUTE)
def show(modem: "SimulatedModem", _request: Request) -> Answer:
    """The current settings, for people."""
    settings = modem.settings
    return [
        f"E{settings.echo} V{settings.verbose} Q{settings.quiet}",
        f"S0:{settings.auto_answer:03d} S3:{settings.carriage_return:03d} S4:{settings.line_feed:03d} S5:{settings.backspace:03d}",
        f"+CMEE: {settings.error_reports}; +CMGF: {settings.text_mode}",
    ]


@on("+IPR", Operation.SET)
@on("+ICF", Operation.SET)
@on("+IFC", Operation.SET)
def line_setting(modem: "SimulatedModem", request: Request) -> Answer:
    """Speed, framing and flow control mean nothing to a pty: remembered only."""
    modem.settings.values[request.name] = request.text
    return None


@on("+IPR", Operation.READ)
def speed(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+IPR: {modem.settings.values.get('+IPR', '0')}"]


@on("+ICF", Operation.READ)
def framing(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+ICF: {modem.settings.values.get('+ICF', '3,3')}"]


@on("+IFC", Operation.READ)
def flow_control(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+IFC: {modem.settings.values.get('+IFC', '0,0')}"]


on_test("+IPR", "(0,9600,19200,38400,57600,115200,230400,460800,921600),(0,9600,115200)")
on_test("+ICF", "(1-6),(0-3)")
on_test("+IFC", "(0-2),(0-2)")
