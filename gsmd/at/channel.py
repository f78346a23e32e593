"""One AT channel without its I/O: octets go in, events come out; commands go in, octets come out.

Theory of operation
===================

**States.** A channel is idle, or one command runs. A command that ``prompts`` is first at *asked*
(the ``>`` is awaited), then *prompted* (the modem waits for the text), then *given* (`payload`:
from here on only its result is awaited). `command` begins, the final result ends; `abandon` ends
it without one, and what still comes of it is stray. Beside that, two notices may be half said:
one whose second line is due (``+CMT``), and a +CUSD whose text is open.

**Whose line is it?** Each line is asked, in this order, and belongs to the first that claims it:

1. the echo of what was written, but only before any text of the reply (`Echo`);
2. the open text of a +CUSD, unless the line can be no part of one: a notice, a final result, text
   that the command expects (`_ends_text`). A text that is never closed ends there, or at `silence`;
3. the second line of a notice, if its header came after the command's own last header;
4. a final result: the end of the reply. Four are none: an OK for a command that needs text and
   has none, or whose prompt is awaited; any error for a ``marker``; a call's result while it rings;
   an error where it can be the end of a dialogue with the network (`dialogue_open`): any with no
   command running, ``+CME ERROR`` with one whose errors are ``+CMS ERROR`` (3GPP TS 27.005
   §3.5.1). With any other it is in *doubt*: the dialogue's, if more of the reply comes;
5. the reply, by what the command expects; ``+CMGS:`` only after the text was given;
6. a notice, by its own prefix; what looks like text of an earlier command is `StrayKind.LATE`;
7. nobody: `Stray`.

**Who owes what.** The caller writes what `command` and `payload` return, and feeds every octet that
comes, in order, to `receive_data`. While `unfinished` is true it calls `silence` once nothing has
come for a second. It answers `StrayKind.PROMPT` with ESC, finds its place again after LATE, and calls
`end_here` when nothing follows FINAL for a moment.
Events come in the order of the octets, however these are cut. All that changes the state is here.
"""

import re

from gsmd.at import unsolicited, ussd
from gsmd.at.echo import Echo
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
from gsmd.at.pending_notice import PendingNotice
from gsmd.at.results import CALL_RESULTS, FinalResult, parse_final, parse_numeric
from gsmd.patterns import pattern

ESCAPE = b"\x1b"
CTRL_Z = b"\x1a"
_HEX = pattern(r"[0-9A-Fa-f]{2,}")


