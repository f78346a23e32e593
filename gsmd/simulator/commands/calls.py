"""Voice calls, as far as they get into the way of messages (ITU-T V.250 §6.3, 27.007 §6)."""

from typing import TYPE_CHECKING

from gsmd.simulator.commands.table import Answer, Needs, on, on_test
from gsmd.simulator.errors import PlainError
from gsmd.simulator.grammar import Operation, Request

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem


@on("D", Operation.SET, Needs.SIM)
def dial(modem: "SimulatedModem", request: Request) -> Answer:
    """A number with a semicolon is a voice call; data calls find nobody."""
    number = request.text.lstrip("TtPp")
    if not number.endswith(";"):
        raise PlainError("NO CARRIER")
    modem.voice.dial(number.rstrip(";"))
    return None


@on("A", Operation.EXECUTE)
def answer(modem: "SimulatedModem", _request: Request) -> Answer:
    if not modem.voice.answer():
        raise PlainError("NO CARRIER")
    return None


@on("H", Operation.EXECUTE)
@on("H", Operation.SET)
@on("+CHUP", Operation.EXECUTE)
def hang_up(modem: "SimulatedModem", _request: Request) -> Answer:
    modem.voice.hang_up()
    return None


@on("+CLCC", Operation.EXECUTE)
def current_calls(modem: "SimulatedModem", _request: Request) -> Answer:
    line = modem.voice.listed()
    return [line] if line else None


def _presentation(name: str, attribute: str, test_text: str, read: str) -> None:
    def show(modem: "SimulatedModem", _request: Request) -> Answer:
        return [read.format(getattr(modem.settings, attribute))]

    def write(modem: "SimulatedModem", request: Request) -> Answer:
        setattr(modem.settings, attribute, request.integer(0, default=0, allowed=range(2)))
        return None

    on(name, Operation.READ)(show)
    on(name, Operation.SET)(write)
    on_test(name, test_text)


_presentation("+CLIP", "calling_line", "(0,1)", "+CLIP: {},1")
_presentation("+CRC", "extended_ring", "(0,1)", "+CRC: {}")


@on("+CVHU", Operation.SET)
@on("+CMOD", Operation.SET)
@on("+COLP", Operation.SET)
@on("+CSSN", Operation.SET)
@on("+VTS", Operation.SET, Needs.SIM)
def remembered(modem: "SimulatedModem", request: Request) -> Answer:
    """Accepted; there is no effect on messages."""
    modem.settings.values[request.name] = request.text
    return None


on_test("+CVHU", "(0-2)")
