"""Luat, also AirM2M: Air724, Air780 and their like, with the AT firmware."""

from gsmd.modem.link.urc import Indication, restart
from gsmd.modem.quirks.profile import Profile

PROFILE = Profile(
    family="luat",
    matches=r"AIRM2M|LUAT|\bAIR(7|8)\d\d",  # +CGMI: "AirM2M"
    iccid=("+ICCID", "+CCID"),
    soft_reset=("+RESET", "+CFUN=1,1"),  # Air780E AT command manual
    indications=(
        Indication("^BOOT.ROM", restart),  # the first it says, before RDY
    ),
)
