"""Indications of what arrives: ``+CNMI``, ``+CNMA`` (3GPP TS 27.005 §3.4)."""

from typing import TYPE_CHECKING

from gsmd.simulator.commands.table import Answer, on, on_test
from gsmd.simulator.errors import MessageError
from gsmd.simulator.grammar import Operation, Request
from gsmd.simulator.profiles import numbers
from gsmd.simulator.settings import Cnmi

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_NOT_SUPPORTED = 303
_NOTHING_TO_ACKNOWLEDGE = 340
_REFUSE = 2  # +CNMA=2: not taken (27.005 §3.4.4)


@on("+CNMI", Operation.READ)
def routing(modem: "SimulatedModem", _request: Request) -> Answer:
    cnmi = modem.settings.cnmi
    return [f"+CNMI: {cnmi.mode},{cnmi.mt},{cnmi.bm},{cnmi.ds},{cnmi.bfr}"]


@on("+CNMI", Operation.TEST)
def possible_routing(modem: "SimulatedModem", _request: Request) -> Answer:
    return ["+CNMI: " + ",".join(f"({values})" for values in modem.profile.cnmi)]


@on("+CNMI", Operation.SET)
def set_routing(modem: "SimulatedModem", request: Request) -> Answer:
    """Only what the profile advertises, and not even all of that."""
    modem.require_message_service()
    request.at_most(5)
    current = modem.settings.cnmi
    defaults = (current.mode, current.mt, current.bm, current.ds, current.bfr)
    allowed = [numbers(values) for values in modem.profile.cnmi]
    wanted = tuple(request.integer(at, defaults[at], allowed[at]) for at in range(5))
    if any(_matches(pattern, wanted) for pattern in modem.profile.cnmi_refused):
        raise MessageError(_NOT_SUPPORTED)
    modem.settings.cnmi = Cnmi(*wanted)
    if modem.settings.cnmi.mode:
        modem.reception.release(flush=modem.settings.cnmi.bfr == 0)
    return None


@on("+CNMA", Operation.EXECUTE)
@on("+CNMA", Operation.SET)
def acknowledge(modem: "SimulatedModem", request: Request) -> Answer:
    accepted = request.integer(0, default=0, allowed=range(3)) != _REFUSE
    if not modem.reception.acknowledge(accepted=accepted):
        raise MessageError(_NOTHING_TO_ACKNOWLEDGE)
    return None


def _matches(pattern: tuple[int | None, ...], wanted: tuple[int, ...]) -> bool:
    return all(one is None or one == other for one, other in zip(pattern, wanted, strict=True))


on_test("+CNMA", "(0-2)")
