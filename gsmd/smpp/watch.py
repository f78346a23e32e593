"""The timers of a session (SMPP 3.4 §2.9, §7.2). They know no clock: whoever has one says what time it is.

``session_init`` is the time to bind, ``enquire`` the silence after which the other side is asked whether it
is there, ``answer`` the time it has for that, ``whole`` how long half a PDU may lie about. There is no limit
for a bind that has nothing to do.
"""

from enum import StrEnum

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Seconds."""

    session_init: float = 10.0
    enquire: float = 30.0
    answer: float = 10.0
    whole: float = 10.0


class Due(StrEnum):
    """The thing that has to be done now."""

    NOTHING = "nothing"
    ENQUIRE = "enquire"
    CLOSE = "close"


class Watch:
    """When the other side has last been heard of, and what follows. Times are seconds of any one clock."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._heard = now
        self._began = now
        self._bound = False
        self._asked: float | None = None
        self._allowed = limits.answer
        self._half_since: float | None = None
        self.reason = ""
        """Why it is to be closed, in words, once `due` has said so."""

    def bound(self) -> None:
        """The session is bound."""
        self._bound = True

    def heard(self, now: float) -> bool:
        """A whole PDU came; true if the other side had been asked for a word: `next_at` is another one now."""
        asked = self._asked is not None
        self._heard, self._asked = now, None
        return asked

    def half(self, now: float, *, waiting: bool) -> None:
        """After what came: ``waiting`` says that the beginning of another PDU lies there."""
        if not waiting:
            self._half_since = None
        elif self._half_since is None:
            self._half_since = now

    def restart_half(self, now: float) -> None:
        """Another PDU than before is the one that is not whole."""
        self._half_since = now

    def asked(self, now: float, within: float | None = None) -> None:
        """An enquire_link was sent; ``within``: the seconds it may take, if not the usual."""
        if self._asked is None:
            self._asked, self._allowed = now, self._limits.answer
        if within is not None:
            self._allowed = min(self._allowed, now + within - self._asked)

    def due(self, now: float) -> Due:
        """What has to be done now."""
        if not self._bound and now >= self._began + self._limits.session_init:
            return self._close("not bound in time")
        if self._half_since is not None and now >= self._half_since + self._limits.whole:
            return self._close("half a PDU, and no more")
        if self._asked is not None:
            if now >= self._asked + self._allowed:
                return self._close("no answer to enquire_link")
            return Due.NOTHING
        if self._bound and now >= self._heard + self._limits.enquire:
            return Due.ENQUIRE
        return Due.NOTHING

    def next_at(self) -> float:
        """The time at which `due` is to be asked again."""
        times = []
        if not self._bound:
            times.append(self._began + self._limits.session_init)
        if self._half_since is not None:
            times.append(self._half_since + self._limits.whole)
        if self._asked is not None:
            times.append(self._asked + self._allowed)
        elif self._bound:
            times.append(self._heard + self._limits.enquire)
        return min(times)

    def _close(self, reason: str) -> Due:
        self.reason = reason
        return Due.CLOSE
