"""USSD: ``+CUSD`` (3GPP TS 27.007 §7.15)."""

from typing import TYPE_CHECKING

from gsmd.pdu import gsm7, septets
from gsmd.simulator.charset import shown, understood
from gsmd.simulator.commands.table import Answer, Needs, on, on_test
from gsmd.simulator.errors import MobileError
from gsmd.simulator.grammar import ArgumentError, Operation, Request
from gsmd.simulator.radio import REGISTERED

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

_CANCEL = 2
_NO_SERVICE = 30
_DEFAULT_ALPHABET = 15  # cell broadcast data coding (3GPP TS 23.038 §5)
_UCS2 = 72


@on("+CUSD", Operation.READ)
def presentation(modem: "SimulatedModem", _request: Request) -> Answer:
    return [f"+CUSD: {modem.settings.ussd}"]


@on("+CUSD", Operation.SET, Needs.SIM)
def ussd(modem: "SimulatedModem", request: Request) -> Answer:
    """The answer comes as an unsolicited line after the OK."""
    mode = request.integer(0, default=0, allowed=range(3))
    sim = modem.require_sim()
    if mode == _CANCEL:
        modem.network.end_ussd(sim)
        return None
    modem.settings.ussd = mode
    if len(request.fields) > 1:
        if modem.radio.status not in REGISTERED:
            raise MobileError(_NO_SERVICE)
        code = _entered(modem, request.string(1, bare=True))
        modem.network.ussd(sim, code, lambda state, text: _answer(modem, state, text))
    return None


def _answer(modem: "SimulatedModem", state: int, text: str | None) -> None:
    if not modem.settings.ussd:
        return
    if text is None:
        modem.unsolicited(f"+CUSD: {state}")
        return
    encoded = gsm7.encode(text)
    coding = _DEFAULT_ALPHABET if encoded is not None else _UCS2
    if _packed(modem) and encoded is not None:
        body = septets.pack(encoded).hex().upper()
    elif coding == _UCS2:
        body = shown(text, "UCS2")
    else:
        body = shown(text, modem.settings.character_set)
    modem.unsolicited(f'+CUSD: {state},"{body}",{coding}')


def _packed(modem: "SimulatedModem") -> bool:
    return modem.profile.packed_ussd and modem.settings.values.get("^USSDMODE") != "0"


def _entered(modem: "SimulatedModem", written: str) -> str:
    try:
        if _packed(modem):
            octets = bytes.fromhex(written)
            return gsm7.decode(septets.unpack(octets, len(octets) * 8 // 7)).rstrip("@\r")
        return understood(written, modem.settings.character_set)
    except ValueError as error:
        raise ArgumentError("the code is not written in the chosen character set") from error


on_test("+CUSD", "(0-2)")
