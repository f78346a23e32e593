"""Errors of a transaction; each carries what is needed to act on it."""

from gsmd.at.codes import Severity
from gsmd.at.results import FinalResult


class AtError(Exception):
    """The modem answered a command with an error.

    ``command`` is what was sent, ``lines`` the information text that came before the final
    ``result``; ``cms`` and ``cme`` are its numbers, ``text`` its meaning in words.
    """

    def __init__(self, command: str, lines: tuple[str, ...], result: FinalResult) -> None:
        super().__init__(f"{command}: {result.text} ({result.meaning})")
        self.command = command
        self.lines = lines
        self.result = result

    @property
    def text(self) -> str:
        return self.result.meaning

    @property
    def cms(self) -> int | None:
        return self.result.cms

    @property
    def cme(self) -> int | None:
        return self.result.cme

    @property
    def code(self) -> int | None:
        """The number, of whichever kind."""
        return self.result.cms if self.result.cms is not None else self.result.cme

    @property
    def severity(self) -> Severity:
        return self.result.severity


class MalformedReply(AtError):
    """The modem said OK, but not what the command asks for."""

    def __init__(self, command: str, lines: tuple[str, ...], expected: str) -> None:
        super().__init__(command, lines, FinalResult(f"no {expected} in {list(lines)!r}", ok=False))
        self.expected = expected


class ChannelBusy(Exception):
    """A command was given while another one runs: a mistake of the caller."""
