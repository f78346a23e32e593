"""Errors of one command on a line."""

from gsmd.modem.errors import Unresponsive
from gsmd.modem.link.secrets import without_secrets


class CommandTimeout(Unresponsive):
    """No answer to ``command`` in time. ``lines`` is what had come of it."""

    def __init__(self, command: str, lines: tuple[str, ...] = ()) -> None:
        self.command = without_secrets(command)
        super().__init__(f"no answer to {self.command}")
        self.lines = lines


class OutOfStep(Unresponsive):
    """The text of an earlier reply came in the place of this one's."""
