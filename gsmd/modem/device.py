"""One modem as its supervisor and its users see it, whether its port is open or not."""

import logging
from collections.abc import Callable

from gsmd.clock import Clock
from gsmd.config import ModemConfig
from gsmd.modem import standstill
from gsmd.modem.background import Background
from gsmd.modem.errors import ModemUnavailable
from gsmd.modem.hand_over import HandOver
from gsmd.modem.pending_checks import Check, PendingChecks
from gsmd.modem.port.recorder import Recorder
from gsmd.modem.session import Session
from gsmd.modem.state import Lifecycle, ModemState
from gsmd.modem.status import Counters, Facts
from gsmd.modem.timeouts import Timeouts
from gsmd.modem.troubles import Trouble, Troubles

log = logging.getLogger(__name__)


class Device:
    """The parts of one modem. ``session`` is there while the port is open.

    ``changed`` is called whenever a status shown to people is another one. ``remark``: what people
    should know of the SIM although it works.
    """

    def __init__(
        self, config: ModemConfig, timeouts: Timeouts, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self.config = config
        self.timeouts = timeouts
        self.clock = clock
        self.changed = changed
        self.facts = Facts()
        self.counters = Counters()
        self.checks = PendingChecks()
        self.background = Background(config.name)
        self.recorder = Recorder()
        self.life = Lifecycle(config.name, clock, changed)
        self.session: Session | None = None
        hard_reset = config.reset_command is not None
        self.without_sim = standstill.of_the_sim(timeouts, hard_reset=hard_reset)
        self.searching = standstill.of_the_search(timeouts, hard_reset=hard_reset)
        self.troubles = Troubles()
        self.hand_over = HandOver(wished=config.reception == "direct", tell=self._hands_over)
        self.remark: str | None = None

    def trouble(self, trouble: Trouble, sentence: str | None) -> None:
        """There is that trouble, or with None: no longer. It is shown, and logged once."""
        if self.troubles.set(trouble, sentence):
            if sentence is not None:
                log.warning("modem %s: %s", self.config.name, sentence)
            self.changed()

    def _hands_over(self, why_not: str | None) -> None:
        if why_not is None:
            self.trouble(Trouble.HAND_OVER, None)
            return
        sentence = f"reception: direct does not work with it ({why_not}); messages are stored and read, as without that"
        self.trouble(Trouble.HAND_OVER, sentence)
        self.checks.request(Check.RECEPTION, why_not)

    def unavailable(self) -> ModemUnavailable:
        """The error of whoever asks for what cannot be had now."""
        return ModemUnavailable(f"{self.life.state}: {self.life.reason}")

    def settle(self) -> None:
        """Ready, or waiting for the network, by what is known of it."""
        session = self.session
        if session is None or not session.readable:
            return
        registration = session.registration
        news = registration.word, registration.roaming
        stale = news != (self.facts.registration, self.facts.roaming)
        self.facts.registration, self.facts.roaming = news
        state = ModemState.READY if registration.may_send else ModemState.REGISTERING
        if state is ModemState.READY:
            self.searching.over()
        else:
            self.searching.stands()
        reason = "; ".join(filter(None, (registration.reason, self.remark)))
        if stale and (state, reason) == (self.life.state, self.life.reason):
            self.changed()
        self.life.enter(state, reason)
