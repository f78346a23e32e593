"""Modems whose family is not known, and lines in words that modems of several makers say."""

from gsmd.modem.link.urc import (
    Indication,
    restart,
    sim_news,
    startup_step,
    storage_full,
    supply_trouble,
)
from gsmd.modem.quirks.profile import Profile

GENERIC = Profile(
    family="generic",
    matches="",
    indications=(
        # they start from nothing
        Indication("RDY", restart),
        Indication("APP RDY", restart),
        Indication("QCRDY", restart),  # Xinyuan-LilyGO/LilyGo-Modem-Series#138
        Indication("SYSTEM STARTUP", restart),  # likewise, #388
        Indication("STARTUP", restart),
        Indication("MODEM:STARTUP", restart),
        Indication("NORMAL POWER DOWN", restart),
        Indication("POWERED DOWN", restart),
        Indication("UNDER-VOLTAGE POWER DOWN", restart),
        Indication("OVER-VOLTAGE POWER DOWN", restart),
        Indication("UNDER-VOLTAGE", supply_trouble),
        Indication("OVER-VOLTAGE", supply_trouble),
        # they come late in a start, and again where only the SIM started
        Indication("CALL READY", startup_step),
        Indication("SMS READY", startup_step),
        Indication("SMS DONE", startup_step),
        Indication("PB DONE", startup_step),
        Indication("SIM READY", sim_news),
        Indication("SMS FULL", storage_full),
        Indication("+SMS FULL", storage_full),
        Indication("+SMSFULL", storage_full),
    ),
)
