"""A SIM: who the subscriber is, what protects it, and the messages it holds."""

from dataclasses import dataclass, field

from gsmd.simulator.storage import Slots

PIN_TRIES = 3
PUK_TRIES = 10  # 3GPP TS 51.011 §11.2.1: blocked for good after ten wrong PUKs


@dataclass
class Sim:
    """A card that survives the modem it is in: its messages, its PIN counters, its references.

    ``slots`` is how many messages fit on it. ``pin`` None: no PIN is asked for.
    ``smsc`` empty: the card names no service centre, so nothing can be sent.
    """

    number: str
    imsi: str = "001010000000001"
    iccid: str = "8900101000000000012"
    slots: int = 30
    pin: str | None = None
    puk: str = "12345678"
    smsc: str = "+33609001390"
    network_code: str = "00101"  # the test network of ITU-T E.212
    network_name: str = "Testnet"
    contacts: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.messages = Slots("SM", self.slots)
        self.pin_tries = PIN_TRIES
        self.puk_tries = PUK_TRIES
        self._reference = 0

    def next_reference(self) -> int:
        """The TP-MR of the next message: last used + 1 (3GPP TS 23.040 §9.2.3.6)."""
        self._reference = (self._reference + 1) % 256
        return self._reference

    @property
    def blocked(self) -> bool:
        """Too many wrong PINs: the PUK is needed."""
        return self.pin is not None and self.pin_tries == 0

    def verify(self, pin: str) -> bool:
        """Try a PIN; a wrong one costs a try."""
        if self.blocked:
            return False
        if self.pin is None or pin == self.pin:
            self.pin_tries = PIN_TRIES
            return True
        self.pin_tries -= 1
        return False

    def unblock(self, puk: str, new_pin: str) -> bool:
        """Set a new PIN with the PUK; a wrong one costs one of ten tries."""
        if self.puk_tries == 0:
            return False
        if puk != self.puk:
            self.puk_tries -= 1
            return False
        self.pin, self.pin_tries, self.puk_tries = new_pin, PIN_TRIES, PUK_TRIES
        return True
