"""The command line of ITU-T V.250 §5: what stands between ``AT`` and the carriage return.

Text in, values out. Commands before a mistake are still carried out (V.250 §5.2.4), so a
line is read command by command.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from itertools import pairwise


class Operation(Enum):
    """The operation that is asked of a command (V.250 §5.4)."""

    EXECUTE = auto()  # +CMGL
    READ = auto()  # +CPMS?
    TEST = auto()  # +CPMS=?
    SET = auto()  # +CPMS="SM"; basic commands with their number too: E0


class GrammarError(ValueError):
    """The rest of the line is no command at all."""


class ArgumentError(ValueError):
    """A parameter is missing, of the wrong form, or out of its range."""


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter as it was written; strings are quoted, numbers are not (V.250 §5.4.2)."""

    text: str
    quoted: bool


@dataclass(frozen=True)
class Request:
    """One command of a line: ``+CMGS`` / SET / ``23``. Names are upper case."""

    name: str
    operation: Operation
    text: str = ""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The parameters between the commas."""
        return tuple(_split_fields(self.text)) if self.text else ()

    def integer(
        self, position: int, default: int | None = None, allowed: Container[int] | None = None
    ) -> int:
        """The number at ``position``; `ArgumentError` unless it is one of ``allowed``."""
        field = self._field(position)
        if field is None:
            if default is None:
                raise ArgumentError(f"parameter {position} is missing")
            return default
        if field.quoted or not field.text.isdecimal():
            raise ArgumentError(f"parameter {position} is not a number")
        value = int(field.text)
        if allowed is not None and value not in allowed:
            raise ArgumentError(f"parameter {position} is out of range")
        return value

    def string(self, position: int, default: str | None = None, *, bare: bool = False) -> str:
        """The quoted string at ``position``; with ``bare``, quotes may be missing."""
        field = self._field(position)
        if field is None:
            if default is None:
                raise ArgumentError(f"parameter {position} is missing")
            return default
        if not field.quoted and not bare:
            raise ArgumentError(f"parameter {position} is not a string")
        return field.text

    def at_most(self, count: int) -> None:
        """Refuse more than ``count`` parameters."""
        if len(self.fields) > count:
            raise ArgumentError("too many parameters")

    def _field(self, position: int) -> Field | None:
        if position >= len(self.fields):
            return None
        field = self.fields[position]
        return field if field.quoted or field.text else None


def _split_fields(text: str) -> Iterator[Field]:
    cuts = [-1, *_outside_quotes(text, ","), len(text)]
    for start, end in pairwise(cuts):
        part = text[start + 1 : end]
        if part.startswith('"'):
            if len(part) < 2 or not part.endswith('"'):
                raise ArgumentError("a string is not closed")
            yield Field(part[1:-1], quoted=True)
        else:
            yield Field(part, quoted=False)


def _outside_quotes(text: str, wanted: str) -> Iterator[int]:
    quoted = False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == wanted and not quoted:
            yield position


_PREFIX = re.compile("at", re.IGNORECASE)
_EXTENDED = re.compile(r"[+^%$#*!@\-][A-Za-z0-9!%\-./:_]+")
_REGISTER = re.compile(r"[Ss](\d+)(\?|=\?|=(\d*))")
_BASIC = re.compile(r"([&\\]?[A-Za-z])(\d*)")


def command_body(line: str) -> str | None:
    """The text behind the first ``AT``, or None: what precedes it is noise (V.250 §5.2.1)."""
    prefix = _PREFIX.search(line)
    return line[prefix.end() :] if prefix else None


def requests(body: str) -> Iterator[Request]:
    """The commands of a line, in order; raises `GrammarError` where one is none."""
    rest = _without_spaces(body)
    while rest:
        if rest[0] == ";":
            rest = rest[1:]
            continue
        request, length = _first(rest)
        yield request
        rest = rest[length:]


def _without_spaces(body: str) -> str:
    if " " not in body:
        return body
    pieces = body.split('"')
    pieces[::2] = [piece.replace(" ", "") for piece in pieces[::2]]
    return '"'.join(pieces)


def _first(rest: str) -> tuple[Request, int]:
    if found := _EXTENDED.match(rest):
        return _extended(rest, found)
    if found := _REGISTER.match(rest):
        return _register(found)
    if rest[0] in "Dd":
        return _dial(rest)
    if found := _BASIC.match(rest):
        number = found[2]
        operation = Operation.SET if number else Operation.EXECUTE
        return Request(found[1].upper(), operation, number), found.end()
    raise GrammarError(f"no command begins with {rest[0]!r}")


def _extended(rest: str, found: re.Match[str]) -> tuple[Request, int]:
    end = next(_outside_quotes(rest, ";"), len(rest))
    name, tail = found[0].upper(), rest[found.end() : end]
    if tail == "":
        return Request(name, Operation.EXECUTE), end
    if tail == "?":
        return Request(name, Operation.READ), end
    if tail == "=?":
        return Request(name, Operation.TEST), end
    if tail[0] == "=":
        return Request(name, Operation.SET, tail[1:]), end
    raise GrammarError(f"{tail!r} cannot follow {name}")


def _register(found: re.Match[str]) -> tuple[Request, int]:
    name = f"S{int(found[1])}"
    if found[2] == "?":
        return Request(name, Operation.READ), found.end()
    if found[2] == "=?":
        return Request(name, Operation.TEST), found.end()
    return Request(name, Operation.SET, found[3]), found.end()


def _dial(rest: str) -> tuple[Request, int]:
    """A dial string goes on to the semicolon, which makes it a voice call (27.007 §6.2)."""
    semicolon = rest.find(";")
    end = len(rest) if semicolon < 0 else semicolon + 1
    return Request("D", Operation.SET, rest[1:end]), end
