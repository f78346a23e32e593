"""Faults of a modem, switched while it runs.

A number counts how often: the next 3 times; -1 is for ever. Seconds are seconds.
"""

from dataclasses import dataclass, field
from typing import Literal

from gsmd.simulator.errors import CommandError, MessageError, MobileError, PlainError

Stage = Literal["start", "end"]
FOR_EVER = -1


@dataclass
class Plan:
    """The next ``times`` calls of ``command`` fail with ``error``.

    ``start``: at once; for a command with a prompt, instead of the prompt.
    ``end``: where the modem or the network would have said yes.
    """

    command: str
    error: CommandError
    times: int = 1
    stage: Stage = "end"


@dataclass
class Faults:
    """The faults of one modem. Each is explained in docs/simulator.md."""

    # talking
    hang: bool = False  # until the power goes
    hang_until_closed: bool = False  # until the port is closed
    wedged: bool = False  # until AT+CFUN=1,1
    late_reply: float = 0.0
    late_replies: int = FOR_EVER  # how many replies are late, when late_reply is set
    stutter: float = 0.0
    noise: bytes = b""
    missing_newline: int = 0
    chatter: bool = False
    stray_ok: int = 0
    error_style: Literal["profile", "numeric", "text", "no-blank", "both", "by-command", "bare"] = (
        "profile"
    )
    saved_character_set: str = ""  # as another program left it, for good (AT&W)
    # USSD
    ussd_style: Literal[
        "normal",
        "empty-first",
        "release-first",
        "halves",
        "open-quote",
        "quotes",
        "wrong-coding",
        "error",
    ] = "normal"
    # sending
    lost_prompt: int = 0
    late_prompt: float = 0.0
    lost_result: int = 0
    lost_ok: int = 0
    late_result: float = 0.0  # the network has the text at once
    false_error: int = 0
    false_error_code: int = 500
    # SIM and network
    sim_busy_code: int = 14
    second_pin: Literal["no", "PIN2", "PUK2"] = "no"  # what +CPIN? asks for of a SIM that works
    stuck_sim: Literal["off", "radio", "restart"] = "off"  # not there, until …
    stuck_search: Literal["off", "operator", "radio", "restart"] = "off"  # for ever, until …
    # storage
    list_hangs: int = 0
    delete_fails: int = 0
    count_lag: int = 0
    storages_at_once: int = 0
    silent_counts: bool = False
    ghosts: int = 0  # messages that are counted and not there
    unlisted: bool = False
    slow_slot: float = 0.0
    # receiving
    lost_indication: int = 0
    wrong_index: int = 0
    wrong_storage: str = ""
    notices_elsewhere: bool = False
    direct_and_stored: bool = False
    acknowledges_itself: bool = False
    unheard_acknowledgement: int = 0
    report_style: Literal["normal", "extra-comma", "split", "no-address"] = "normal"
    calls_block_sms: bool = False

    plans: list[Plan] = field(default_factory=list)

    @property
    def dead(self) -> bool:
        """True if the modem takes nothing and says nothing."""
        return self.hang or self.hang_until_closed

    def restarted(self) -> None:
        """A restart ends every way of hanging."""
        self.hang = self.hang_until_closed = self.wedged = False
        self.stuck_sim = self.stuck_search = "off"

    def operator_chosen(self) -> None:
        """``+COPS=0`` ends the mildest way of being stuck."""
        if self.stuck_search == "operator":
            self.stuck_search = "off"

    def radio_cycled(self) -> None:
        """``+CFUN`` off and on ends all but the worst way of being stuck."""
        if self.stuck_search != "restart":
            self.stuck_search = "off"
        if self.stuck_sim == "radio":
            self.stuck_sim = "off"

    def take(self, name: str) -> bool:
        """True if the counted fault ``name`` strikes now; uses it up once."""
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left != 0

    def fail(
        self, command: str, error: int | str = 500, times: int = 1, stage: Stage = "end"
    ) -> None:
        """Plan failures of a command: a +CMS or +CME code, or the very words of the result."""
        name = command.upper()
        if name[:1].isalpha() and len(name) > 1:
            name = f"+{name}"
        self.plans.append(Plan(name, planned_error(name, error), times, stage))

    def planned(self, command: str, stage: Stage) -> CommandError | None:
        """The error planned for this call, if any; uses it up once."""
        for plan in self.plans:
            if plan.command == command and plan.stage == stage:
                if plan.times > 0:
                    plan.times -= 1
                    if plan.times == 0:
                        self.plans.remove(plan)
                return plan.error
        return None

    def clear(self) -> None:
        """No faults any more."""
        self.__init__()  # type: ignore[misc]  # back to the defaults, in the same object


def planned_error(command: str, error: int | str) -> CommandError:
    """A code becomes +CMS for the message service and +CME for the rest."""
    if isinstance(error, str) and not error.isdecimal():
        return PlainError(error)
    code = int(error)
    return MessageError(code) if is_message_command(command) else MobileError(code)


def is_message_command(command: str) -> bool:
    """True if 3GPP TS 27.005 defines the command, so that its errors are ``+CMS``."""
    return command.startswith("+CMG") or command in _MESSAGE_COMMANDS


_MESSAGE_COMMANDS = frozenset(
    {
        "+CPMS",
        "+CNMI",
        "+CNMA",
        "+CSMS",
        "+CSCA",
        "+CSMP",
        "+CSDH",
        "+CSCB",
        "+CMMS",
        "+CMSS",
        "+CGSMS",
        "+CSAS",
        "+CRES",
    }
)
