"""A modem that says what a test tells it to: a table from command to answer, on a pty."""

import asyncio
import os
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Self

Answer = str | Callable[[str], str | None] | None
"""What stands between the echo and the OK, or all of it; None: silence."""

BASIC: dict[str, Answer] = {
    "AT": "OK",
    "ATE0V1": "OK",
    "AT+CMEE=1": "OK",
    "AT+CMEE?": "+CMEE: 1\r\n\r\nOK",
    "AT+CGMI": "ACME\r\n\r\nOK",
    "AT+CGMM": "Roadrunner 1\r\n\r\nOK",
    "AT+CGSN": "490154203237518\r\n\r\nOK",
    "AT+CGMR": "1.0\r\n\r\nOK",
    "AT+CFUN?": "+CFUN: 1\r\n\r\nOK",
    "AT+CPIN?": "+CPIN: READY\r\n\r\nOK",
    "AT+CMGF=0": "OK",
    "AT+CSMS=1": "+CSMS: 1,1,1\r\n\r\nOK",
    "AT+CPMS=?": '+CPMS: ("SM","ME"),("SM","ME"),("SM","ME")\r\n\r\nOK',
    'AT+CPMS="SM","SM","SM"': "+CPMS: 0,30,0,30,0,30\r\n\r\nOK",
    'AT+CPMS="SM"': "+CPMS: 0,30,0,30,0,30\r\n\r\nOK",
    'AT+CPMS="ME"': "+CPMS: 0,20,0,30,0,30\r\n\r\nOK",
    "AT+CPMS?": '+CPMS: "SM",0,3,"SM",0,3,"SM",0,3\r\n\r\nOK',
    "AT+CNMI=?": "+CNMI: (0-3),(0-3),(0,2),(0-2),(0,1)\r\n\r\nOK",
    "AT+CNMI=2,1,0,1,0": "OK",
    "AT+CNMI?": "+CNMI: 2,1,0,1,0\r\n\r\nOK",
    "AT+CIMI": "208011234567890\r\n\r\nOK",
    "AT+CREG=1": "OK",
    "AT+CREG?": "+CREG: 1,1\r\n\r\nOK",
    "AT+CSQ": "+CSQ: 20,99\r\n\r\nOK",
    "AT+CMGL=4": "OK",
}
"""A modem with a SIM in order. What is not in a table is answered ERROR."""


class ScriptedModem:
    """Answers from ``answers``. ``heard`` is every command line, payloads included.

    ``path`` is where to open it; ``link`` is a symbolic link to keep pointing at it.
    """

    def __init__(
        self, answers: dict[str, Answer] | None = None, *, link: Path | None = None
    ) -> None:
        self.answers: dict[str, Answer] = {**BASIC, **(answers or {})}
        self.heard: list[str] = []
        self.path = ""
        self.link = link
        self.echo = False
        self._master = -1
        self._slave = -1
        self._buffer = b""
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.plug_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.unplug()

    def plug_in(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave, termios.TCSANOW)
        self.path = os.ttyname(self._slave)
        os.close(self._slave)
        # with the slave's last holder gone the master reads EIO until somebody opens it again
        self._slave = os.open(self.path, os.O_RDWR | os.O_NOCTTY)
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._readable)
        if self.link is not None:
            temporary = self.link.with_suffix(".new")
            temporary.symlink_to(self.path)
            temporary.replace(self.link)

    def unplug(self) -> None:
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1
        self._buffer = b""
        if self.link is not None:
            self.link.unlink(missing_ok=True)

    def say(self, text: str) -> None:
        """Write ``text`` as it is."""
        if self._master >= 0:
            os.write(self._master, text.encode("latin-1"))

    def notice(self, line: str) -> None:
        self.say(f"\r\n{line}\r\n")

    def count(self, line: str) -> int:
        return self.heard.count(line)

    async def hears(self, line: str, times: int = 1) -> None:
        """Wait until ``line`` was said that often."""
        while self.count(line) < times:
            self._news.clear()
            await self._news.wait()

    def _readable(self) -> None:
        self._buffer += os.read(self._master, 4096)
        while True:
            ends = [at for at in (self._buffer.find(end) for end in b"\r\x1a\x1b") if at >= 0]
            if not ends:
                return
            at = min(ends)
            raw, self._buffer = self._buffer[: at + 1], self._buffer[at + 1 :]
            self._handle(raw.decode("latin-1"))

    def _handle(self, raw: str) -> None:
        line = raw.strip("\r\n")
        if line == "\x1b":
            return
        if self.echo and line.endswith(raw[:-1]):
            self.say(raw)
        self.heard.append(line)
        answer = self.answers.get(line, "ERROR")
        if callable(answer):
            answer = answer(line)
        if answer is not None:
            self.say(answer if answer.startswith("\r\n> ") else f"\r\n{answer}\r\n")
        self._news.set()
