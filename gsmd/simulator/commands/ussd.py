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
_UNKNOWN = 100
_AHEAD = {"empty-first": '+CUSD: 0,""', "release-first": '+CUSD: 2,"Initiating Release",15'}
"""Lines that some modems send ahead of the answer."""


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
    style = modem.faults.ussd_style
    if style == "error":
        modem.unsolicited(f"+CME ERROR: {_UNKNOWN}")
        return
    if style in _AHEAD:
        modem.unsolicited(_AHEAD[style])
    if text is None:
        modem.unsolicited(f"+CUSD: {state}")
        return
    for part in _parts(text, style):
        modem.unsolicited(_notice(modem, state, part, style))


def _parts(text: str, style: str) -> list[str]:
    middle = len(text) // 2
    return [text[:middle], text[middle:]] if style == "halves" else [text]


def _notice(modem: "SimulatedModem", state: int, text: str, style: str) -> str:
    encoded = gsm7.encode(text)
    if style == "wrong-coding":
        return f'+CUSD: {state},"{shown(text, "UCS2")}",{_DEFAULT_ALPHABET}'
    coding = _DEFAULT_ALPHABET if encoded is not None else _UCS2
    if _packed(modem) and encoded is not None:
        body = septets.pack(encoded).hex().upper()
    elif coding == _UCS2:
        body = shown(text, "UCS2")
    else:
        body = shown(text, modem.settings.character_set)
    if style == "open-quote":
        return f'+CUSD: {state},"{body}'
    quoted = f'He said "{body}"' if style == "quotes" and not _packed(modem) else body
    return f'+CUSD: {state},"{quoted}",{coding}'


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
