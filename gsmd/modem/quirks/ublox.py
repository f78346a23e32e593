"""u-blox: LEON, LISA, SARA, TOBY, LARA."""

from gsmd.modem.link.urc import Indication, storage_full
from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile

PROFILE = Profile(
    family="u-blox",
    matches=r"U-?BLOX|\b(LISA|SARA|LARA|TOBY|LEON)-",
    iccid=("+CCID",),
    pin_tries=(PinTries("+UPINCNT", r"\+UPINCNT: ?(\d+)"), *PIN_TRIES),
    soft_reset=("+CFUN=16", "+CFUN=1,1"),
    own_indications=(
        # the eighth of its indicators is smsfull (3GPP TS 27.007 §8.9)
        Indication("+CIEV: 8,1", storage_full),
    ),
)
