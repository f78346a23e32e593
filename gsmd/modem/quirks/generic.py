"""Modems whose family is not known, and lines in words that modems of several makers say."""

from gsmd.at import Unsolicited
from gsmd.modem.link.urc import Indication, restart, sim_news, startup_step, storage_full
from gsmd.modem.quirks.profile import Profile


def _unread(_event: Unsolicited) -> None:
    """A notice that must not be taken for an answer, and has no consequence."""


GENERIC = Profile(
    family="generic",
    matches="",
    indications=(
        # they start from nothing
        Indication("RDY", restart),
        Indication("APP RDY", restart),
        Indication("STARTUP", restart),
        Indication("MODEM:STARTUP", restart),
        Indication("NORMAL POWER DOWN", restart),
        Indication("POWERED DOWN", restart),
        Indication("UNDER-VOLTAGE", _unread),
        Indication("OVER-VOLTAGE", _unread),
        # they come late in a start, and again where only the SIM started
        Indication("CALL READY", startup_step),
        Indication("SMS READY", startup_step),
        Indication("SMS DONE", startup_step),
        Indication("PB DONE", startup_step),
        Indication("SIM READY", sim_news),
        Indication("SMS FULL", storage_full),
        Indication("+SMSFULL", storage_full),
    ),
)
