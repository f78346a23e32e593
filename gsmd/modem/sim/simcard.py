"""The state of the SIM, and whether it can be used (3GPP TS 27.007 §8.3)."""

import re
from enum import Enum, auto
from typing import NamedTuple

from gsmd.at import AtError
from gsmd.modem.link import commands
from gsmd.modem.link.line import Line
from gsmd.patterns import pattern


class SimState(Enum):
    """The state of the SIM: what it asks for."""

    READY = auto()
    PIN_NEEDED = auto()
    PUK_NEEDED = auto()
    MISSING = auto()
    BUSY = auto()


_BY_CME = {
    10: SimState.MISSING,
    13: SimState.MISSING,
    15: SimState.MISSING,
    11: SimState.PIN_NEEDED,
    12: SimState.PUK_NEEDED,
    14: SimState.BUSY,
    17: SimState.READY,
    18: SimState.READY,
}

_BY_CMS = {
    310: SimState.MISSING,
    313: SimState.MISSING,
    315: SimState.MISSING,
    311: SimState.PIN_NEEDED,
    316: SimState.PUK_NEEDED,
    314: SimState.BUSY,
    317: SimState.READY,
    318: SimState.READY,
    512: SimState.BUSY,
    513: SimState.BUSY,
    514: SimState.BUSY,
    515: SimState.BUSY,
}

_REASONS = {
    SimState.READY: "the SIM is ready",
    SimState.PIN_NEEDED: "the SIM asks for its PIN",
    SimState.PUK_NEEDED: "the SIM is blocked and asks for its PUK: put it into a phone and enter it there",
    SimState.MISSING: "no SIM in the modem",
    SimState.BUSY: "the SIM is not ready yet",
}

_SECOND = pattern(r"(PIN|PUK|CHV) ?2")
_MISSING = pattern(r"NOT INSERTED|NO SIM|SIM REMOVED|SIM ABSENT|SIM FAILURE")


class SimLook(NamedTuple):
    """The state of the SIM, and a reason for people. ``remark``: what they should know all the same."""

    state: SimState
    reason: str
    remark: str | None = None


async def look_at_sim(line: Line) -> SimLook:
    """The SIM's state. Errors: those of `Line.run` but `AtError`."""
    try:
        word = await commands.pin_state(line, line.timeouts.slow)
    except AtError as error:
        return await _after_refusal(line, error)
    return read_state(word)


def read_state(word: str) -> SimLook:
    """The meaning of the ``<code>`` of +CPIN.

    PIN2 and PUK2 are for the list of fixed numbers and for call charges (3GPP TS 22.101 §15): messages
    come and go without them, and the PIN would be a wrong try for them.
    """
    word = word.strip('" ').upper()
    if word == "READY":
        return _look(SimState.READY)
    if _SECOND.search(word):
        return _look(
            SimState.READY, f"the SIM asks for its {_second(word)}, which messages do not need"
        )
    if word.startswith("PH-"):
        reason = f"the modem is locked to another SIM or network ({word})"
        return SimLook(SimState.PUK_NEEDED, reason)
    if "PUK" in word or "BLOCKED" in word:
        return _look(SimState.PUK_NEEDED)
    if re.search(r"\b(PIN|CHV)1?\b", word):
        return _look(SimState.PIN_NEEDED)
    return _look(SimState.MISSING if _MISSING.search(word) else SimState.BUSY)


async def _after_refusal(line: Line, error: AtError) -> SimLook:
    state = _of_error(error)
    if state is SimState.READY:
        return _look(state, f"{error.text}, which messages do not need")
    if state is not None:
        return _look(state)
    # some do not know +CPIN; a SIM that tells its number, or how full it is, can be used
    imsi = await commands.text(line, "+CIMI", line.timeouts.slow)
    usable = (
        (imsi is not None and imsi.isdigit())
        or await commands.known(commands.storage_use(line)) is not None
        or await commands.accepts(line, '+CPMS="SM"', line.timeouts.slow)
    )
    if usable:
        return _look(SimState.READY)
    return SimLook(SimState.BUSY, f"no usable SIM: {error.text}")


def is_sim_trouble(error: AtError) -> bool:
    """True if ``error`` says that the SIM is gone, locked or not ready."""
    return _of_error(error) not in {None, SimState.READY}


def _of_error(error: AtError) -> SimState | None:
    if error.cms is not None:
        return _BY_CMS.get(error.cms)
    return None if error.cme is None else _BY_CME.get(error.cme)


def _look(state: SimState, remark: str | None = None) -> SimLook:
    return SimLook(state, _REASONS[state], remark)


def _second(word: str) -> str:
    return "PUK2" if "PUK" in word else "PIN2"
