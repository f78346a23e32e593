"""SIMCom: SIM800, SIM900, SIM7xxx, A76xx."""

from gsmd.modem.link.urc import Indication, restart, storage_full
from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile

PROFILE = Profile(
    family="simcom",
    # an A7670 calls its maker "INCORPORATED": Xinyuan-LilyGO/LilyGo-Modem-Series#138
    matches=r"SIMCOM|\bSIM(7|8|9)\d|\bA76\d\d",
    iccid=("+CCID", "+CICCID"),
    pin_tries=(PinTries("+SPIC", r"(?:\+SPIC: ?)?(?:SIM PIN,)?(\d+)"), *PIN_TRIES),
    soft_reset=("+CFUN=1,1", "+CRESET"),
    indications=(
        Indication("*ATREADY:", restart),  # A7670: Xinyuan-LilyGO/LilyGo-Modem-Series#138
        Indication("+CMTFULL", storage_full),
    ),
)
