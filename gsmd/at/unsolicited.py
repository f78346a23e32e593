"""The forms of unsolicited lines, whoever sends them."""

import re

from gsmd.patterns import pattern

TWO_LINES = ("+CMT:", "+CDS:", "+CBM:")
"""In PDU mode the PDU stands on the line after these (3GPP TS 27.005 §3.4.1)."""

_STANDARD = (
    # 3GPP TS 27.005
    *TWO_LINES,
    "+CMTI:",
    "+CDSI:",
    "+CBMI:",
    # 3GPP TS 27.007
    "+CREG:",
    "+CGREG:",
    "+CEREG:",
    "+C5GREG:",
    "+CRING:",
    "+CLIP:",
    "+CCWA:",
    "+CUSD:",
    "+CIEV:",
    "+CGEV:",
    "+CSSI:",
    "+CSSU:",
    "+CTZV:",
    "+CTZE:",
    "+COLP:",
)

NAMED = pattern(r"[+^*#%!$&_][A-Za-z][A-Za-z0-9_]{1,15}(:|$)")
"""A line that says its own name; a vendor's notice where no command claims it."""

SUBMITTED = pattern(r"\+CMGS:")
"""The network has taken a message. Nobody says that unasked: without its command it is late."""

_IN_CAPITALS = pattern(r"[+^*#%!$&_][A-Z][A-Z0-9]{2,15}:")
"""A name as no text from the network has one."""

GLUED = pattern(
    r"""(?<=.)(?:
        \+CMTI:\s?"|\+CDSI:\s?"|\+CMT:|\+CDS:|\^RSSI:|\^BOOT:|\^MODE:|\^DSFLOWRPT:|\+CREG:\s?\d
    )""",
    re.VERBOSE,
)
"""A notice that follows without a line end; none of these can stand inside another line."""

TRAILING_OK = pattern(r'(?:[+^][A-Z]+:.*[0-9A-Fa-f"]|[0-9A-F]{8,})(?=OK$)')
"""A line with the final OK stuck to it."""

TEXT_HEADER = pattern(r'\+(?:CMT|CBM): ?"?[^",]*"?,[^,]*,|\+CMT: ?"[^"]*",,?"', re.IGNORECASE)
"""The header of a direct delivery in text mode: more than the alpha field and a length."""


def is_standard(line: str) -> bool:
    """True if ``line`` is, by its prefix, one that the standards call unsolicited."""
    return line.startswith(_STANDARD)


def ends_text(line: str, words: tuple[str, ...]) -> bool:
    """True if ``line`` can be no part of a text from the network that is still open.

    ``words``: notices in words; a text may begin so, or have such a word in small letters.
    """
    if line.startswith(_STANDARD) or _IN_CAPITALS.match(line):
        return True
    return line.upper() in words and (line.isupper() or " " in line)


def has_second_line(line: str) -> bool:
    """True if the PDU, or the text, of this notice stands on the next line.

    Only a header that ends in a length has one; ``+CDS`` in text mode is one line.
    """
    if not line.startswith(TWO_LINES):
        return False
    if line.startswith("+CMT:"):
        return True
    # +CDS: 25 and +CDS: ,25 (an extra comma) have a PDU; in text mode more fields follow
    return line.count(",") <= 1


def split_glued(line: str, *, open_text: bool = False) -> list[str]:
    """The lines that ``line`` is made of where line ends were lost between them.

    ``open_text``: quotes in it tell nothing, because one may be missing.
    """
    pieces = []
    trailing = TRAILING_OK.fullmatch(line, endpos=len(line)) or TRAILING_OK.match(line)
    if trailing is not None and trailing.end() == len(line) - 2:
        return [*split_glued(line[: trailing.end()], open_text=open_text), "OK"]
    start = 0
    for found in GLUED.finditer(line):
        if open_text or line.count('"', start, found.start()) % 2 == 0:
            pieces.append(line[start : found.start()].strip())
            start = found.start()
    pieces.append(line[start:])
    return [piece for piece in pieces if piece]
