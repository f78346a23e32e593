"""Facts that the lines of a profile may name in braces."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem


class Facts:
    """A mapping for `str.format_map`: ``imei``, ``pin_state``, and what the SIM knows.

    Of the SIM: ``iccid``, ``imsi``, ``pin_tries``, ``puk_tries``; `MobileError` if there is none.
    """

    def __init__(self, modem: "SimulatedModem") -> None:
        self._modem = modem

    def __getitem__(self, name: str) -> str:
        if name == "imei":
            return self._modem.imei
        if name == "pin_state":
            return self._pin_state()
        return str(getattr(self._modem.require_card(), name))

    def _pin_state(self) -> str:
        sim = self._modem.sim
        if sim is None:
            return "NOT INSERTED"
        if sim.blocked:
            return "SIM PUK"
        return "READY" if sim.pin is None or self._modem.pin_verified else "SIM PIN"
