"""The echo: a modem's repetition of what it was told (``ATE1``, ITU-T V.250 §6.2.4).

An echo is the first thing that comes of a command, and no frame of line ends stands before it. So
a line that reads like the command is its echo only until some text of the reply has come: what
``AT+CLAC`` lists, itself among it, is no echo.
"""

_FRAGMENT = 4
"""Octets that the end of an echo must have to be known without its beginning."""


class Echo:
    """The echo that may still come back. ``on`` is true once a command was echoed."""

    def __init__(self) -> None:
        self.on = False
        self._due: list[str] = []  # the command that runs, and before it the last one
        self._payload = ""

    def told(self, line: str) -> None:
        """``line`` goes out. The echo of the one before may be late, and run together with its."""
        self._due = [*self._due[-1:], line]
        self._payload = ""

    def typed(self, payload: str) -> None:
        """``payload`` goes out at the prompt. Some repeat it who do not repeat commands."""
        self._payload = payload

    def answered(self) -> None:
        """Text of the reply has come: no echo any more."""
        self._due = []
        self._payload = ""

    def begins(self, text: str) -> int | None:
        """The length of the echo of the command that runs, in ``text``; None if it does not begin so."""
        return len(self._due[-1]) if self._due and text.startswith(self._due[-1]) else None

    def taken_off(self, line: str, *, framed: bool) -> str:
        """``line`` less what it repeats of what was written, wherever that was cut."""
        if self._payload and line.startswith(self._payload):
            return line[len(self._payload) :].strip()
        if framed or not self._due:
            return line
        running = self._due[-1]
        if line.startswith(running):
            self.on = True
            return line[len(running) :].strip()
        if self._is_glued(line) or (len(line) >= _FRAGMENT and running.endswith(line)):
            self.on = True
            return ""
        return line

    def _is_glued(self, line: str) -> bool:
        """The last command's echo, alone or with the end of this one's behind it."""
        for last in self._due[:-1]:
            if line.startswith(last):
                rest = line[len(last) :]
                return not rest or self._due[-1].endswith(rest)
        return False
