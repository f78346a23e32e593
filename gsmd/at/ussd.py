"""``+CUSD: <m>[,<str>,<dcs>]`` as modems write it (3GPP TS 27.007 §7.15).

The text comes from the network: it may hold line ends and quotes of its own, and with some modems
its closing quote is missing. It ends at the last quote before the end of the line or ``,<dcs>``.
"""

import re
from typing import NamedTuple

from gsmd.patterns import pattern

PREFIX = "+CUSD:"

_OPENED = pattern(r'\+CUSD: *\d+ *, *"(.*)', re.DOTALL)
_CODED = pattern(r'" *,[\d ,]*\s*$')
_NOTICE = pattern(r"\+CUSD: *(\d+) *(?:, *(.*))?", re.DOTALL)
_QUOTED = pattern(r'"(.*)"\s*(?:, *(\d*)[\d ,]*)?\s*', re.DOTALL)
_UNQUOTED = pattern(r"(.*?)\s*(?:, *(\d{1,3}))?\s*", re.DOTALL)


class Notice(NamedTuple):
    """``status`` is ``<m>``. ``text`` as it came, None if there is none."""

    status: int
    text: str | None
    dcs: int | None


_LONGEST = 16
"""Lines of a text: it has 182 characters at most (3GPP TS 23.038 §5)."""


class OpenText:
    """A +CUSD whose text goes on, line by line; false while there is none."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, line: str) -> bool:
        """Put ``line`` behind what there is; returns whether the text has ended with it."""
        if line.strip():
            self._lines.append(line.strip())
        return len(self._lines) > _LONGEST or is_whole("\n".join(self._lines))

    def end(self) -> str:
        """All lines together; there is none any more."""
        text, self._lines = "\n".join(self._lines), []
        return text


def is_whole(line: str) -> bool:
    """True if the text of a +CUSD has ended with this line, or lines put together.

    The data coding behind its closing quote says so for sure; without it, the quotes must be even.
    """
    opened = _OPENED.fullmatch(line)
    if opened is None or _CODED.search(opened.group(1)):
        return True
    rest = opened.group(1).rstrip()
    return rest.endswith('"') and rest.count('"') % 2 == 1


def read(line: str) -> Notice | None:
    """The notice in ``line``, its closing quote there or not; None if it has no ``<m>``."""
    found = _NOTICE.fullmatch(line)
    if found is None:
        return None
    status, rest = int(found.group(1)), found.group(2) or ""
    if rest.startswith('"'):
        quoted = _QUOTED.fullmatch(rest)
        text, dcs = quoted.groups() if quoted is not None else (rest[1:], None)
    else:
        unquoted = _UNQUOTED.fullmatch(rest)
        assert unquoted is not None
        text, dcs = unquoted.groups()
    return Notice(status, text or None, int(dcs) if dcs else None)
