"""The equipment itself: power, errors, character set, clock (3GPP TS 27.007 §5, §8, §9)."""

from typing import TYPE_CHECKING

from gsmd.simulator.charset import CHARACTER_SETS
from gsmd.simulator.commands.table import NAMES, Answer, on, on_test
from gsmd.simulator.errors import MobileError
from gsmd.simulator.grammar import ArgumentError, Operation, Request

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_LEVELS = {0, 1, 4}  # +CFUN: minimum, full, radio off
_FULL = 1
_RESTART_AFTER = 0.01  # seconds: the OK gets out first


@on("+CFUN", Operation.READ)
def functionality(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+CFUN: {modem.functionality}"]


@on("+CFUN", Operation.SET)
def set_functionality(modem: "SimulatedModem", request: Request) -> Answer:
    """27.007 §8.2; ``1,1`` restarts the modem."""
    level = request.integer(0, allowed=_LEVELS)
    if request.integer(1, default=0, allowed=range(2)):
        modem.after(_RESTART_AFTER, modem.reboot)
        return None
    if level == _FULL and modem.functionality != _FULL:
        modem.faults.radio_cycled()
    modem.functionality = level
    modem.radio.update()
    return None


@on("+CMEE", Operation.READ)
def error_reports(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+CMEE: {modem.settings.error_reports}"]


@on("+CMEE", Operation.SET)
def set_error_reports(modem: "SimulatedModem", request: Request) -> Answer:
    modem.settings.error_reports = request.integer(0, default=0, allowed=range(3))
    return None


@on("+CSCS", Operation.READ)
def character_set(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f'+CSCS: "{modem.settings.character_set}"']


@on("+CSCS", Operation.SET)
def set_character_set(modem: "SimulatedModem", request: Request) -> Answer:
    name = request.string(0, bare=True).upper()
    if name not in CHARACTER_SETS:
        raise ArgumentError(f"there is no character set {name}")
    modem.settings.character_set = name
    return None


@on("+CLAC", Operation.EXECUTE)
def all_commands(modem: "SimulatedModem", _request: Request) -> Answer:
    """27.007 §8.37: every command there is."""
    scripted = {written.rstrip("?").split("=")[0] for written in modem.profile.answers}
    return sorted(f"AT{name}" for name in NAMES | scripted if modem.profile.knows(name))


@on("+CCLK", Operation.READ)
def clock(modem: "SimulatedModem", _request: Request) -> Answer:
    now = modem.network.wall()
    offset = now.utcoffset()
    quarters = round(offset.total_seconds() / 900) if offset is not None else 0
    return [f'+CCLK: "{now:%y/%m/%d,%H:%M:%S}{quarters:+03d}"']


@on("+CCLK", Operation.SET)
def set_clock(_modem: "SimulatedModem", request: Request) -> Answer:
    """The network's time is kept; a well-formed one is accepted."""
    if len(request.string(0)) < 17:
        raise MobileError(50)
    return None


@on("+CBC", Operation.EXECUTE)
def battery(_modem: "SimulatedModem", _request: Request) -> Answer:
    return ["+CBC: 0,100,4100"]


@on("+CPAS", Operation.EXECUTE)
def activity(modem: "SimulatedModem", _request: Request) -> Answer:
    """27.007 §8.1: 0 ready, 3 ringing, 4 call in progress."""
    return [f"+CPAS: {modem.voice.activity}"]


on_test("+CFUN", "(0,1,4),(0,1)")
on_test("+CMEE", "(0-2)")
on_test("+CSCS", "(" + ",".join(f'"{name}"' for name in CHARACTER_SETS) + ")")
on_test("+CPAS", "(0,2,3,4)")
on_test("+CBC", "(0-3),(1-100)")
