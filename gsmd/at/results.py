"""Final results: what ends a reply (ITU-T V.250 §5.7, 3GPP TS 27.005 §3.2.5, 27.007 §9)."""

import re

import msgspec

from gsmd.at import codes


class FinalResult(msgspec.Struct, frozen=True):
    """How a command ended. ``text`` is the line as it came; the numbers are there where it had any."""

    text: str
    ok: bool
    cms: int | None = None
    cme: int | None = None

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
        """What an error asks for; an ``ERROR`` without a number says nothing, so: transient."""
        if self.cms is not None:
            return codes.cms(self.cms).severity
        if self.cme is not None:
            return codes.cme(self.cme).severity
        return codes.Severity.TRANSIENT


_NUMBERED = re.compile(r"\+CM([SE]) ?ERROR ?:? ?(.*)", re.IGNORECASE)

_WORDS = {
    "OK": True,
    "ERROR": False,
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


def parse_final(line: str) -> FinalResult | None:
    """The final result that ``line`` is, in words; None if it is none."""
    upper = line.upper()
    if upper in _WORDS:
        return FinalResult(line, ok=_WORDS[upper])
    if upper in CALL_RESULTS:
        return FinalResult(upper, ok=False)
    found = _NUMBERED.fullmatch(line)
    if found is None:
        return None
    kind, rest = found.group(1).upper(), found.group(2).strip()
    number = int(rest) if rest.isascii() and rest.isdigit() else None
    if kind == "S":
        return FinalResult(
            line, ok=False, cms=codes.cms_from_text(rest) if number is None else number
        )
    return FinalResult(line, ok=False, cme=codes.cme_from_text(rest) if number is None else number)


def parse_numeric(line: str) -> FinalResult | None:
    """The final result of a modem in ``ATV0`` mode; None if ``line`` is none."""
    return _NUMERIC.get(line)
