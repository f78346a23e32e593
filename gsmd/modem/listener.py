"""What a modem tells the core."""

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from gsmd.modem.driver import Modem


class StoredEntry(msgspec.Struct, frozen=True):
    """One slot of a message storage. ``frame`` is the line of hex as the modem gave it.

    ``stored_status``: 0 unread, 1 read, 2 stored and unsent, 3 stored and sent (3GPP TS 27.005 §3.1).
    """

    storage: str
    index: int
    stored_status: int
    frame: str


class Listener(Protocol):
    """Called on the event loop."""

    async def initialised(self, modem: "Modem") -> None:
        """The SIM can be read, after a start or a restart of the modem: time to sweep."""
        ...

    def arrived(self, modem: "Modem", storage: str, index: int) -> None:
        """A message may be in that slot. ``index`` -1: the modem did not say where, so sweep."""
        ...

    async def direct(self, modem: "Modem", frame: str) -> None:
        """A message or report that was never stored; acknowledged to the network once this returns."""
        ...

    def storage_full(self, modem: "Modem") -> None:
        """Nothing more can come in until slots are freed."""
        ...

    def storage_level(self, modem: "Modem", *, high: bool) -> None:
        """The storage is at least four fifths full, or no longer: told once each time it changes."""
        ...

    def changed(self, modem: "Modem") -> None:
        """State, reason, registration, signal, … are not what they were."""
        ...

    def called(self, modem: "Modem", number: str | None) -> None:
        """Somebody rings. Told once per call; ``number`` None if it is withheld."""
        ...
