"""Messages that come with their notice (``reception: direct``): whether that can be relied on.

Theory of operation
===================

By default a modem stores what comes in, and tells which slot it is in. With ``+CNMI`` mt 2 it hands the text over at once
(``+CMT``), and under ``+CSMS=1`` it waits for ``+CNMA`` before the network hears that the message has arrived (3GPP TS 27.005
§3.4.1, §3.4.4). So nothing is lost as long as the modem really waits, and nothing has to be written to the SIM, read or deleted.

Families get that wrong in many ways, and few of them say so. Each sign is counted here; one that cannot be chance ends
it, and messages are stored and announced as with any other modem until gsmd starts anew or another modem takes its place:

- ``+CSMS=1`` or mt 2 is not taken, or not read back;
- ``+CNMA`` is refused: the modem hands over, and cannot be told that we have it;
- ``+CNMA``, given in time, is unexpected (``+CMS ERROR: 340``) again and again: the modem has acknowledged by itself, and what
  it hands over while nobody is there is lost;
- the same message comes again and again although it was acknowledged: the network does not hear of it;
- message after message is damaged;
- ``+CNMI`` goes back to nothing again and again although nothing was handed over: that happens at another port;
- sweeps find what was neither announced nor handed over.

Messages of class 2 belong to the SIM and are stored there all the same: storages are chosen and swept as ever.
"""

from collections.abc import Callable

IN_TIME = 5.0
"""Seconds from a message to its acknowledgement within which every modem still waits for it."""

_PROOF = 3
"""Times in a row after which a sign is no chance."""


class HandOver:
    """Whether messages are handed over, for one modem. ``tell`` hears why not, and None once that is over."""

    def __init__(self, *, wished: bool, tell: Callable[[str | None], None]) -> None:
        self._wished = wished
        self._tell = tell
        self._why: str | None = None
        self._of: tuple[str | None, ...] = ()
        self._unexpected = 0
        self._damaged = 0
        self._lapses = 0
        self._last: str | None = None
        self._repeats = 0

    @property
    def due(self) -> bool:
        """True if messages are to be handed over: it is wished, and nothing speaks against it."""
        return self._wished and self._why is None

    def identified(self, *modem: str | None) -> None:
        """That is the modem: what is known of another one says nothing of it."""
        if modem == self._of:
            return
        self._of = modem
        self._unexpected = self._damaged = self._lapses = self._repeats = 0
        self._last = None
        if self._why is not None:
            self._why = None
            self._tell(None)

    def end(self, why: str) -> None:
        """It cannot be relied on."""
        if self.due:
            self._why = why
            self._tell(why)

    # -- signs -------------------------------------------------------------------------------

    def handed(self) -> None:
        """The modem hands over: should it cease to, that may be for want of an acknowledgement in time."""
        self._lapses = 0

    def acknowledged(self, frame: str, *, whole: bool) -> None:
        """The modem took the acknowledgement of a frame; one that is not ``whole`` came so twice."""
        self._repeats = self._repeats + 1 if frame == self._last else 0
        self._last = frame
        self._unexpected = 0
        self._damaged = 0 if whole else self._damaged
        if self._repeats >= _PROOF:
            self.end("what was acknowledged comes again and again")

    def unexpected(self) -> None:
        """The modem did not wait for an acknowledgement that was in time."""
        self._unexpected += 1
        if self._unexpected >= _PROOF:
            self.end("it does not wait until it is told that a message is on disk")

    def damaged(self) -> None:
        """The modem handed over what is not whole."""
        self._damaged += 1
        if self._damaged >= _PROOF:
            self.end("what it hands over is damaged")

    def lapsed(self) -> None:
        """The modem hands over nothing any more, by its own decision."""
        self._lapses += 1
        if self._lapses >= _PROOF:
            self.end("it ceases to hand over, again and again")
