"""The end of a command: its exit code, and the words to a person on the way out."""

from enum import IntEnum
from typing import IO, Any

import click


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_DAEMON = 3
    CONFIGURATION = 4
    TIMED_OUT = 5
    INTERRUPTED = 130  # as a shell says it of Ctrl-C


class Stop(click.ClickException):
    """Ends the command with ``code``; ``advice`` is what the user may do about it."""

    def __init__(self, message: str, code: Exit = Exit.FAILED, *, advice: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.advice = advice

    def show(self, file: IO[Any] | None = None) -> None:
        """To stderr; nothing at all for an empty message, which has been said already."""
        from gsmd.cli.terminal import say

        del file
        if self.message:
            say(f"gsmd: {self.message}")
        if self.advice:
            say(self.advice)
