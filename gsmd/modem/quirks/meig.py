"""MeiG Smart: SLM320, SLM750, SLM770, SLM828."""

from gsmd.modem.link.urc import Indication, restart
from gsmd.modem.quirks.profile import Profile

PROFILE = Profile(
    family="meig",
    matches=r"MEIG|\bS[LR]M\d\d\d",  # names as in Linux, drivers/usb/serial/option.c
    iccid=("+ICCID", "^ICCID?", "+CCID"),
    soft_reset=("+CFUN=1,1", "+RESET"),
    indications=(Indication("AT READY", restart),),
)
