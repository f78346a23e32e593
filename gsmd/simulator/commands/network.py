"""Registration, operator, signal (3GPP TS 27.007 §7.2, §7.3, §8.5, §10.1)."""

from typing import TYPE_CHECKING

from gsmd.simulator.charset import shown
from gsmd.simulator.commands.table import Answer, Later, Needs, on, on_test
from gsmd.simulator.grammar import Operation, Request
from gsmd.simulator.radio import REGISTERED

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_SEARCH_TIME = 1.0  # seconds; a real search takes up to minutes
_NUMERIC = 2
_FORMAT_ONLY = 3


def _registration(domain: str) -> None:
    attribute = domain.lower()

    def read(modem: "SimulatedModem", _request: Request) -> Answer:
        level: int = getattr(modem.settings, attribute)
        return [
            f"+{domain}: {level},{int(modem.radio.domain(domain))}{modem.radio.location(level)}"
        ]

    def write(modem: "SimulatedModem", request: Request) -> Answer:
        setattr(modem.settings, attribute, request.integer(0, default=0, allowed=range(3)))
        return None

    on(f"+{domain}", Operation.READ)(read)
    on(f"+{domain}", Operation.SET)(write)
    on_test(f"+{domain}", "(0-2)")


for _domain in ("CREG", "CGREG", "CEREG"):
    _registration(_domain)


@on("+COPS", Operation.READ)
def operator(modem: "SimulatedModem", _request: Request) -> Answer:
    """The operator that carries us; only the mode when nobody does."""
    sim = modem.sim
    if sim is None or not any(modem.radio.domain(name) in REGISTERED for name in ("CREG", "CEREG")):
        return ["+COPS: 0"]
    form = modem.settings.operator_format
    name = (
        sim.network_code
        if form == _NUMERIC
        else shown(sim.network_name, modem.settings.character_set)
    )
    technology = 7 if modem.radio.lte_only else 0
    return [f'+COPS: 0,{form},"{name}",{technology}']


@on("+COPS", Operation.SET, Needs.SIM)
def select_operator(modem: "SimulatedModem", request: Request) -> Answer:
    """Mode 3 sets the format; the others select the one network there is, or leave it."""
    mode = request.integer(0, default=0, allowed=range(5))
    if mode == _FORMAT_ONLY or len(request.fields) > 1:
        modem.settings.operator_format = request.integer(1, default=0, allowed=range(3))
    if mode == 2:
        modem.radio.found(network=False)
    elif mode != _FORMAT_ONLY:
        modem.faults.operator_chosen()
        modem.radio.found(network=True)
    return None


@on("+COPS", Operation.TEST, Needs.SIM)
def search_operators(modem: "SimulatedModem", _request: Request) -> Answer:
    """A search of the band takes its time; a key press ends it."""
    sim = modem.require_sim()
    line = f'+COPS: (2,"{sim.network_name}","{sim.network_name}","{sim.network_code}"),,(0-4),(0-2)'
    return Later(_SEARCH_TIME, lambda: [line], abort=lambda: None)


@on("+CSQ", Operation.EXECUTE)
def signal(modem: "SimulatedModem", _request: Request) -> Answer:
    known = modem.functionality == 1
    return [f"+CSQ: {modem.radio.signal if known else 99},{0 if known else 99}"]


@on("+CGATT", Operation.READ)
def packet_attachment(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+CGATT: {int(modem.radio.domain('CGREG') in REGISTERED)}"]


on_test("+CSQ", "(0-31,99),(0-7,99)")
