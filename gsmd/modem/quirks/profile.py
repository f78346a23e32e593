"""The form in which a family of modems tells its quirks. The families themselves stand beside this file.

Everything in a profile is tried, never required: a command that it names and a modem refuses changes nothing.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from gsmd.modem.link.urc import Indication


class UssdCoding(StrEnum):
    """The coding of a USSD code in ``AT+CUSD``."""

    PLAIN = "plain"  # as typed
    PACKED = "packed"  # hex of the packed GSM 7 bit alphabet
    UCS2 = "ucs2"  # hex of UCS-2, with AT+CSCS="UCS2"


class PinTries(msgspec.Struct, frozen=True):
    """The question for how many tries the PIN has left: ``pattern``'s first group is the number."""

    command: str
    pattern: str


PIN_TRIES = (
    PinTries("+CPINR", r"\+CPINR: ?\"?SIM PIN\"?,(\d+)"),
    PinTries('+CPINR="SIM PIN"', r"\+CPINR: ?\"?SIM PIN\"?,(\d+)"),
)
"""The standard's way (3GPP TS 27.007 §8.65), for families that may know no other."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The quirks of one family.

    ``matches``: a regular expression over manufacturer, model and revision, in capitals.
    ``quiet``: commands that stop needless notices. ``iccid``: queries for the SIM's number.
    ``soft_reset``: commands that restart the modem, the first accepted one counts.
    ``radio_off``: commands that switch the radio off, the first accepted one counts; ``+CFUN=1`` switches it on.
    ``ussd``: how a USSD code is written, the first way that is accepted counts.
    ``stores``: whether there are message storages; else everything is handed over, and has to be acknowledged.
    ``prompts``: whether ``AT+CMGS`` gives a prompt; else the text follows the command at once.
    ``notices_here``: commands that have notices said on the port that is used, each tried once the one before
    has not helped.
    ``batch_delete``: whether several +CMGD may stand in one command line.
    ``indications``: lines that only this maker's modems say, known with every modem: who it is comes
    after its first words. ``own_indications``: lines that mean this only if the modem is of the family.
    ``repair``: the frame (hex) that a broken one was meant to be, None if it is not one that this family breaks.
    """

    family: str
    matches: str
    quiet: tuple[str, ...] = ()
    iccid: tuple[str, ...] = ("+CCID", "+ICCID", "+CICCID", "^ICCID?", "+QCCID")
    pin_tries: tuple[PinTries, ...] = PIN_TRIES
    soft_reset: tuple[str, ...] = ("+CFUN=1,1", "+CFUN=16")
    radio_off: tuple[str, ...] = ("+CFUN=0", "+CFUN=4")
    ussd: tuple[UssdCoding, ...] = (UssdCoding.PLAIN, UssdCoding.UCS2, UssdCoding.PACKED)
    stores: bool = True
    prompts: bool = True
    notices_here: tuple[str, ...] = ()
    batch_delete: bool = True
    indications: tuple[Indication, ...] = ()
    own_indications: tuple[Indication, ...] = ()
    repair: Callable[[str], str | None] | None = None
