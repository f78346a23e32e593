"""The parameters of information text (3GPP TS 27.007 §4.2, ITU-T V.250 §5.4.2).

``+CPMS: ("SM","ME"),3,10`` is a name, a colon, and values with commas between them. A value is
a number, a string in quotes, a list in parentheses, or nothing.
"""

from collections.abc import Iterator

Value = str | tuple["Value", ...]
"""A word or number as written, without its quotes; a list in parentheses is a tuple."""


def body(line: str) -> str:
    """The text behind the name: ``"20,99"`` of ``"+CSQ: 20,99"``; the whole line if it has no name."""
    if line[:1] in "+^*#%!$&_" and ":" in line:
        return line.split(":", 1)[1].strip()
    return line.strip()


def values(text: str) -> list[Value]:
    """All values of ``text``. Tolerant: what is never closed ends with the line."""
    return list(_values(_Reader(text)))


def strings(text: str) -> list[str]:
    """All values of ``text``, a list in parentheses as an empty string."""
    return [value if isinstance(value, str) else "" for value in values(text)]


def number(text: str) -> int | None:
    """A decimal number, None for anything else."""
    text = text.strip()
    digits = text[1:] if text[:1] == "-" else text
    return int(text) if digits.isascii() and digits.isdigit() else None


def numbers(value: Value) -> frozenset[int]:
    """The numbers that a test reply such as ``(0-3,7)`` allows; of ``0-3`` too."""
    if isinstance(value, tuple):
        return frozenset(found for part in value for found in numbers(part))
    first, dash, last = value.partition("-")
    low, high = number(first), number(last)
    if dash and low is not None and high is not None:
        return frozenset(range(low, min(high, low + 255) + 1))
    return frozenset() if low is None or dash else frozenset({low})


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    @property
    def here(self) -> str:
        return self.text[self.at : self.at + 1]

    def quoted(self) -> str:
        end = self.text.find('"', self.at + 1)
        end = len(self.text) if end < 0 else end
        start, self.at = self.at + 1, end + 1
        return self.text[start:end]

    def plain(self) -> str:
        start = self.at
        while self.here and self.here not in ',)"':
            self.at += 1
        return self.text[start : self.at].strip()


def _values(reader: _Reader) -> Iterator[Value]:
    while True:
        yield _value(reader)
        if reader.here != ",":
            return
        reader.at += 1


def _value(reader: _Reader) -> Value:
    while reader.here == " ":
        reader.at += 1
    if reader.here == "(":
        reader.at += 1
        inner = tuple(_values(reader))
        reader.at += reader.here == ")"
        result: Value = inner
    elif reader.here == '"':
        result = reader.quoted()
    else:
        result = reader.plain()
    while reader.here not in ("", ",", ")"):  # what stands behind a value belongs to none
        reader.at += 1
    return result
