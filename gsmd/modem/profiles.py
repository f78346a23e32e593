"""What families of modems do differently, as data.

Everything here is tried, never required: a command that a profile names and a modem refuses
changes nothing. ``docs/modems.md`` tells where each entry comes from.
"""

import re
from enum import StrEnum

import msgspec


class UssdCoding(StrEnum):
    """How a USSD code is written in ``AT+CUSD``."""

    PLAIN = "plain"  # as typed
    PACKED = "packed"  # hex of the packed GSM 7 bit alphabet
    UCS2 = "ucs2"  # hex of UCS-2, with AT+CSCS="UCS2"


class PinTries(msgspec.Struct, frozen=True):
    """How to ask how many tries the PIN has left: ``pattern``'s first group is the number."""

    command: str
    pattern: str


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The quirks of one family.

    ``matches``: a regular expression over manufacturer, model and revision, in capitals.
    ``quiet``: commands that stop needless notices. ``iccid``: queries for the SIM's number.
    ``soft_reset``: commands that restart the modem, the first accepted one counts.
    ``ussd``: how a USSD code is written, the first way that is accepted counts.
    ``full``: lines that say, with this family, that the storage is full.
    ``batch_delete``: whether several +CMGD may stand in one command line.
    """

    family: str
    matches: str = ""
    quiet: tuple[str, ...] = ()
    iccid: tuple[str, ...] = ("+CCID", "+ICCID", "+CICCID", "^ICCID?", "+QCCID")
    pin_tries: tuple[PinTries, ...] = (
        PinTries("+CPINR", r"\+CPINR: ?SIM PIN,(\d+)"),
        PinTries('+CPINR="SIM PIN"', r"\+CPINR: ?SIM PIN,(\d+)"),
    )
    soft_reset: tuple[str, ...] = ("+CFUN=1,1", "+CFUN=16")
    ussd: tuple[UssdCoding, ...] = (UssdCoding.PLAIN, UssdCoding.UCS2, UssdCoding.PACKED)
    batch_delete: bool = True
    full: tuple[str, ...] = ()


GENERIC = Profile(family="generic")

PROFILES: tuple[Profile, ...] = (
    Profile(
        family="huawei",
        matches="HUAWEI",
        quiet=("^CURC=0",),
        iccid=("^ICCID?", "+ICCID", "+CCID"),
        pin_tries=(PinTries("^CPIN?", r"\^CPIN: ?[A-Z0-9 ]+,\d*,\d+,(\d+)"), *GENERIC.pin_tries),
        soft_reset=("+CFUN=1,1", "^RESET"),
        ussd=(UssdCoding.PACKED, UssdCoding.PLAIN, UssdCoding.UCS2),
    ),
    Profile(
        family="zte",
        matches=r"\bZTE\b|^MF\d",
        iccid=("+ZGETICCID", "+ICCID", "+CCID"),
        pin_tries=(PinTries("+ZPINPUK=?", r"\+ZPINPUK: ?(\d+)"), *GENERIC.pin_tries),
        soft_reset=("+CFUN=1,1", "+ZRST"),
    ),
    Profile(
        family="simcom",
        matches=r"SIMCOM|\bSIM(7|8|9|A7)\d",
        iccid=("+CCID", "+CICCID"),
        pin_tries=(PinTries("+SPIC", r"(?:\+SPIC: ?)?(?:SIM PIN,)?(\d+)"), *GENERIC.pin_tries),
        soft_reset=("+CFUN=1,1", "+CRESET"),
    ),
    Profile(
        family="quectel",
        matches=r"QUECTEL|\bM95\b|\bEC2\d|\bUC\d",
        iccid=("+QCCID", "+CCID"),
        pin_tries=(
            PinTries('+QPINC="SC"', r'\+QPINC: ?"?SC"?,(\d+)'),
            PinTries('+QTRPIN="SC"', r"\+QTRPIN: ?(\d+)"),
            *GENERIC.pin_tries,
        ),
    ),
    Profile(
        family="u-blox",
        matches=r"U-?BLOX|\b(LISA|SARA|LARA|TOBY|LEON)-",
        iccid=("+CCID",),
        pin_tries=(PinTries("+UPINCNT", r"\+UPINCNT: ?(\d+)"), *GENERIC.pin_tries),
        full=("+CIEV: 8,1",),  # the eighth of its indicators is smsfull
        soft_reset=("+CFUN=16", "+CFUN=1,1"),
    ),
    Profile(
        family="wavecom",
        matches=r"WAVECOM",
        quiet=("+WIND=15",),  # the notices of SIM and start, not those of calls and network
        iccid=("+CCID",),
        pin_tries=(PinTries("+CPINC", r"\+CPINC: ?(\d+)"), *GENERIC.pin_tries),
        soft_reset=("+CFUN=1",),  # here that restarts it
    ),
    Profile(
        family="sierra",
        matches=r"SIERRA|\bAIRPRIME\b",
        iccid=("!ICCID?", "+ICCID?", "+CCID"),
        pin_tries=(PinTries("+CPINC?", r"\+CPINC: ?(\d+)"), *GENERIC.pin_tries),
        soft_reset=("+CFUN=1,1", "!RESET"),
    ),
    Profile(
        family="telit",
        matches="TELIT",
        iccid=("#CCID", "+CCID"),
        pin_tries=(PinTries("#PCT", r"#PCT: ?(\d+)"), *GENERIC.pin_tries),
        soft_reset=("#REBOOT", "+CFUN=1,1"),
    ),
    Profile(
        family="cinterion",
        matches=r"CINTERION|SIEMENS|THALES|GEMALTO",
        iccid=("^SCID", "+CCID"),
        pin_tries=(PinTries("^SPIC", r"\^SPIC: ?(\d+)"), *GENERIC.pin_tries),
    ),
)


def profile_for(*descriptions: str | None) -> Profile:
    """The profile of the family that manufacturer, model or revision name; else the generic one."""
    known = " ".join(text for text in descriptions if text).upper()
    for profile in PROFILES:
        if re.search(profile.matches, known):
            return profile
    return GENERIC


def profile_of(family: str | None) -> Profile:
    """The profile with that name; the generic one for none."""
    return next((profile for profile in PROFILES if profile.family == family), GENERIC)
