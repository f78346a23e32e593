"""PIN, PUK and locks (3GPP TS 27.007 §7.4, §7.5, §8.3, §8.65)."""

from typing import TYPE_CHECKING

from gsmd.simulator.commands.table import Answer, on, on_test
from gsmd.simulator.errors import MobileError
from gsmd.simulator.grammar import ArgumentError, Operation, Request
from gsmd.simulator.sim import PIN_TRIES, PUK_TRIES

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_WRONG = 16
_NOT_ALLOWED = 3
_STATES = {None: "READY", 11: "SIM PIN", 12: "SIM PUK"}


@on("+CPIN", Operation.READ)
def pin_state(modem: "SimulatedModem", _request: Request) -> Answer:
    problem = modem.sim_problem
    if problem not in _STATES:
        raise MobileError(problem or 0)
    second = modem.faults.second_pin
    if problem is None and second != "no":
        return [f"+CPIN: SIM {second}"]
    return [f"+CPIN: {_STATES[problem]}"]


@on("+CPIN", Operation.SET)
def enter_pin(modem: "SimulatedModem", request: Request) -> Answer:
    """The PIN; or, on a blocked SIM, the PUK and a new PIN."""
    problem = modem.sim_problem
    if problem is None:
        raise MobileError(_NOT_ALLOWED)
    if problem not in _STATES:
        raise MobileError(problem)
    sim = modem.require_card()
    code = request.string(0, bare=True)
    right = sim.unblock(code, request.string(1, bare=True)) if sim.blocked else sim.verify(code)
    if not right:
        raise MobileError(12 if sim.blocked else _WRONG)
    modem.unlock()
    return None


@on("+CPINR", Operation.EXECUTE)
def tries_left(modem: "SimulatedModem", _request: Request) -> Answer:
    sim = modem.require_card()
    return [
        f"+CPINR: SIM PIN,{sim.pin_tries},{PIN_TRIES}",
        f"+CPINR: SIM PUK,{sim.puk_tries},{PUK_TRIES}",
    ]


@on("+CLCK", Operation.SET)
def lock(modem: "SimulatedModem", request: Request) -> Answer:
    """``"SC"``: whether the SIM asks for its PIN. Other facilities are never locked."""
    facility = request.string(0).upper()
    mode = request.integer(1, allowed=range(3))
    sim = modem.require_sim()
    if mode == 2:
        return [f"+CLCK: {int(facility == 'SC' and sim.pin is not None)}"]
    if facility != "SC":
        raise MobileError(_NOT_ALLOWED)
    pin = request.string(2)
    if sim.pin is not None and not sim.verify(pin):
        raise MobileError(_WRONG)
    sim.pin = pin if mode else None
    modem.pin_verified = True
    return None


@on("+CPWD", Operation.SET)
def change_pin(modem: "SimulatedModem", request: Request) -> Answer:
    sim = modem.require_sim()
    if request.string(0).upper() != "SC":
        raise ArgumentError("only the SIM's PIN can be changed")
    new = request.string(2)
    if sim.pin is None:
        raise MobileError(_NOT_ALLOWED)
    if not sim.verify(request.string(1)):
        raise MobileError(_WRONG)
    sim.pin = new
    return None


on_test("+CLCK", '("SC","AO","OI","AI","IR")')
on_test("+CPWD", '("SC",8)')
