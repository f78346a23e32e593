"""Errors of a configuration: always with the file, the line, the key and what was expected."""

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """One mistake. ``line`` counts from 1 and is None where there is none, as for a missing file.

    ``key`` is the path to the value (``modems[0].port``), empty for the file as a whole.
    ``found`` says what stands there, ``expected`` what should.
    """

    file: str
    line: int | None
    key: str
    expected: str
    found: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        what = (
            f"{self.found}, expected {self.expected}" if self.found else f"expected {self.expected}"
        )
        return f"{where}: {self.key}: {what}" if self.key else f"{where}: {what}"


class ConfigError(Exception):
    """The configuration cannot be used. ``problems`` has every mistake that was found, in file order.

    ``file``, ``line``, ``key`` and ``expected`` are those of the first one.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.file = problems[0].file
        self.line = problems[0].line
        self.key = problems[0].key
        self.expected = problems[0].expected


class Impossible(ValueError):
    """A value that no configuration can have; raised where a struct is made.

    ``key`` is the field at fault, None for the struct as a whole.
    """

    def __init__(self, expected: str, *, key: str | None = None, found: str = "") -> None:
        super().__init__(f"{key or 'value'}: expected {expected}")
        self.expected = expected
        self.key = key
        self.found = found
