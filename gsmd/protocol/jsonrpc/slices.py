"""JSON read a little at a time: a line of a mebibyte may take a reader in C half a second in one go.

The grammar is RFC 8259's, and `gsmd.protocol.jsonrpc.reading.read` makes the same of the same line, but for bounds
on how much there may be in it.
"""

import math
from enum import Enum, auto
from json import JSONDecoder
from typing import Any

from gsmd.patterns import pattern
from gsmd.protocol.jsonrpc.reading import Unreadable, repeated

VALUES = 100_000
"""The most values on one line; a batch of 1000 requests with all their parameters has a third of it."""

DEPTH = 100
"""The deepest nesting of arrays and objects that is accepted."""

SLICE = 200
"""Tokens in one slice: a tenth of a millisecond or two."""

_TOKEN = pattern(
    r"[ \t\r\n]*(?:(?P<quote>\")|(?P<mark>[\[\]{},:])|(?P<word>true|false|null)"
    r"|(?P<real>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+))"
    r"|(?P<integer>-?(?:0|[1-9][0-9]*))|(?P<end>\Z))"
)
_strings = JSONDecoder()
_WORDS = {"true": True, "false": False, "null": None}


class _Wanted(Enum):
    VALUE = auto()
    FIRST_VALUE = auto()  # or the end of the array
    NAME = auto()
    FIRST_NAME = auto()  # or the end of the object
    COLON = auto()
    COMMA = auto()  # or an end
    END = auto()


class Slices:
    """One line on its way to a value. `take` until it says that ``value`` is there.

    Errors, of the constructor and of `take`: `Unreadable`.
    """

    def __init__(self, line: bytes) -> None:
        try:
            self._text = line.decode()
        except UnicodeDecodeError as error:
            raise Unreadable(f"not JSON: {error}") from error
        self.value: Any = None
        self._at = 0
        self._count = 0
        self._wanted = _Wanted.VALUE
        self._open: list[list[Any] | dict[str, Any]] = []
        self._names: list[str] = []
        self._done = False

    def take(self) -> bool:
        """Read on; true at the end."""
        for _ in range(SLICE):
            if self._done:
                return True
            self._step()
        return False

    def _step(self) -> None:
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            raise self._wrong()
        self._at, text = found.end(), found[0].lstrip(" \t\r\n")
        match found.lastgroup:
            case "quote":
                self._string()
            case "mark":
                self._mark(text)
            case "word":
                self._put(_WORDS[text])
            case "real" | "integer" as kind:
                self._put(self._number(text, float if kind == "real" else int))
            case _:
                if self._wanted is not _Wanted.END:
                    raise self._wrong()
                self._done = True

    def _wrong(self) -> Unreadable:
        return Unreadable(f"not JSON: unexpected at character {self._at}")

    def _string(self) -> None:
        try:
            text, self._at = _strings.raw_decode(self._text, self._at - 1)
            text.encode()  # half a surrogate pair is no character
        except ValueError as error:
            raise Unreadable(f"not JSON: {error}") from error
        if self._wanted in (_Wanted.NAME, _Wanted.FIRST_NAME):
            if text in self._open[-1]:
                raise repeated(text)
            self._names.append(text)
            self._wanted = _Wanted.COLON
        else:
            self._put(text)

    def _number(self, text: str, kind: type[int] | type[float]) -> float:
        try:
            number = kind(text)
        except ValueError as error:  # an integer of more than 4300 digits
            raise Unreadable(f"not JSON: {error}") from error
        if kind is float and math.isinf(number):
            raise Unreadable("not JSON: a number out of range")
        return number

    def _mark(self, mark: str) -> None:
        match mark, self._wanted:
            case "[", _Wanted.VALUE | _Wanted.FIRST_VALUE:
                self._begin([], _Wanted.FIRST_VALUE)
            case "{", _Wanted.VALUE | _Wanted.FIRST_VALUE:
                self._begin({}, _Wanted.FIRST_NAME)
            case ":", _Wanted.COLON:
                self._wanted = _Wanted.VALUE
            case ",", _Wanted.COMMA:
                within = isinstance(self._open[-1], dict)
                self._wanted = _Wanted.NAME if within else _Wanted.VALUE
            case "]", _Wanted.FIRST_VALUE | _Wanted.COMMA if isinstance(self._open[-1], list):
                self._end()
            case "}", _Wanted.FIRST_NAME | _Wanted.COMMA if isinstance(self._open[-1], dict):
                self._end()
            case _:
                raise self._wrong()

    def _begin(self, container: list[Any] | dict[str, Any], wanted: _Wanted) -> None:
        if len(self._open) >= DEPTH:
            raise Unreadable("nested too deeply")
        self._put(container)
        self._open.append(container)
        self._wanted = wanted

    def _end(self) -> None:
        self._open.pop()
        self._wanted = _Wanted.COMMA if self._open else _Wanted.END

    def _put(self, value: Any) -> None:
        if self._wanted not in (_Wanted.VALUE, _Wanted.FIRST_VALUE):
            raise self._wrong()
        self._count += 1
        if self._count > VALUES:
            raise Unreadable(f"a line of more than {VALUES} values", "too_many_values")
        if not self._open:
            self.value = value
            self._wanted = _Wanted.END
            return
        within = self._open[-1]
        if isinstance(within, dict):
            within[self._names.pop()] = value
        else:
            within.append(value)
        self._wanted = _Wanted.COMMA
