"""The maker of the modem, and the subscriber (3GPP TS 27.007 §5)."""

from typing import TYPE_CHECKING

from gsmd.simulator.charset import shown
from gsmd.simulator.commands.table import Answer, Needs, on, on_test
from gsmd.simulator.facts import Facts
from gsmd.simulator.grammar import Operation, Request

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem


@on("+CGMI", Operation.EXECUTE)
@on("+GMI", Operation.EXECUTE)
def manufacturer(modem: "SimulatedModem", _request: Request) -> Answer:
    return [modem.profile.manufacturer]


@on("+CGMM", Operation.EXECUTE)
@on("+GMM", Operation.EXECUTE)
def model(modem: "SimulatedModem", _request: Request) -> Answer:
    return [modem.profile.model]


@on("+CGMR", Operation.EXECUTE)
@on("+GMR", Operation.EXECUTE)
def revision(modem: "SimulatedModem", _request: Request) -> Answer:
    return [modem.profile.revision]


@on("+CGSN", Operation.EXECUTE)
@on("+GSN", Operation.EXECUTE)
def serial_number(modem: "SimulatedModem", _request: Request) -> Answer:
    return [modem.imei]


@on("+CGSN", Operation.SET)
def serial_number_of_type(modem: "SimulatedModem", request: Request) -> Answer:
    """27.007 §5.4: 0 the serial number, 1 the IMEI."""
    kind = request.integer(0, default=0, allowed=range(2))
    return [f'+CGSN: "{modem.imei}"'] if kind else [modem.imei]


@on("I", Operation.EXECUTE)
@on("I", Operation.SET)
def identification(modem: "SimulatedModem", _request: Request) -> Answer:
    profile = modem.profile
    lines = profile.identity or (profile.manufacturer, profile.model, profile.revision)
    facts = Facts(modem)
    return [line.format_map(facts) for line in lines]


@on("+GCAP", Operation.EXECUTE)
def capabilities(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+GCAP: {modem.profile.capabilities}"]


@on("+CIMI", Operation.EXECUTE, Needs.SIM)
def subscriber_identity(modem: "SimulatedModem", _request: Request) -> Answer:
    return [modem.require_sim().imsi]


@on("+CNUM", Operation.EXECUTE, Needs.SIM)
def own_number(modem: "SimulatedModem", _request: Request) -> Answer:
    """27.007 §7.1; nothing when the SIM does not know its number."""
    number = modem.require_sim().number
    kind = 145 if number.startswith("+") else 129
    return [f'+CNUM: "","{shown(number, modem.settings.character_set)}",{kind}'] if number else None


on_test("+CGSN", "(0,1)")
