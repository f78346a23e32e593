"""A modem's place in the network: registration, and what it says of it (3GPP TS 27.007 §7.2)."""

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem


class Registration(IntEnum):
    """``<stat>`` of ``+CREG``."""

    NONE = 0
    HOME = 1
    SEARCHING = 2
    DENIED = 3
    UNKNOWN = 4
    ROAMING = 5


REGISTERED = frozenset({Registration.HOME, Registration.ROAMING})
_DOMAINS = ("CREG", "CGREG", "CEREG")


class Radio:
    """The registration that the network grants, and the one that results with this SIM and power."""

    def __init__(self, modem: "SimulatedModem") -> None:
        self._modem = modem
        self.granted = Registration.HOME
        self.lte_only = False  # LTE that carries no messages: registered, and nothing can be sent
        self.signal = 20  # +CSQ: 0…31, 99 unknown
        self._status = dict.fromkeys(_DOMAINS, Registration.NONE)
        self._searched = False

    @property
    def status(self) -> Registration:
        """The registration for calls and messages."""
        return self._status["CREG"]

    @property
    def carries_messages(self) -> bool:
        """True if SMS go in and out."""
        return self.status in REGISTERED

    def grant(self, registration: Registration) -> None:
        """Change what the network grants: it is lost, denied, roaming, back."""
        self.granted = registration
        self.update()

    def grant_lte_only(self, *, on: bool) -> None:
        """Be on LTE without SMS over it, or no more."""
        self.lte_only = on
        self.update()

    def found(self, *, network: bool) -> None:
        """The search after power-on has come to its end, or begins."""
        self._searched = network
        self.update()

    def domain(self, name: str) -> Registration:
        """The registration ``+CREG``, ``+CGREG`` or ``+CEREG`` reports."""
        return self._status[name]

    def update(self) -> None:
        """Work out the registration anew and tell who wants to know."""
        carried = self.carries_messages
        for domain in _DOMAINS:
            status = self._current(domain)
            if status is not self._status[domain]:
                self._status[domain] = status
                self._announce(domain)
        if carried != self.carries_messages:
            self._modem.attach_or_detach()

    def location(self, level: int) -> str:
        """The cell, as ``n=2`` adds it (27.007 §7.2)."""
        return ',"00C3","0000A1B2"' if level >= 2 and self.status in REGISTERED else ""

    def _current(self, domain: str) -> Registration:
        modem = self._modem
        if modem.functionality != 1 or not modem.sim_ready:
            return Registration.NONE
        if not self._searched or modem.faults.stuck_search != "off":
            return Registration.SEARCHING
        if self.lte_only:
            return self.granted if domain == "CEREG" else Registration.NONE
        if domain == "CEREG" and not modem.profile.lte:
            return Registration.NONE
        return self.granted

    def _announce(self, domain: str) -> None:
        level: int = getattr(self._modem.settings, domain.lower())
        if level:
            status = self._status[domain]
            self._modem.unsolicited(f"+{domain}: {int(status)}{self.location(level)}")
