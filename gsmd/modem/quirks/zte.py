"""ZTE: MF dongles."""

from gsmd.modem.link.urc import Indication, storage_full
from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile

PROFILE = Profile(
    family="zte",
    matches=r"\bZTE\b|^MF\d",
    iccid=("+ZGETICCID", "+ICCID", "+CCID"),
    pin_tries=(PinTries("+ZPINPUK=?", r"\+ZPINPUK: ?(\d+)"), *PIN_TRIES),
    soft_reset=("+CFUN=1,1", "+ZRST"),
    indications=(Indication("+ZSMSMEMFULL", storage_full),),
)
