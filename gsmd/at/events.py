"""Events that the channel makes of the octets that a modem says."""

from enum import Enum, auto

import msgspec

from gsmd.at.results import FinalResult


class Command(msgspec.Struct, frozen=True):
    """One command line and what its reply may look like.

    ``line``: without the carriage return.
    ``expects``: regular expressions; a line that begins with a match belongs to the reply.
    ``free_text``: lines without a ``+NAME:`` of their own belong to the reply too (``AT+CGMI``).
    ``raw``: everything that is no known unsolicited line belongs to the reply.
    ``pdu_follows``: each expected line is a header; the line of hex behind it belongs to it.
    ``needs_text``: an OK before any expected line is not the end of this reply.
    ``marker``: neither is an error; used to find the place in a stream that is out of step.
    ``prompts``: the modem will ask for a payload.
    ``opens_dialogue``: once it is accepted, an error may come that is not that of a command.
    """

    line: str
    expects: tuple[str, ...] = ()
    free_text: bool = False
    raw: bool = False
    pdu_follows: bool = False
    needs_text: bool = False
    marker: bool = False
    prompts: bool = False
    opens_dialogue: bool = False


class InformationText(msgspec.Struct, frozen=True):
    """A line of the running command's reply, as it comes in."""

    command: Command
    line: str


class Reply(msgspec.Struct, frozen=True):
    """A whole reply: ``lines`` of information text and the final ``result``."""

    command: Command
    lines: tuple[str, ...]
    result: FinalResult

    @property
    def ok(self) -> bool:
        return self.result.ok


class Prompt(msgspec.Struct, frozen=True):
    """The modem waits for the payload of the running command."""

    command: Command


class Unsolicited(msgspec.Struct, frozen=True):
    """A line nobody asked for. ``pdu`` is the second line of those that have two (``+CMT``, ``+CDS``)."""

    line: str
    pdu: str | None = None


class StrayKind(Enum):
    """The kind of a stray line."""

    FINAL = auto()  # a final result with nothing to end
    PROMPT = auto()  # the modem waits for a payload nobody wants to give any more
    LATE = auto()  # text of an earlier command's reply: its end is still to come
    NOISE = auto()


class Stray(msgspec.Struct, frozen=True):
    """A line that belongs to no command: late, or noise."""

    line: str
    kind: StrayKind


Event = InformationText | Reply | Prompt | Unsolicited | Stray
