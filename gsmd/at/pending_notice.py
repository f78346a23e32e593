"""A notice of two lines of which the first has come (3GPP TS 27.005 §3.4.1)."""

from gsmd.at import unsolicited
from gsmd.at.events import Unsolicited
from gsmd.at.results import parse_final
from gsmd.patterns import pattern

_PDU = pattern(r"[0-9A-Fa-f]{3,}")


class PendingNotice:
    """At most one. Lines of hex belong to the header that came last: the notice's, or the reply's own.

    ``is_newest``: no header of the reply has come since the notice's.
    """

    def __init__(self) -> None:
        self._header: str | None = None
        self.is_newest = False

    def begin(self, header: str) -> list[Unsolicited]:
        """Its second line is due now; returns the one before, if its second line never came."""
        given_up, self._header = self._header, header
        self.is_newest = True
        return [] if given_up is None else [Unsolicited(given_up)]

    def takes(self, line: str, *, body_due: bool) -> bool:
        """True if ``line`` is the second line. ``body_due``: the reply waits for one of its own."""
        if self._header is None or (body_due and not self.is_newest):
            return False
        if _PDU.fullmatch(line):
            return True
        if not unsolicited.TEXT_HEADER.match(self._header):
            return False
        return parse_final(line) is None and not unsolicited.is_standard(line)

    def complete(self, line: str) -> Unsolicited:
        """The notice with its second line."""
        header, self._header = self._header, None
        assert header is not None
        return Unsolicited(header, line)

    def drop(self) -> None:
        """Its second line will not come, or not be known."""
        self._header = None
