"""The states of a modem in its life, and which may follow which."""

import logging
from collections.abc import Callable
from enum import StrEnum

from gsmd.clock import Clock, Milliseconds

log = logging.getLogger(__name__)


class ModemState(StrEnum):
    """The states that `gsmd modems` shows."""

    ABSENT = "absent"  # no such device
    OPENING = "opening"  # the device is there, the port is not ours yet
    IDENTIFYING = "identifying"  # getting in step, asking who it is
    PIN_NEEDED = "pin-needed"
    PUK_NEEDED = "puk-needed"
    SIM_MISSING = "sim-missing"
    SIM_BUSY = "sim-busy"
    REGISTERING = "registering"  # messages can be read, not sent
    READY = "ready"
    RECOVERING = "recovering"  # it stopped answering, or restarted
    STOPPED = "stopped"


_S = ModemState
_LOST = frozenset({_S.ABSENT, _S.OPENING, _S.RECOVERING, _S.STOPPED})
_SIM = frozenset({_S.PIN_NEEDED, _S.PUK_NEEDED, _S.SIM_MISSING, _S.SIM_BUSY})

TRANSITIONS: dict[ModemState, frozenset[ModemState]] = {
    _S.STOPPED: frozenset({_S.ABSENT, _S.OPENING}),
    _S.ABSENT: frozenset({_S.OPENING, _S.STOPPED}),
    _S.OPENING: frozenset({_S.ABSENT, _S.IDENTIFYING, _S.RECOVERING, _S.STOPPED}),
    _S.IDENTIFYING: _LOST | _SIM | {_S.REGISTERING, _S.READY},
    _S.PIN_NEEDED: _LOST | _SIM | {_S.IDENTIFYING, _S.REGISTERING, _S.READY},
    _S.PUK_NEEDED: _LOST | _SIM | {_S.IDENTIFYING, _S.REGISTERING, _S.READY},
    _S.SIM_MISSING: _LOST | _SIM | {_S.IDENTIFYING, _S.REGISTERING, _S.READY},
    _S.SIM_BUSY: _LOST | _SIM | {_S.IDENTIFYING, _S.REGISTERING, _S.READY},
    _S.REGISTERING: _LOST | _SIM | {_S.IDENTIFYING, _S.READY},
    _S.READY: _LOST | _SIM | {_S.IDENTIFYING, _S.REGISTERING},
    _S.RECOVERING: _LOST | _SIM | {_S.IDENTIFYING, _S.REGISTERING, _S.READY},
}
"""The whole state machine."""


class Lifecycle:
    """The present state, why, and since when (wall clock)."""

    def __init__(self, name: str, clock: Clock, changed: Callable[[], None]) -> None:
        self.state = ModemState.STOPPED
        self.reason = "not started"
        self.since: Milliseconds = clock.wall()
        self._name = name
        self._clock = clock
        self._changed = changed

    def enter(self, state: ModemState, reason: str) -> None:
        """Go to ``state``, or stay there for another ``reason``. Errors: `ValueError` if it cannot follow."""
        if (state, reason) == (self.state, self.reason):
            return
        if state is not self.state:
            if state not in TRANSITIONS[self.state]:
                raise ValueError(f"a modem that is {self.state} cannot become {state}")
            self.since = self._clock.wall()
        log.info("modem %s: %s: %s", self._name, state, reason)
        self.state, self.reason = state, reason
        self._changed()
