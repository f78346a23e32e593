"""Wavecom: Fastrack, Q24 and their like."""

from gsmd.modem.link.urc import Indication, restart, sim_news, startup_step
from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile

_JUNK = "000000FF00"
_REPORT_OCTETS = 26


def _report(frame: str) -> str | None:
    """A status report read from storage: four octets too many before the service centre, no zeros at the end."""
    if not frame.upper().startswith(_JUNK):
        return None
    return frame[8:].ljust(2 * _REPORT_OCTETS, "0")


PROFILE = Profile(
    family="wavecom",
    matches="WAVECOM",
    quiet=("+WIND=15",),  # the notices of SIM and start, not those of calls and network
    iccid=("+CCID",),
    pin_tries=(PinTries("+CPINC", r"\+CPINC: ?(\d+)"), *PIN_TRIES),
    soft_reset=("+CFUN=1",),  # here that restarts it
    indications=(
        Indication("+WIND: 0", sim_news),
        Indication("+WIND: 1", sim_news),
        Indication("+WIND: 3", restart),
        Indication("+WIND: 4", startup_step),
    ),
    repair=_report,
)
