"""A simulated modem that says something else to some commands: what people's modems have said."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from gsmd.simulator import SimulatedModem

_ENDS = re.compile(rb"[^\r\x1a\x1b]*[\r\x1a\x1b]")


class Rule(msgspec.Struct, frozen=True):
    """What is said to commands that ``command`` (a regular expression) is the whole of.

    ``later``: what follows by itself, with the seconds after which. ``times``: how often it holds;
    ``until``: the command (a regular expression) from which on it holds no more.
    """

    command: str
    answer: str = "\r\nOK\r\n"
    later: Sequence[tuple[float, str]] = ()
    times: int = 1_000_000
    until: str | None = None


class Overlay:
    """Stands before the modem: what a rule is about it answers, anything else goes through."""

    def __init__(self, modem: SimulatedModem, rules: Sequence[Rule]) -> None:
        self.output: Callable[[bytes], object] = lambda _octets: None
        self._modem = modem
        self._rules = list(rules)
        self._used: Counter[Rule] = Counter()
        self._written = b""
        modem.output = self._hand_on

    def feed(self, data: bytes) -> None:
        self._written += data
        for command in _ENDS.findall(self._written):
            self._take(command)
        self._written = _ENDS.sub(b"", self._written)

    def port_closed(self) -> None:
        self._written = b""
        self._modem.port_closed()

    def power_off(self) -> None:
        self._modem.power_off()

    def reboot(self) -> None:
        self._modem.reboot()

    def say(self, text: str) -> None:
        """Say something by itself."""
        self.output(text.encode("latin-1"))

    def _hand_on(self, octets: bytes) -> None:
        self.output(octets)  # whoever is told by now

    def _take(self, command: bytes) -> None:
        text = command.decode("latin-1").strip("\r\n")
        self._rules = [
            rule for rule in self._rules if not (rule.until and re.fullmatch(rule.until, text))
        ]
        for rule in self._rules:
            if self._used[rule] < rule.times and re.fullmatch(rule.command, text):
                self._used[rule] += 1
                self.say(rule.answer)
                for delay, said in rule.later:
                    asyncio.get_running_loop().call_later(delay, self.say, said)
                return
        self._modem.feed(command)