class Channel:
    """The state of one line to a modem.

    ``words``: how notices begin that do not say a name of their own, in capitals. ``numeric`` is
    true while the modem's final results come as digits. ``dialogue_open``: a USSD dialogue goes
    on, and a ``+CME ERROR`` may be its end rather than that of a command.
    """

    def __init__(self, words: tuple[str, ...] = ()) -> None:
        self._words = ("RING", *words)
        self._reader = LineReader()
        self._running: Command | None = None
        self._expects: re.Pattern[str] | None = None
        self._previous: Command | None = None
        self._lines: list[str] = []
        self._body_due = False
        self._given = False
        self._prompted = False
        self._pending = PendingNotice()
        self._text = ussd.OpenText()
        self._ended: list[
            Event
        ] = []  # what was cut off between two calls, to be told with the next
        self._doubt: FinalResult | None = None  # the command's error, or the dialogue's
        self._words_seen = False
        self._ringing = False
        self._echo = Echo()
        self.numeric = False
        self.dialogue_open = False

    @property
    def running(self) -> Command | None:
        """The command whose reply has not ended yet."""
        return self._running

    @property
    def echoing(self) -> bool:
        """True if the modem repeats what it is told."""
        return self._echo.on

    @echoing.setter
    def echoing(self, on: bool) -> None:
        self._echo.on = on

    @property
    def at_prompt(self) -> bool:
        """True if the modem waits for the running command's text."""
        return self._running is not None and self._prompted and not self._given

    @property
    def unfinished(self) -> bool:
        """True if `silence` would tell something."""
        return bool(self._text or self._ended)

    def command(self, command: Command) -> bytes:
        """Start ``command``; returns what is to be written. Errors: `ChannelBusy`."""
        if self._running is not None:
            raise ChannelBusy(f"{command.line}: {self._running.line} is still running")
        self._running = command
        self._expects = _pattern(command.expects)
        self._lines = []
        self._body_due = self._prompted = self._given = False
        self._echo.told(command.line)
        return command.line.encode("ascii", "replace") + b"\r"

    def payload(self, text: str) -> bytes:
        """The octets to write at the prompt, or without one: ``text`` (hex) and Ctrl-Z."""
        self._given = True
        self._echo.typed(text)
        return text.encode("ascii") + CTRL_Z

    def abandon(self) -> None:
        """Wait no longer: what still comes of the running command is stray."""
        if self._running is not None:
            self._previous = self._running
        self._running = None
        self._given = self._body_due = False
        self._doubt = None
        self._pending.drop()
        if self._text:
            self._ended.append(self._end_text())
        self._words_seen = False  # it may have reset, into ATV0

    def end_here(self) -> Reply | None:
        """The running command's reply as it is, taken for whole: a final result came and nothing else."""
        if self._running is None:
            return None
        return self._finish(self._doubt or FinalResult("OK", ok=True))

    def receive_data(self, data: bytes) -> list[Event]:
        """The events that ``data`` completes, in order."""
        events, self._ended = self._ended, []
        for line in self._reader.feed(data):
            if line == PROMPT and not self._reader.verbatim:
                events.append(self._prompt())
            else:
                self._whole_line(line, events)
        if self._prompt_glued_to_echo():
            events.append(self._prompt())
        return events

    def silence(self) -> list[Event]:
        """End a text that is still open: nothing has come for a second."""
        if self._text:
            if not self._reader.rest.lstrip().startswith(PROMPT):
                self._text.add(self._reader.take_rest())
            self._ended.append(self._end_text())
        return self.receive_data(b"")

    # -- one line --------------------------------------------------------------------------

    def _whole_line(self, line: str, events: list[Event]) -> None:
        line = self._echo.taken_off(line, framed=self._reader.framed)
        if not line:
            return
        in_text = bool(self._text) or line.startswith(ussd.PREFIX)
        for piece in unsolicited.split_glued(line, open_text=in_text):
            if self._text and self._ends_text(piece):
                events.append(self._end_text())
            if not self._text:
                events.extend(self._sort(piece))
            elif self._text.add(piece):
                events.append(self._end_text())

    def _sort(self, line: str) -> list[Event]:
        if self._pending.takes(line, body_due=self._body_due):
            return [self._pending.complete(line)]
        final = self._final(line)
        if final is not None:
            return [*self._resolved_doubt(), self._end(line, final)]
        if self._is_ours(line):
            return [*self._resolved_doubt(), self._information(line)]
        return self._not_ours(line)

    # -- the end of a reply ----------------------------------------------------------------

    def _final(self, line: str) -> FinalResult | None:
        final = parse_final(line, self._running.line if self._running is not None else "")
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
        if self._is_the_dialogues(final):
            return Unsolicited(line)
        if command is None or self._is_no_end(command, final):
            return Stray(line, StrayKind.FINAL)
        return self._finish(final)

    def _is_the_dialogues(self, final: FinalResult) -> bool:
        if not self.dialogue_open or final.ok:
            return False
        command = self._running
        if command is None:
            return True
        return final.source == "cme" and (command.prompts or command.marker or bool(self._lines))

    def _is_no_end(self, command: Command, final: FinalResult) -> bool:
        if self.dialogue_open and final.source == "cme" and not command.opens_dialogue:
            self._doubt = final
            return True
        if self._awaits_prompt and not self._given:
            return final.ok  # only an error can come instead of a prompt
        early = command.needs_text and not self._lines
        return early and (final.ok or command.marker)

    def _resolved_doubt(self) -> list[Event]:
        """More of the reply has come: the error was that of the dialogue."""
        doubt, self._doubt = self._doubt, None
        return [] if doubt is None else [Unsolicited(doubt.text)]

    def _finish(self, final: FinalResult) -> Reply:
        command = self._running
        assert command is not None
        reply = Reply(command, tuple(self._lines), final)
        self._previous, self._running = command, None
        self._body_due = self._given = False
        self._doubt = None
        if command.opens_dialogue and final.ok:
            self.dialogue_open = True
        return reply

    # -- text of the reply -----------------------------------------------------------------

    def _is_ours(self, line: str) -> bool:
        command = self._running
        if command is None or (command.prompts and not self._given):
            return False
        if self._body_due and _HEX.fullmatch(line):
            return True
        if self._is_expected(line):
            return True
        if unsolicited.is_standard(line) or self._is_notice(line):
            return False
        if command.raw:
            return True
        return command.free_text and not unsolicited.NAMED.match(line)

    def _is_notice(self, line: str) -> bool:
        return line.upper().startswith(self._words)

    def _is_expected(self, line: str) -> bool:
        return self._expects is not None and self._expects.match(line) is not None

    def _information(self, line: str) -> Event:
        command = self._running
        assert command is not None
        self._echo.answered()
        self._body_due = command.pdu_follows and self._is_expected(line)
        if self._body_due:
            self._pending.is_newest = False
        self._lines.append(line)
        return InformationText(command, line)

    def _not_ours(self, line: str) -> list[Event]:
        if line.upper() == "RING" or line.startswith(("+CRING:", "+CLIP:")):
            self._ringing = True
        if unsolicited.has_second_line(line):
            return [*self._pending.begin(line)]
        if unsolicited.is_standard(line) or self._is_notice(line):
            return self._notice(line)
        if unsolicited.SUBMITTED.match(line) or self._is_late(line):
            return [Stray(line, StrayKind.LATE)]
        if unsolicited.NAMED.match(line):
            return self._notice(line)
        if line.upper() in CALL_RESULTS:
            return [Unsolicited(line)]
        return [Stray(line, StrayKind.NOISE)]

    def _is_late(self, line: str) -> bool:
        expected = _pattern(self._previous.expects) if self._previous is not None else None
        return expected is not None and expected.match(line) is not None

    # -- notices ---------------------------------------------------------------------------

    def _notice(self, line: str) -> list[Event]:
        if not line.startswith(ussd.PREFIX) or ussd.is_whole(line):
            return [Unsolicited(line)]
        self._text.add(line)
        self._reader.verbatim = True
        return []

    def _ends_text(self, line: str) -> bool:
        if self.numeric and self._running is not None and parse_numeric(line) is not None:
            return True
        # "Ok" and "Busy" are words that a text may have
        if parse_final(line) is not None and (line.startswith("+CM") or line.isupper()):
            return True
        return self._is_expected(line) or unsolicited.ends_text(line, self._words)

    def _end_text(self) -> Event:
        self._reader.verbatim = False
        return Unsolicited(self._text.end())

    # -- the prompt ------------------------------------------------------------------------

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
        length = self._echo.begins(rest)
        if length is None or not rest[length:].lstrip().startswith(PROMPT):
            return False
        self._echo.on = True
        self._reader.take_rest()
        return True


def _pattern(expects: tuple[str, ...]) -> re.Pattern[str] | None:
    # re keeps what it has compiled
    return re.compile("|".join(expects)) if expects else None
