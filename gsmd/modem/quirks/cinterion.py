"""Cinterion, earlier Siemens, later Gemalto and Thales: BGS, EHS, PLS."""

from gsmd.modem.link.urc import Indication, restart, sim_news, startup_step, storage_full
from gsmd.modem.quirks.profile import PIN_TRIES, PinTries, Profile

PROFILE = Profile(
    family="cinterion",
    matches=r"CINTERION|SIEMENS|THALES|GEMALTO",
    iccid=("^SCID", "+CCID"),
    pin_tries=(PinTries("^SPIC", r"\^SPIC: ?(\d+)"), *PIN_TRIES),
    indications=(
        Indication("^SYSSTART", restart),
        Indication("+SYSSTART", restart),
        Indication("^SHUTDOWN", restart),
        Indication("+PBREADY", startup_step),
        Indication("^SCKS:", sim_news),
        Indication("^SMGO: 1", storage_full),
        Indication("^SMGO: 2", storage_full),
    ),
)
