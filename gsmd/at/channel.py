"""One AT channel without its I/O: octets go in, events come out; commands go in, octets come out.

At most one command runs at a time. Each line belongs to exactly one of: the second line of a
notice, the end of the reply, the reply (by what the command expects), a notice (by its own
prefix), or nothing (`Stray`). Everything that changes the state is in this file.
"""

import re

from gsmd.at import unsolicited
from gsmd.at.errors import ChannelBusy
from gsmd.at.events import (
    Command,
    Event,
    InformationText,
    Prompt,
    Reply,
    Stray,
    StrayKind,
    Unsolicited,
)
from gsmd.at.lines import PROMPT, LineReader
from gsmd.at.results import CALL_RESULTS, FinalResult, parse_final, parse_numeric

ESCAPE = b"\x1b"
CTRL_Z = b"\x1a"
_HEX = re.compile(r"[0-9A-Fa-f]{2,}")
_MOST_CONTINUATIONS = 16


class Channel:
    """The state of one line to a modem.

    ``words``: how notices begin that do not say a name of their own, in capitals. ``echoing`` is true while the modem repeats what it is told, ``numeric`` while its final
    results come as digits.
    """

    def __init__(self, words: tuple[str, ...] = ()) -> None:
        self._words = ("RING", *words)
        self._reader = LineReader()
        self._running: Command | None = None
        self._expects: re.Pattern[str] | None = None
        self._previous: Command | None = None
        self._lines: list[str] = []
        self._body_due = False
        self._payload: str | None = None
        self._prompted = False
        self._notice: str | None = None  # the first line of a notice that has two
        self._quoted: list[str] = []  # a notice whose quotes are still open
        self._words_seen = False
        self._ringing = False
        self.echoing = False
        self.numeric = False

    @property
    def running(self) -> Command | None:
        """The command whose reply has not ended yet."""
        return self._running

    def command(self, command: Command) -> bytes:
        """Start ``command``; returns what is to be written. Errors: `ChannelBusy`."""
        if self._running is not None:
            raise ChannelBusy(f"{command.line}: {self._running.line} is still running")
        self._running = command
        self._expects = _pattern(command.expects)
        self._lines = []
        self._body_due = self._prompted = False
        self._payload = None
        return command.line.encode("ascii", "replace") + b"\r"

    def payload(self, text: str) -> bytes:
        """What is to be written at the prompt: ``text`` (hex) and Ctrl-Z."""
        self._payload = text
        return text.encode("ascii") + CTRL_Z

    @property
    def at_prompt(self) -> bool:
        """Whether the modem waits for the running command's text."""
        return self._running is not None and self._prompted and self._payload is None

    def abandon(self) -> None:
        """Wait no longer: what still comes of the running command is stray."""
        if self._running is not None:
            self._previous = self._running
        self._running = None
        self._payload = None
        self._body_due = False
        self._notice = None
        self._close_quotes()
        self._words_seen = False  # it may have reset, into ATV0

    def end_here(self) -> Reply | None:
        """The running command's reply as it is, taken for whole: an OK came and nothing else."""
        if self._running is None:
            return None
        return self._finish(FinalResult("OK", ok=True))

    def receive_data(self, data: bytes) -> list[Event]:
        """Everything that ``data`` completes, in order."""
        events: list[Event] = []
        for line in self._reader.feed(data):
            if line == PROMPT and not self._reader.verbatim:
                events.append(self._prompt())
            else:
                self._whole_line(line, events)
        if self._prompt_glued_to_echo():
            events.append(self._prompt())
        return events

    # -- one line --------------------------------------------------------------------------

    def _whole_line(self, line: str, events: list[Event]) -> None:
        if self._quoted:
            self._continue_quoted(line, events)
            return
        line = self._without_echo(line)
        if not line:
            return
        for piece in unsolicited.split_glued(line):
            events.extend(self._sort(piece))

    def _sort(self, line: str) -> list[Event]:
        if self._notice is not None and self._is_second_line(line):
            return [self._second_line(line)]
        final = self._final(line)
        if final is not None:
            return [self._end(line, final)]
        if self._is_ours(line):
            return [self._information(line)]
        return self._not_ours(line)

    def _final(self, line: str) -> FinalResult | None:
        final = parse_final(line)
        if final is None:
            # digits are the end of a reply only while the modem has not said it in words
            if self._words_seen or (self._running is not None and self._running.raw):
                return None
            final = parse_numeric(line)
            self.numeric = self.numeric or final is not None
            return final
        if line.upper() in CALL_RESULTS and self._ringing:
            self._ringing = False
            return None  # the caller has hung up
        self._words_seen, self.numeric = True, False
        return final

    def _end(self, line: str, final: FinalResult) -> Event:
        command = self._running
        if command is None:
            return Stray(line, StrayKind.FINAL)
        early = command.needs_text and not self._lines and not self._awaits_prompt
        if early and (final.ok or command.marker):
            return Stray(line, StrayKind.FINAL)
        if self._awaits_prompt and final.ok:
            return Stray(line, StrayKind.FINAL)  # only an error can come instead of a prompt
        return self._finish(final)

    def _finish(self, final: FinalResult) -> Reply:
        command = self._running
        assert command is not None
        reply = Reply(command, tuple(self._lines), final)
        self._previous, self._running = command, None
        self._body_due = False
        self._payload = None
        return reply

    def _is_ours(self, line: str) -> bool:
        command = self._running
        if command is None:
            return False
        if self._body_due and _HEX.fullmatch(line):
            return True
        if self._expects is not None and self._expects.match(line):
            return True
        if unsolicited.is_standard(line) or self._is_notice(line):
            return False
        if command.raw:
            return True
        return command.free_text and not unsolicited.NAMED.match(line)

    def _is_notice(self, line: str) -> bool:
        return line.upper().startswith(self._words)

    def _information(self, line: str) -> Event:
        command = self._running
        assert command is not None
        is_header = self._expects is not None and self._expects.match(line) is not None
        self._body_due = command.pdu_follows and is_header
        self._lines.append(line)
        return InformationText(command, line)

    def _not_ours(self, line: str) -> list[Event]:
        if line.upper() == "RING" or line.startswith(("+CRING:", "+CLIP:")):
            self._ringing = True
        if unsolicited.has_second_line(line):
            given_up = self._notice
            self._notice = line
            return [] if given_up is None else [Unsolicited(given_up)]
        if unsolicited.is_standard(line) or self._is_notice(line):
            return self._notice_line(line)
        if self._is_late(line):
            return [Stray(line, StrayKind.LATE)]
        if unsolicited.NAMED.match(line):
            return self._notice_line(line)
        if line.upper() in CALL_RESULTS:
            return [Unsolicited(line)]
        return [Stray(line, StrayKind.NOISE)]

    def _is_late(self, line: str) -> bool:
        if self._previous is None:
            return False
        expected = _pattern(self._previous.expects)
        return expected is not None and expected.match(line) is not None

    # -- notices ---------------------------------------------------------------------------

    def _notice_line(self, line: str) -> list[Event]:
        if line.startswith("+CUSD:") and line.count('"') % 2:
            self._quoted = [line]  # the text goes on: line ends stand inside its quotes
            self._reader.verbatim = True
            return []
        return [Unsolicited(line)]

    def _continue_quoted(self, line: str, events: list[Event]) -> None:
        self._quoted.append(line)
        closed = line.count('"') % 2 == 1
        if closed or len(self._quoted) > _MOST_CONTINUATIONS:
            events.append(Unsolicited("\n".join(self._quoted)))
            self._close_quotes()

    def _close_quotes(self) -> None:
        self._quoted = []
        self._reader.verbatim = False

    def _is_second_line(self, line: str) -> bool:
        assert self._notice is not None
        if _HEX.fullmatch(line) and len(line) > 2:
            return True
        if not unsolicited.TEXT_HEADER.match(self._notice):
            return False
        return parse_final(line) is None and not unsolicited.is_standard(line)

    def _second_line(self, line: str) -> Event:
        header, self._notice = self._notice, None
        assert header is not None
        return Unsolicited(header, line)

    # -- echo and prompt -------------------------------------------------------------------

    def _without_echo(self, line: str) -> str:
        """``line`` less what it repeats of what was written, wherever that was cut."""
        running = self._running.line if self._running is not None else ""
        previous = self._previous.line if self._previous is not None else ""
        for sent in (self._payload, running):
            if sent and line.startswith(sent):
                self.echoing = True
                return line[len(sent) :].strip()
        if previous and line.startswith(previous):
            rest = line[len(previous) :]
            if not rest or running.endswith(rest):
                self.echoing = True
                return ""
        if len(line) >= 4 and running.endswith(line):
            self.echoing = True  # the first octets of the echo were lost
            return ""
        return line

    @property
    def _awaits_prompt(self) -> bool:
        return self._running is not None and self._running.prompts and not self._prompted

    def _prompt(self) -> Event:
        if not self._awaits_prompt:
            return Stray(PROMPT, StrayKind.PROMPT)
        assert self._running is not None
        self._prompted = True
        return Prompt(self._running)

    def _prompt_glued_to_echo(self) -> bool:
        if not self._awaits_prompt:
            return False
        rest = self._reader.rest
        assert self._running is not None
        if not rest.startswith(self._running.line):
            return False
        if not rest[len(self._running.line) :].lstrip().startswith(PROMPT):
            return False
        self.echoing = True
        self._reader.take_rest()
        return True


def _pattern(expects: tuple[str, ...]) -> re.Pattern[str] | None:
    # re keeps what it has compiled
    return re.compile("|".join(expects)) if expects else None
