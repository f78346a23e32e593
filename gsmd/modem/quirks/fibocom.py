"""Fibocom: L610, L716, NL668, L850 and their like."""

from gsmd.modem.link.urc import Indication, sim_news
from gsmd.modem.quirks.profile import Profile

PROFILE = Profile(
    family="fibocom",
    matches=r"FIBOCOM|\b(L610|L716|NL668|L8[56]0|FM1\d\d|FM350)\b",
    iccid=("+CCID", "+ICCID"),
    soft_reset=(
        "+CFUN=15",
        "+CFUN=1,1",
    ),  # Fibocom L610 AT Commands, +CFUN; openwrt users of the L850
    indications=(
        # ModemManager, plugins/fibocom; Fibocom L610 AT Commands
        Indication("+SIM READY", sim_news),
        Indication("+SIM DROP", sim_news),
    ),
)
