"""Lines that nobody has registered, understood by the words in them.

Makers word a restart, a failing supply or a full storage as they please, and the next one does it anew.
Acting on a guess must be harmless: a full storage is looked into, a suspected restart only makes the
driver compare the settings with what it had set.
"""

import re

from gsmd.at import Unsolicited
from gsmd.modem.link import urc
from gsmd.patterns import pattern

_GOING_OFF = pattern(r"(POWER(ED)?|PWR|SWITCH(ED)?|TURN(ED|ING)?)[ _-]*(DOWN|OFF)|SHUT[ _-]*DOWN")
_STARTING = pattern(
    r"""(?<![A-Z])(?:
        (SYS(TEM)?[ _-]*)?(RE)?START(ED|ING|[ _-]*UP)? | (RE|SYS)?BOOT(ED|ING|[ _-]*UP)?
        | (POWER(ED)?|PWR)[ _-]*(ON|UP) | (SYS)?RESET | INIT(IALI[SZ]\w*)?
        | \w*RDY | \w*READY
    )(?![A-Z])""",
    re.VERBOSE,
)
_SUPPLY = pattern(
    r"VOLTAGE|VOLT\b|(LOW|WEAK|EMPTY)[ _-]*(BAT|POWER)|BAT(TERY|T)?[ _-]*(LOW|WEAK|EMPTY)"
)
_FULL = pattern(r"(SMS|SMM?|MSG|MESSAGE|MEM|STORAGE|INBOX)[A-Z _-]*FULL(?![A-Z])")
_OFF = pattern(r"[:,] ?\"?(0|OFF|NO)\"?$")
"""The notice says that it is no longer so."""

_OWN_NAME = pattern(r"[+^*#%!$&_][A-Z]")
_WORD = pattern(r"[A-Z]{3}")


def guess(event: Unsolicited) -> "urc.Notice | None":
    """The likely meaning of a line that is in no table; None if it has none for us."""
    line = event.line.upper()
    if _FULL.search(line):
        return None if _OFF.search(line) else urc.StorageFull()
    if _GOING_OFF.search(line):
        return urc.Restart(event.line)
    if _SUPPLY.search(line):
        return None if _OFF.search(line) else urc.SupplyTrouble(event.line)
    if _STARTING.search(line):
        return urc.SettingsSuspect(event.line)
    if _OWN_NAME.match(line) is None and _WORD.search(line) is not None:
        # no notice has this form: a banner, or text from a modem that has left PDU mode
        return urc.SettingsSuspect(event.line)
    return None
