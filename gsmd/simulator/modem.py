"""A GSM modem without a plug: bytes in, bytes out, timers from a scheduler.

It knows ITU-T V.250, 3GPP TS 27.007 and 3GPP TS 27.005 as far as an SMS modem needs them,
and nothing of who drives it.
"""

from collections.abc import Callable, Sequence
from functools import partial

from gsmd.simulator.errors import MessageError, MobileError
from gsmd.simulator.facts import Facts
from gsmd.simulator.families import PROFILES
from gsmd.simulator.faults import Faults
from gsmd.simulator.interpreter import Interpreter
from gsmd.simulator.network import Network
from gsmd.simulator.profiles import Profile
from gsmd.simulator.radio import Radio
from gsmd.simulator.reception import Reception
from gsmd.simulator.scheduler import Timer
from gsmd.simulator.settings import Settings
from gsmd.simulator.sim import Sim
from gsmd.simulator.storage import Combined, Memory, Slots
from gsmd.simulator.terminal import Terminal
from gsmd.simulator.voice import Voice
from gsmd.simulator.wire import Wire

_SHORT_PAUSE = 0.05  # seconds
_NO_BROADCASTS = Slots("BM", 0)


class SimulatedModem:
    """A modem with a SIM in a network.

    ``output`` is called with the bytes it writes. It is switched on, unlocked unless the SIM
    has a PIN, and registered, from the start: `reboot` shows how it comes up.
    """

    def __init__(
        self,
        sim: Sim | None,
        network: Network,
        profile: str | Profile = "generic",
        *,
        imei: str = "490154203237518",
    ) -> None:
        self.sim = sim
        self.network = network
        self.profile = PROFILES[profile] if isinstance(profile, str) else profile
        self.imei = imei
        self.faults = Faults()
        self.scheduler = network.scheduler
        self.output: Callable[[bytes], object] = _nowhere
        self.settings = Settings()
        self.equipment_memory = Slots("ME", self.profile.me_slots)
        self.report_memory = Slots("SR", self.profile.report_slots)
        self.wire = Wire(
            self.settings, self.faults, self.scheduler, self._emit, self.profile.chatter
        )
        self.interpreter = Interpreter(self)
        self.terminal = Terminal(
            self.settings,
            self.wire,
            on_line=self.interpreter.run,
            busy=lambda: self.interpreter.busy,
            abort=self.interpreter.abort,
        )
        self.radio = Radio(self)
        self.reception = Reception(self)
        self.voice = Voice(self)
        self._epoch = 0
        self._chatting = 0
        self._held: list[Sequence[str]] = []
        self.sim_busy = False  # still being read
        self._sim_timer: Timer | None = None
        self._reset()
        self.powered = True
        self.radio.found(network=True)

    # what stands at the wire

    def feed(self, data: bytes) -> None:
        """Take bytes the computer wrote; what the modem writes goes to ``output``."""
        if self.powered and not self.faults.dead:
            self.terminal.feed(data)
            self.flush()

    def flush(self) -> None:
        """Hand over what the modem has to say."""
        if self._held and not self.terminal.prompting:
            held, self._held = self._held, []
            for lines in held:
                self.wire.unsolicited(*lines)
        self.wire.flush()

    def unsolicited(self, *lines: str) -> None:
        """Say something nobody asked for; not into the middle of a text that is being entered."""
        if self.powered and not self.faults.notices_elsewhere:
            self._held.append(lines)
            self.flush()

    def unsolicited_in_pieces(self, *lines: str) -> None:
        """The same, with a pause in the middle of each line."""
        stutter, self.faults.stutter = self.faults.stutter, _SHORT_PAUSE
        self.unsolicited(*lines)
        self.faults.stutter = stutter

    def port_closed(self) -> None:
        """The computer has closed the port."""
        self.faults.hang_until_closed = False

    def after(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back later, unless the modem is restarted meanwhile."""
        epoch = self._epoch

        def due() -> None:
            if epoch == self._epoch:
                callback()
                self.flush()

        return self.scheduler.call_later(seconds, due)

    def chat(self, every: float) -> None:
        """Say something unasked every so many seconds, until it is told not to (``^CURC=0``); 0: stop."""
        self._chatting += 1
        if every:
            self.after(every, partial(self._chat, every, self._chatting))

    def _chat(self, every: float, turn: int) -> None:
        if turn == self._chatting:
            if self.settings.values.get("^CURC") != "0":
                self.unsolicited(self.wire.small_talk())
            self.after(every, partial(self._chat, every, turn))

    # power

    def reboot(self) -> None:
        """Switch off and on: every setting is lost, the banner comes, the SIM is read anew.

        A modem that hangs does not any more.
        """
        self.power_off()
        self._reset()
        profile = self.profile
        self.after(profile.boot_time, self._listen)
        self.slow_sim(profile.sim_time)
        for seconds, line in profile.banner:
            self.after(seconds, partial(self.wire.unsolicited, line.format_map(Facts(self))))
        self.after(profile.register_time, lambda: self.radio.found(network=True))

    def _listen(self) -> None:
        self.powered = True

    def power_off(self) -> None:
        """No more answers, and nothing on its way."""
        self._epoch += 1
        self.powered = False
        self.faults.restarted()
        self._held.clear()
        self.wire.discard()
        self.interpreter.reset()
        self.reception.reset()
        self.voice.hang_up()
        self.radio.found(network=False)

    def reset_settings(self) -> None:
        """Back to the defaults of the profile (``ATZ``, ``AT&F``), or what was saved of them."""
        self.settings = self.wire.settings = self.terminal.settings = Settings()
        saved = self.faults.saved_character_set
        self.settings.character_set = saved or self.settings.character_set

    # the SIM

    @property
    def sim_ready(self) -> bool:
        """True if there is a SIM, unlocked and read."""
        return self.sim_problem is None

    @property
    def sim_problem(self) -> int | None:
        """The +CME code that says why the SIM cannot be used; None if it can."""
        if self.sim is None or self.faults.stuck_sim != "off":
            return 10
        if self.sim_busy:
            return self.faults.sim_busy_code
        if self.sim.blocked:
            return 12
        return None if self.sim.pin is None or self.pin_verified else 11

    def require_card(self) -> Sim:
        """The SIM, locked or not; the error that says so if there is none."""
        if self.sim is None:
            raise MobileError(10)
        return self.sim

    def require_sim(self, *, messages: bool = False) -> Sim:
        """The SIM, or the error that says why not (27.007 §9.2, 27.005 §3.2.5)."""
        problem = self.sim_problem
        if problem is not None:
            if not messages:
                raise MobileError(problem)
            raise MessageError({12: 316}.get(problem, 300 + problem))
        assert self.sim is not None
        return self.sim

    def slow_sim(self, seconds: float) -> None:
        """The SIM takes its time, as after a start."""
        if self._sim_timer is not None:
            self._sim_timer.cancel()
        self.sim_busy = True
        self.radio.update()
        self._sim_timer = self.after(seconds, self._sim_read)

    def _sim_read(self) -> None:
        self.sim_busy = False
        self._sim_usable()

    def _sim_usable(self) -> None:
        if self.sim_ready:
            for line in self.profile.ready:
                self.unsolicited(line)
        self.radio.update()

    def insert(self, sim: Sim | None) -> None:
        """Change the SIM, or take it out."""
        if self.sim is not None:
            self.network.detach(self.sim)
        self.sim = sim
        self.pin_verified = False
        self.radio.found(network=False)
        self.after(self.profile.register_time, lambda: self.radio.found(network=True))

    def unlock(self) -> None:
        """The PIN was right: the SIM is read, and the network is searched."""
        self.pin_verified = True
        self._sim_usable()

    # messages

    def require_message_service(self) -> None:
        """Refuse while the SIM is still being read, as modems do before their ``SMS Ready``."""
        if self.sim_busy:
            raise MessageError(300 + self.faults.sim_busy_code)

    def require_no_call(self) -> None:
        """Some modems cannot send while a call comes in."""
        if self.faults.calls_block_sms and self.voice.state != "idle":
            raise MessageError(302)

    def current_service_centre(self) -> str:
        """The service centre, to which messages go first; empty if the SIM does not say."""
        return self.require_sim(messages=True).smsc

    def memory(self, name: str) -> Memory:
        """A memory by its name; needs a SIM."""
        sim = self.require_sim(messages=True)
        if name == "SM":
            return sim.messages
        if name in {"SR", "BM"}:
            return self.report_memory if name == "SR" else _NO_BROADCASTS
        return (
            Combined(self.equipment_memory, sim.messages) if name == "MT" else self.equipment_memory
        )

    def attach_or_detach(self) -> None:
        """Let the network know whether this modem can be reached."""
        if self.sim is None:
            return
        if self.radio.carries_messages:
            self.network.attach(self.sim, self.reception)
        else:
            self.network.detach(self.sim)

    def _reset(self) -> None:
        self.reset_settings()
        self.terminal.reset(self.settings)
        self.selected = [self.profile.default_storage] * 3
        self.pin_verified = False
        self.functionality = 1

    def _emit(self, data: bytes) -> None:
        if self.powered and not self.faults.dead:
            self.output(data)


def _nowhere(data: bytes) -> None:
    """Drop the bytes: nothing is plugged in."""
