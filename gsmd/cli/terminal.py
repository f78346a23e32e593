"""Output to stdout and stderr, made safe to look at.

An SMS is written by a stranger. Escape sequences in it could rewrite the screen, and marks that
turn the writing direction could make a line read as something else: they are shown, not obeyed.
"""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from gsmd.patterns import pattern

# C0 without line feed, DEL, C1, line and paragraph separators, marks of writing direction;
# lone surrogates cannot be written at all.
_UNSAFE = pattern(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# JSON has escaped C0 already.
_UNSAFE_IN_JSON = pattern("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""``text`` with everything a terminal might obey written as an escape (``\x1b``, ``\u202e``)."""
    return _UNSAFE.sub(_escape, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """`printable`, and line feeds as ``↵``: a row stays a row."""
    return printable(text).replace("\n", " ↵ ")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    named = {9: r"\t", 13: r"\r"}.get(code)
    return named or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def json_line(value: Any) -> str:
    """``value`` as JSON on one line: the same value, but safe to look at on a terminal."""
    import msgspec

    from gsmd.protocol.wire import plain

    line = msgspec.json.encode(plain(value)).decode()
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def emit(line: str) -> None:
    """One line of result on stdout, at once: whoever reads a pipe should not wait for more."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def emit_json(values: Iterable[Any]) -> None:
    """Each value as one JSON line on stdout."""
    for value in values:
        emit(json_line(value))


def say(line: str) -> None:
    """A line for people on stderr, whatever it was made of."""
    sys.stderr.write(printable(line) + "\n")
    sys.stderr.flush()


def is_terminal(stream: TextIO) -> bool:
    """True if a person looks at ``stream``; a closed one is looked at by nobody."""
    return not stream.closed and stream.isatty()


def prepare_streams() -> None:
    """Let nothing about the streams make a command fail: not a locale, not one that is closed.

    What an encoding cannot say is written as an escape.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 -- for the whole run
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # absent where a test replaced it
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
