"""Whether the SIM can be used (3GPP TS 27.007 §8.3)."""

from enum import Enum, auto

from gsmd.at import AtError
from gsmd.modem.link import commands
from gsmd.modem.link.line import Line


class SimState(Enum):
    """What the SIM wants."""

    READY = auto()
    PIN_NEEDED = auto()
    PUK_NEEDED = auto()
    MISSING = auto()
    BUSY = auto()


_BY_ERROR = {
    # +CME ERROR and +CMS ERROR
    10: SimState.MISSING,
    13: SimState.MISSING,
    15: SimState.MISSING,
    310: SimState.MISSING,
    313: SimState.MISSING,
    315: SimState.MISSING,
    11: SimState.PIN_NEEDED,
    311: SimState.PIN_NEEDED,
    12: SimState.PUK_NEEDED,
    316: SimState.PUK_NEEDED,
    14: SimState.BUSY,
    314: SimState.BUSY,
    512: SimState.BUSY,
    513: SimState.BUSY,
    514: SimState.BUSY,
    515: SimState.BUSY,
}

_REASONS = {
    SimState.READY: "the SIM is ready",
    SimState.PIN_NEEDED: "the SIM asks for its PIN",
    SimState.PUK_NEEDED: "the SIM is blocked and asks for its PUK: put it into a phone and enter it there",
    SimState.BUSY: "the SIM is not ready yet",
}


async def look_at_sim(line: Line) -> tuple[SimState, str]:
    """The SIM's state, and a reason for people. Errors: those of `Line.run` but `AtError`."""
    try:
        word = await commands.pin_state(line, line.timeouts.slow)
    except AtError as error:
        return await _after_refusal(line, error)
    if word == "READY":
        state = SimState.READY
    elif word in {"SIM PIN", "SIM PIN2"}:
        state = SimState.PIN_NEEDED
    elif word in {"SIM PUK", "SIM PUK2"}:
        state = SimState.PUK_NEEDED
    elif word in {"NOT INSERTED", "NO SIM", "SIM REMOVED"}:
        state = SimState.MISSING
    elif word.startswith("PH-"):
        return SimState.PUK_NEEDED, f"the modem is locked to another SIM or network ({word})"
    else:
        state = SimState.BUSY
    return state, _REASONS.get(state, "no SIM in the modem")


async def _after_refusal(line: Line, error: AtError) -> tuple[SimState, str]:
    state = _BY_ERROR.get(error.code) if error.code is not None else None
    if state is None:
        # some do not know +CPIN; a SIM that tells its number, or how full it is, can be used
        imsi = await commands.text(line, "+CIMI", line.timeouts.slow)
        usable = (
            (imsi is not None and imsi.isdigit())
            or await commands.known(commands.storage_use(line)) is not None
            or await commands.accepts(line, '+CPMS="SM"', line.timeouts.slow)
        )
        state = SimState.READY if usable else SimState.BUSY
    return state, _REASONS.get(state, f"no usable SIM: {error.text}")


def is_sim_trouble(error: AtError) -> bool:
    """Whether ``error`` says that the SIM is gone, locked or not ready."""
    return error.code in _BY_ERROR
