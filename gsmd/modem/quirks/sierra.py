"""Sierra Wireless: AirPrime MC and EM modules."""

from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile

PROFILE = Profile(
    family="sierra",
    matches=r"SIERRA|\bAIRPRIME\b",
    iccid=("!ICCID?", "+ICCID?", "+CCID"),
    pin_tries=(PinTries("+CPINC?", r"\+CPINC: ?(\d+)"), *PIN_TRIES),
    soft_reset=("+CFUN=1,1", "!RESET"),
)
