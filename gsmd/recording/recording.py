r"""The file: readable text, a line for each piece of octets that was written or read at once.

    gsmd recording 1
    modem: huawei E3372

           0.000 ! the port was opened
           0.001 > AT\r
           0.013 < \r\nOK\r\n

First what is known of the modem, ``name: value``, then a blank line. In the entries, seconds count
from the first one; ``>`` goes to the modem, ``<`` comes from it, ``!`` is a remark. Octets that are
no printable ASCII are written as ``\r``, ``\n``, ``\t``, ``\xHH``, and the backslash as ``\\``.
Lines that begin with ``#`` are for people.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

_FIRST_LINE = "gsmd recording 1"
_FACT = re.compile(r"([a-z][a-z ]*): ?(.*)")
_ENTRY = re.compile(r"\s*(\d+(?:\.\d*)?) ([<>!]) ?(.*)")
_ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}
_ESCAPE = re.compile(r"\\(?:([rnt\\])|x([0-9A-Fa-f]{2}))")
_PLAIN = {octet: chr(octet) for octet in range(0x20, 0x7F)} | {
    ord("\r"): "\\r",
    ord("\n"): "\\n",
    ord("\t"): "\\t",
    ord("\\"): "\\\\",
}


class NotARecording(ValueError):
    """The text is no recording; says in which line it goes wrong, and why."""


class Way(StrEnum):
    """The direction in which octets go."""

    TO_MODEM = ">"
    FROM_MODEM = "<"
    REMARK = "!"


class Entry(msgspec.Struct, frozen=True):
    """Octets that went one way at once; a remark's are its text in UTF-8. ``at``: seconds from the first entry."""

    at: float
    way: Way
    octets: bytes


class Recording(msgspec.Struct, frozen=True):
    """The traffic on a line, in order, and the facts of the modem."""

    facts: Mapping[str, str]
    entries: tuple[Entry, ...]


def read(path: Path) -> Recording:
    """The recording in a file. Errors: `NotARecording`, `OSError`."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise NotARecording(f"{path}: not UTF-8 text at octet {error.start}") from None
    except NotARecording as error:
        raise NotARecording(f"{path}, {error}") from None


def parse(text: str) -> Recording:
    """The recording that a text is. Errors: `NotARecording` with the line."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != _FIRST_LINE:
        raise NotARecording(f"line 1: a recording begins with {_FIRST_LINE!r}")
    facts: dict[str, str] = {}
    entries: list[Entry] = []
    in_head = True
    for number, line in enumerate(lines[1:], start=2):
        if line.startswith("#"):
            continue
        if not line.strip():
            in_head = False
        elif in_head:
            name, value = _matched(_FACT, line, number, "name: value").groups()
            facts[name] = value
        else:
            entries.append(_entry(line, number, entries))
    return Recording(facts, tuple(entries))


def head_line(facts: Mapping[str, str]) -> str:
    """The head of a file: the lines that come before its entries."""
    lines = (f"{name}: {' '.join(value.split())}" for name, value in facts.items())
    return "\n".join((_FIRST_LINE, *lines, "", ""))


def written(entries: Iterable[Entry]) -> str:
    """The lines of entries."""
    return "".join(
        f"{entry.at:12.3f} {entry.way} {_text(entry)}".rstrip() + "\n" for entry in entries
    )


def _text(entry: Entry) -> str:
    if entry.way is Way.REMARK:
        return " ".join(entry.octets.decode("utf-8", "replace").split())
    text = "".join(_PLAIN.get(octet, f"\\x{octet:02x}") for octet in entry.octets)
    # a blank at the end of a line is easily lost
    return f"{text[:-1]}\\x20" if text.endswith(" ") else text


def _entry(line: str, number: int, before: list[Entry]) -> Entry:
    at, way, text = _matched(_ENTRY, line, number, "seconds, one of < > !, octets").groups()
    seconds = float(at)
    if before and seconds < before[-1].at:
        raise NotARecording(f"line {number}: {at} is earlier than the line before")
    octets = text.encode() if way == Way.REMARK else _octets(text, number)
    return Entry(seconds, Way(way), octets)


def _octets(text: str, number: int) -> bytes:
    pieces: list[bytes] = []
    end = 0
    for escape in _ESCAPE.finditer(text):
        pieces.append(_plain(text[end : escape.start()], number))
        letter, digits = escape.groups()
        pieces.append(_ESCAPES[letter] if letter else bytes.fromhex(digits))
        end = escape.end()
    pieces.append(_plain(text[end:], number))
    return b"".join(pieces)


def _plain(text: str, number: int) -> bytes:
    if "\\" in text or not text.isascii():
        raise NotARecording(f"line {number}: {text!r} is neither plain ASCII nor an escape")
    return text.encode("ascii")


def _matched(pattern: re.Pattern[str], line: str, number: int, expected: str) -> re.Match[str]:
    found = pattern.fullmatch(line)
    if found is None:
        raise NotARecording(f"line {number}: {line!r} is not: {expected}")
    return found
