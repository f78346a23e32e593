"""The success of messages through one modem so far: it tells whose fault a refusal is.

A number such as 500, "unknown error", is what modems say of a bad destination and of a network that is
out of order alike. While other messages go through, it is the message's own fault, and its tries count;
while none does, it is the modem's or the network's trouble, and nobody's tries count.
"""

from gsmd.at import Severity

_SPARED_FIRST, _SPARED_MAX = 5.0, 300.0
"""Seconds that a modem in trouble is spared, doubling."""


class Experience:
    """Of one modem, since it is driven. ``works``: a message went through since the last trouble."""

    def __init__(self) -> None:
        self.works = False
        self._troubles = 0
        self._last: int | None = None

    def sent(self) -> None:
        """A message went through: whatever the trouble was, it is over."""
        self.works = True
        self._troubles = 0
        self._last = None

    def refused(self, message: int, severity: Severity) -> float:
        """A message was refused; returns the seconds that the modem is to be spared.

        ``message``: its number in the store. After the first refusal that is 0: another message may tell
        whether it is the modem. The same message again tells nothing new, unless the modem says that it is
        to blame.
        """
        if severity not in {Severity.MODEM, Severity.UNKNOWN}:
            return 0.0
        self.works = False
        if severity is Severity.UNKNOWN and message == self._last:
            return 0.0
        self._last = message
        self._troubles += 1
        if self._troubles == 1:
            return 0.0
        return min(_SPARED_FIRST * 2.0 ** min(self._troubles - 2, 16), _SPARED_MAX)
