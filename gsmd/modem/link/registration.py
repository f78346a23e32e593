"""The registration of the modem with the network (3GPP TS 27.007 §7.2, 10.1.20 and 10.1.22)."""

from enum import IntEnum

import msgspec

from gsmd.at import syntax


class Registered(IntEnum):
    """``<stat>`` of ``+CREG``, ``+CGREG`` and ``+CEREG``."""

    NOT_SEARCHING = 0
    HOME = 1
    SEARCHING = 2
    DENIED = 3
    UNKNOWN = 4
    ROAMING = 5
    HOME_SMS_ONLY = 6
    ROAMING_SMS_ONLY = 7
    EMERGENCY_ONLY = 8
    HOME_NO_FALLBACK = 9
    ROAMING_NO_FALLBACK = 10


_R = Registered
_REGISTERED = frozenset(
    {
        _R.HOME,
        _R.ROAMING,
        _R.HOME_SMS_ONLY,
        _R.ROAMING_SMS_ONLY,
        _R.HOME_NO_FALLBACK,
        _R.ROAMING_NO_FALLBACK,
    }
)
_ROAMING = frozenset({_R.ROAMING, _R.ROAMING_SMS_ONLY, _R.ROAMING_NO_FALLBACK})

_REASONS = (
    # the most telling first
    (_R.DENIED, "the network refuses the SIM (registration denied)"),
    (_R.EMERGENCY_ONLY, "emergency calls only: the network refuses the SIM"),
    (_R.SEARCHING, "searching for a network"),
    (_R.NOT_SEARCHING, "no network, and the modem is not searching"),
)

DOMAINS = ("CREG", "CEREG", "CGREG")
"""Circuit switched, LTE, packet switched: where a modem may say that it is registered."""


class Registration(msgspec.Struct, frozen=True):
    """The registration in each domain; a domain the modem does not know is absent."""

    domains: dict[str, Registered] = {}

    def with_domain(self, domain: str, status: Registered | None) -> "Registration":
        """The same with one domain's news; None: the modem does not know that domain."""
        domains = {name: known for name, known in self.domains.items() if name != domain}
        if status is not None:
            domains[domain] = status
        return Registration(domains)

    @property
    def unknown(self) -> bool:
        """True if nothing is known of the registration: then a message is worth a try."""
        return all(status is Registered.UNKNOWN for status in self.domains.values())

    @property
    def registered(self) -> bool:
        return any(status in _REGISTERED for status in self.domains.values())

    @property
    def may_send(self) -> bool:
        return self.registered or self.unknown

    @property
    def roaming(self) -> bool:
        return any(status in _ROAMING for status in self.domains.values())

    @property
    def lte_only(self) -> bool:
        """On LTE and not in the GSM network that it knows as well: SMS then needs SGs or IMS.

        A modem that knows nothing but LTE is made for SMS over it.
        """
        others = self.domains.get("CREG")
        on_lte = self.domains.get("CEREG") in _REGISTERED
        return on_lte and others is not None and others not in _REGISTERED

    @property
    def word(self) -> str:
        """For listings: home, roaming, searching, denied and so on."""
        if self.registered:
            return "roaming" if self.roaming else "home"
        if self.unknown:
            return "unknown"
        for status, _ in _REASONS:
            if status in self.domains.values():
                return status.name.lower().replace("_", "-")
        return "unknown"

    @property
    def reason(self) -> str:
        """The reason why it cannot send, or how it can, for people."""
        if self.registered:
            return "registered, roaming" if self.roaming else "registered"
        if self.unknown:
            return "the modem does not say whether it is registered"
        for status, reason in _REASONS:
            if status in self.domains.values():
                return reason
        return "no network"


def parse_status(line: str, *, solicited: bool) -> Registered | None:
    """The status in ``+CREG: [<n>,]<stat>[,…]``; a reply has ``<n>``, a notice does not."""
    fields = syntax.strings(syntax.body(line))
    position = 1 if solicited and len(fields) > 1 and syntax.number(fields[1]) is not None else 0
    number = syntax.number(fields[position])
    try:
        return Registered(number) if number is not None else None
    except ValueError:
        return Registered.UNKNOWN
