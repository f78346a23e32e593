"""Final results: what ends a reply (ITU-T V.250 §5.7, 3GPP TS 27.005 §3.2.5, 27.007 §9)."""

import re
from typing import Literal

import msgspec

from gsmd.at import codes, wordings
from gsmd.patterns import pattern


class FinalResult(msgspec.Struct, frozen=True):
    """The end of a command. ``text`` is the line as it came; the numbers are there where it had any.

    ``source``: whose error the line says it is: the message service's (``+CMS``) or the modem's
    (``+CME``); a bare ``ERROR`` does not say.
    """

    text: str
    ok: bool
    cms: int | None = None
    cme: int | None = None
    source: Literal["", "cms", "cme"] = ""

    @property
    def meaning(self) -> str:
        """One phrase for people."""
        if self.cms is not None:
            return codes.cms(self.cms).text
        if self.cme is not None:
            return codes.cme(self.cme).text
        return self.text

    @property
    def severity(self) -> codes.Severity:
        """The reaction that an error asks for; one without a number says nothing."""
        if self.cms is not None:
            return codes.cms(self.cms).severity
        if self.cme is not None:
            return codes.cme(self.cme).severity
        return codes.Severity.UNKNOWN


_HEADED = pattern(r"[+^#*%$&!]?CM([SE]) ?:? ?ERROR(?![A-Z]) ?[:=]? ?(.*)", re.IGNORECASE)
"""The two heads of the standards, with the liberties that are taken."""

_NAMED = pattern(r"[+^#*%$&!]([A-Z][A-Z0-9]{1,9}) ?ERROR(?![A-Z]) ?[:=]? ?(.*)")
"""An error that is headed by its command: ``+CMGS ERROR: 500``."""

_BARE = pattern(r"ERROR(?: ?[:=(] ?| )(.+)")
"""``ERROR: 500`` and ``ERROR 500``."""

_MESSAGE_SERVICE = pattern(r"(?:AT)?[+^#*]?(CM[GMS][A-Z]|CNM[AI]|CP?MS|CS(MS|CA|MP|DH|CB|AS)|CRES)")
"""The commands of 3GPP TS 27.005, whose errors are ``+CMS ERROR``."""

_WORDS = {
    "OK": True,
    "ERROR": False,
    "ABORTED": False,
    "COMMAND NOT SUPPORT": False,
    "COMMAND NOT SUPPORTED": False,
    "TOO MANY PARAMETERS": False,
    "OPERATION NOT SUPPORTED": False,
}

CALL_RESULTS = frozenset({"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "NO DIAL TONE"})
"""They end a command, but are also said when somebody else's call ends."""

_NUMERIC = {  # V.250 §6.2.6, ATV0
    "0": FinalResult("OK", ok=True),
    "3": FinalResult("NO CARRIER", ok=False),
    "4": FinalResult("ERROR", ok=False),
    "6": FinalResult("NO DIALTONE", ok=False),
    "7": FinalResult("BUSY", ok=False),
    "8": FinalResult("NO ANSWER", ok=False),
}


def parse_final(line: str, command: str = "") -> FinalResult | None:
    """The final result that ``line`` is, in words; None if it is none.

    ``command``: what runs, for an error that has a number and does not say of which list.
    """
    upper = line.upper()
    if upper in _WORDS:
        return FinalResult(line, ok=_WORDS[upper])
    if upper in CALL_RESULTS:
        return FinalResult(upper, ok=False)
    if "ERROR" not in upper:
        return None
    headed = _HEADED.fullmatch(line)
    if headed is not None:
        return _error(line, headed.group(2), message=headed.group(1).upper() == "S")
    return _unheaded(line, command)


def parse_numeric(line: str) -> FinalResult | None:
    """The final result of a modem in ``ATV0`` mode; None if ``line`` is none."""
    return _NUMERIC.get(line)


def _error(line: str, said: str, *, message: bool) -> FinalResult:
    cms, cme = wordings.read(said.strip(), message=message)
    source: Literal["cms", "cme"] = "cms" if message or cms is not None else "cme"
    return FinalResult(line, ok=False, cms=cms, cme=cme, source=source)


def _unheaded(line: str, command: str) -> FinalResult | None:
    """An error headed by its command, or by nothing: only with a number or known words it is one."""
    named = _NAMED.fullmatch(line)
    bare = _BARE.fullmatch(line)
    if named is not None:
        whose, said = named.groups()
    elif bare is not None:
        whose, said = command, bare.group(1)
    else:
        return None
    found = _error(line, said, message=_MESSAGE_SERVICE.match(whose) is not None)
    if named is not None and not said.strip():
        return FinalResult(line, ok=False)
    return None if found.cms is None and found.cme is None else found
