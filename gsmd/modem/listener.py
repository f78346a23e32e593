"""The listener to a modem: the calls by which a modem reports to the core."""

from typing import Protocol, TypeVar

from gsmd.modem.ussd.answer import UssdReply
from gsmd.protocol.modems import Credit

ModemT_contra = TypeVar("ModemT_contra", contravariant=True)


class Listener(Protocol[ModemT_contra]):
    """The listener to a modem of the class ``ModemT_contra``. Called on the event loop."""

    async def initialised(self, modem: ModemT_contra) -> None:
        """The SIM can be read, after a start or a restart of the modem: time to sweep."""
        ...

    def arrived(self, modem: ModemT_contra, storage: str, index: int) -> None:
        """A message may be in that slot. ``index`` -1: the modem did not say where, so sweep."""
        ...

    async def direct(self, modem: ModemT_contra, frame: str) -> None:
        """A message or report that was never stored; acknowledged to the network once this returns."""
        ...

    def storage_full(self, modem: ModemT_contra) -> None:
        """Nothing more can come in until slots are freed."""
        ...

    def storage_level(self, modem: ModemT_contra, *, high: bool) -> None:
        """The storage is at least four fifths full, or no longer: told once each time it changes."""
        ...

    def changed(self, modem: ModemT_contra) -> None:
        """State, reason, registration, signal, … are not what they were."""
        ...

    def called(self, modem: ModemT_contra, number: str | None) -> None:
        """Somebody rings. Told once per call; ``number`` None if it is withheld."""
        ...

    def credit_low(self, modem: ModemT_contra, credit: Credit) -> None:
        """Little is left on the SIM: told once until there is enough again."""
        ...

    def submitted(self, modem: ModemT_contra, reference: int) -> None:
        """The network has the message that was submitted last and got no answer: here is its reference."""
        ...

    def ussd(self, modem: ModemT_contra, reply: UssdReply) -> None:
        """The network said something by USSD, and nobody had asked, or had stopped waiting."""
        ...
