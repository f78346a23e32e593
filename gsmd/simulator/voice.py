"""One voice call at a time: ringing in, dialled out, active."""

from typing import TYPE_CHECKING, Literal

from gsmd.simulator.charset import shown
from gsmd.simulator.scheduler import Timer

if TYPE_CHECKING:
    from gsmd.simulator.modem import SimulatedModem

RING_EVERY = 3.0  # seconds
State = Literal["idle", "ringing", "dialling", "active"]
_ACTIVITY: dict[State, int] = {"idle": 0, "ringing": 3, "dialling": 4, "active": 4}
_LISTED: dict[State, int] = {"active": 0, "dialling": 2, "ringing": 4}  # <stat> of +CLCC


class Voice:
    """The call a modem has."""

    def __init__(self, modem: "SimulatedModem") -> None:
        self._modem = modem
        self.state: State = "idle"
        self._number = ""
        self._incoming = False
        self._rings = 0
        self._timer: Timer | None = None

    @property
    def activity(self) -> int:
        """``<pas>`` of ``+CPAS``."""
        return _ACTIVITY[self.state]

    def ring(self, number: str) -> None:
        """Somebody calls; it rings until it is answered or `hang_up`."""
        if self.state == "idle" and self._modem.radio.carries_messages:
            self.state, self._number, self._incoming, self._rings = "ringing", number, True, 0
            self._ring_once()

    def dial(self, number: str) -> None:
        """Call somebody, who lets it ring."""
        self.state, self._number, self._incoming = "dialling", number, False

    def answer(self) -> bool:
        """Take the call; False if there is none."""
        if self.state != "ringing":
            return False
        self._stop_ringing()
        self.state = "active"
        return True

    def hang_up(self, *, remote: bool = False) -> None:
        """End the call; when the other side does, the modem says so."""
        was = self.state
        self._stop_ringing()
        self.state = "idle"
        if remote and was != "idle":
            self._modem.unsolicited("NO CARRIER")

    def listed(self) -> str | None:
        """The line of ``+CLCC`` (27.007 §7.18), if there is a call."""
        if self.state == "idle":
            return None
        kind = 145 if self._number.startswith("+") else 129
        return f'+CLCC: 1,{int(self._incoming)},{_LISTED[self.state]},0,0,"{self._number}",{kind}'

    def _ring_once(self) -> None:
        settings = self._modem.settings
        self._rings += 1
        self._modem.unsolicited("+CRING: VOICE" if settings.extended_ring else "RING")
        if settings.calling_line:
            kind = 145 if self._number.startswith("+") else 129
            number = shown(self._number, settings.character_set)
            self._modem.unsolicited(f'+CLIP: "{number}",{kind},,,,0')
        if settings.auto_answer and self._rings >= settings.auto_answer:
            self.answer()
            return
        self._timer = self._modem.after(RING_EVERY, self._ring_once)

    def _stop_ringing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
